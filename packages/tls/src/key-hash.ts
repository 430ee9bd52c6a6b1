// What peers pin: the hash of the key in a certificate. No I/O.
import { createHash, X509Certificate } from 'node:crypto'
import { TlsError } from './error.ts'

/** A lower-case hex string with `0x` before it. */
export type Hex = `0x${string}`

/** SHA-256 of the SubjectPublicKeyInfo of a certificate (DER). Throws TlsError `tls.key-invalid`. */
export function tlsKeyHashOf(certDer: Uint8Array): Hex {
  let spki: Buffer
  try {
    spki = new X509Certificate(certDer).publicKey.export({ type: 'spki', format: 'der' })
  } catch (cause) {
    throw new TlsError('tls.key-invalid', 'expected a DER certificate with a public key', { cause })
  }
  return `0x${createHash('sha256').update(spki).digest('hex')}`
}
