// DSSE envelopes (secure-systems-lab/dsse, v1): statements with signatures. Pure; the caller verifies with its own keys.
import { BuildError } from '../error.ts'
import { encodeProvenance, parseProvenance, type Provenance } from './statement.ts'

/** A signature and, as a hint alone, whose it may be. */
export type EnvelopeSignature = { readonly keyId: string; readonly signature: Uint8Array }

/** A payload as it was signed. */
export type Envelope = {
  readonly payload: Uint8Array
  readonly signatures: readonly EnvelopeSignature[]
}

/** Type of a payload that is an in-toto statement; no other is read. */
export const payloadType = 'application/vnd.in-toto+json'

const maxEnvelopeBytes = 6 * 2 ** 20
const maxSignatures = 8
const maxSignatureBytes = 1_024

/** The bytes that are signed: type and payload, each with its length, so that neither can be taken for part of the other. */
export function bytesToSign(payload: Uint8Array): Uint8Array {
  const head = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `
  return Buffer.concat([Buffer.from(head), payload])
}

/** Text of an envelope. */
export function encodeEnvelope({ payload, signatures }: Envelope): string {
  return JSON.stringify({
    payloadType,
    payload: Buffer.from(payload).toString('base64'),
    signatures: signatures.map(({ keyId, signature }) => ({
      keyid: keyId,
      sig: Buffer.from(signature).toString('base64'),
    })),
  })
}

/** Reads an envelope, which has one signature at least. Throws BuildError `build.provenance-invalid`. */
export function parseEnvelope(text: string): Envelope {
  if (text.length > maxEnvelopeBytes) throw invalid(`more than ${maxEnvelopeBytes} bytes`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new BuildError('build.provenance-invalid', 'the envelope is no JSON', { cause })
  }
  const document = objectOf(value)
  if (document['payloadType'] !== payloadType) throw invalid(`expected the payload ${payloadType}`)
  const list = document['signatures']
  if (!Array.isArray(list) || list.length === 0 || list.length > maxSignatures)
    throw invalid(`expected 1 to ${maxSignatures} signatures`)
  const signatures = list.map((one: unknown) => {
    const { keyid = '', sig } = objectOf(one)
    if (typeof keyid !== 'string' || keyid.length > 256) throw invalid('a key id is no short text')
    const signature = bytesOf(sig)
    if (signature.length === 0 || signature.length > maxSignatureBytes)
      throw invalid(`expected signatures of 1 to ${maxSignatureBytes} bytes`)
    return { keyId: keyid, signature }
  })
  return { payload: bytesOf(document['payload']), signatures }
}

/**
 * The statement of an envelope of which one signature at least is good. Key ids are hints: `isGood` decides by its own keys.
 * Throws BuildError `build.provenance-invalid`; nothing of an unsigned payload is read.
 */
export function openEnvelope(
  text: string,
  isGood: (signed: Uint8Array, signature: EnvelopeSignature) => boolean,
): Provenance {
  const { payload, signatures } = parseEnvelope(text)
  const signed = bytesToSign(payload)
  if (!signatures.some((signature) => isGood(signed, signature)))
    throw invalid('no signature of a known key is good')
  return parseProvenance(payload)
}

/** An envelope around a statement. */
export function sealProvenance(
  provenance: Provenance,
  sign: (bytes: Uint8Array) => EnvelopeSignature,
): string {
  const payload = encodeProvenance(provenance)
  return encodeEnvelope({ payload, signatures: [sign(bytesToSign(payload))] })
}

/** Base64 with its padding and no other spelling: one payload, one text. */
function bytesOf(value: unknown): Uint8Array {
  if (typeof value !== 'string') throw invalid('expected base64')
  const bytes = Buffer.from(value, 'base64')
  if (bytes.toString('base64') !== value) throw invalid('expected base64 with its padding')
  return bytes
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw invalid('expected an object')
}

function invalid(why: string): BuildError {
  return new BuildError('build.provenance-invalid', `the envelope cannot be used: ${why}`)
}
