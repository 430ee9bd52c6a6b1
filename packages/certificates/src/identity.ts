// Self-signed P-256 certificates whose public key is what peers pin. Reads the system's random source, no other I/O.
import 'reflect-metadata'
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { CertificateError } from './error.ts'

/** A private key with a certificate for it, both PEM; `tlsKeyHash` is SHA-256 of the SubjectPublicKeyInfo. */
export type TlsIdentity = {
  readonly keyPem: string
  readonly certPem: string
  readonly tlsKeyHash: `0x${string}`
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
// Peers pin the key, so the dates say nothing: the widest range that RFC 5280 (4.1.2.5) can write.
const NOT_BEFORE = new Date('2020-01-01T00:00:00Z')
const NOT_AFTER = new Date('9999-12-31T23:59:59Z')

/**
 * Makes a P-256 key (or takes `keyPem`, PKCS #8) and a self-signed certificate for it.
 * `commonName` is shown to people and becomes the DNS name of the certificate; it proves nothing.
 * Throws CertificateError `certificate.key-invalid` when `keyPem` is no P-256 private key.
 */
export async function createTlsIdentity(options: {
  readonly commonName: string
  /** Further DNS names; they prove as little. */
  readonly names?: readonly string[]
  readonly keyPem?: string
}): Promise<TlsIdentity> {
  const privateKey =
    options.keyPem === undefined
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
      : parsePrivateKey(options.keyPem)
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' })
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' })
  const { subtle } = globalThis.crypto
  const keys = {
    privateKey: await subtle.importKey('pkcs8', pkcs8, ALGORITHM, false, ['sign']),
    publicKey: await subtle.importKey('spki', spki, ALGORITHM, true, ['verify']),
  }
  const keyHash = createHash('sha256').update(spki).digest('hex')
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      // The key's own hash (first bit cleared, so that the number is positive) keeps serials distinct per key.
      serialNumber: `01${keyHash.slice(0, 30)}`,
      name: [{ CN: [options.commonName] }],
      notBefore: NOT_BEFORE,
      notAfter: NOT_AFTER,
      keys,
      signingAlgorithm: ALGORITHM,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension(
          [options.commonName, ...(options.names ?? [])].map((value) => ({
            type: 'dns' as const,
            value,
          })),
        ),
      ],
    },
    globalThis.crypto,
  )
  return {
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certPem: `${certificate.toString('pem').trim()}\n`,
    tlsKeyHash: `0x${keyHash}`,
  }
}

function parsePrivateKey(pem: string): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    // No cause: the parser's message could quote key material.
    throw new CertificateError('certificate.key-invalid', 'expected a PKCS #8 private key in PEM')
  }
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new CertificateError('certificate.key-invalid', 'expected a P-256 private key')
  return key
}
