// Attestation documents of AWS Nitro, field by field, without verifying. Pure.
import { AttestationError, parseNitroDocument, type NitroDocument } from '@wetee/attestation'
import { certificateFields } from './certificate.ts'
import { isZero, shorten, type Description, type Field } from './field.ts'

/** A document; CBOR has no fixed places, so that there are no offsets. */
export function describeNitroDocument(bytes: Uint8Array): Description {
  const what = `AWS Nitro document (COSE_Sign1), ${bytes.length} bytes`
  let document: NitroDocument
  try {
    document = parseNitroDocument(bytes)
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    const fields = [{ name: 'bytes', hex: shorten(bytes), meaning: `unreadable: ${error.message}` }]
    return { what, sections: [{ title: 'Document', fields }] }
  }
  const { moduleId, timestampMs, pcrs, certificate, cabundle, signature } = document
  const optional = (name: string, value: Uint8Array | undefined, meaning: string): Field =>
    value === undefined ? { name, meaning: 'none' } : { name, hex: shorten(value), meaning }
  const registers = [...pcrs].map(([index, value]) => ({
    name: `PCR${index}`,
    ...(isZero(value) ? {} : { hex: shorten(value) }),
    meaning: `${registerNames[index] ?? 'free for the enclave'}${isZero(value) ? '; zero' : ''}`,
  }))
  return {
    what,
    sections: [
      {
        title: 'Document',
        fields: [
          { name: 'module', meaning: moduleId },
          { name: 'made at', meaning: new Date(timestampMs).toISOString() },
          optional('user data', document.userData, 'what the enclave asked to have signed'),
          optional('nonce', document.nonce, 'from whoever asked'),
          optional('public key', document.publicKey, 'of the enclave'),
        ],
      },
      { title: 'Registers', fields: registers },
      {
        title: 'Chain, leaf first',
        fields: [
          ...certificateFields('leaf', certificate),
          ...cabundle
            .toReversed()
            .flatMap((der, index) => certificateFields(`issuer ${index + 1}`, der)),
        ],
      },
      {
        title: 'Signature',
        fields: [{ name: 'r and s', hex: shorten(signature), meaning: 'ECDSA P-384, SHA-384' }],
      },
    ],
  }
}

const registerNames: Readonly<Record<number, string>> = {
  0: 'the enclave image; zero for a debug enclave',
  1: 'kernel and boot file system',
  2: 'the application',
  3: 'role of the parent instance',
  4: 'id of the parent instance',
  8: 'who signed the enclave image',
}
