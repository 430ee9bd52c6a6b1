// What a CA is shown: a request for a certificate (RFC 2986), and the certificate that answers its challenge (RFC 8737). No I/O.
import 'reflect-metadata'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { CertificateError } from './error.ts'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
/** id-pe-acmeIdentifier, RFC 8737, 3. */
const ACME_IDENTIFIER = '1.3.6.1.5.5.7.1.31'
const DIGEST_BYTES = 32
const VALID_MS = 86_400_000

/** A signed request for one DNS name with the key in `keyPem` (P-256, PKCS #8), DER. Throws CertificateError `certificate.key-invalid`. */
export async function createCertificateRequest(options: {
  readonly keyPem: string
  readonly name: string
}): Promise<Uint8Array> {
  const request = await x509.Pkcs10CertificateRequestGenerator.create(
    {
      keys: await importKeys(options.keyPem),
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: options.name }]),
      ],
    },
    globalThis.crypto,
  )
  return new Uint8Array(request.rawData)
}

/**
 * A self-signed certificate for one DNS name that carries the SHA-256 of a key authorization; PEM. `keyPem` as above.
 * Throws CertificateError `certificate.key-invalid`.
 */
export async function createChallengeCertificate(options: {
  readonly keyPem: string
  readonly name: string
  readonly digest: Uint8Array
  readonly now: Date
}): Promise<string> {
  const { keyPem, name, digest, now } = options
  if (digest.length !== DIGEST_BYTES) throw new TypeError(`expected ${DIGEST_BYTES} bytes`)
  // OCTET STRING of 32 bytes.
  const value = Uint8Array.from([4, DIGEST_BYTES, ...digest])
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: '01',
      name: [{ CN: ['ACME challenge'] }],
      notBefore: new Date(now.getTime() - VALID_MS),
      notAfter: new Date(now.getTime() + VALID_MS),
      keys: await importKeys(keyPem),
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
        new x509.Extension(ACME_IDENTIFIER, true, value),
      ],
    },
    globalThis.crypto,
  )
  return `${certificate.toString('pem').trim()}\n`
}

async function importKeys(keyPem: string): Promise<CryptoKeyPair> {
  let pkcs8: Buffer<ArrayBuffer>
  let spki: Buffer<ArrayBuffer>
  try {
    const key = createPrivateKey(keyPem)
    if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new TypeError('another curve')
    pkcs8 = Buffer.from(key.export({ type: 'pkcs8', format: 'der' }))
    spki = Buffer.from(createPublicKey(key).export({ type: 'spki', format: 'der' }))
  } catch {
    // No cause: the parser's message could quote key material.
    throw new CertificateError(
      'certificate.key-invalid',
      'expected a P-256 private key, PKCS #8 in PEM',
    )
  }
  const { subtle } = globalThis.crypto
  try {
    return {
      privateKey: await subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']),
      publicKey: await subtle.importKey('spki', spki, ALGORITHM, true, ['verify']),
    }
  } finally {
    pkcs8.fill(0)
  }
}
