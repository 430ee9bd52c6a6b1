// Writes certificates and CRLs as Intel's PKI has them. Node only.
import { createHash } from 'node:crypto'
import { TAG } from '../der/reader.ts'
import { EXTENSION } from '../x509/extensions.ts'
import { bits, element, integer, octets, oid, sequence, time, yes } from './der-writer.ts'
import type { P256Key } from './ecdsa-key.ts'

/** Who signs: a name and a key. */
export type Issuer = { readonly commonName: string; readonly key: P256Key }

/** What a certificate says. */
export type CertificateContent = {
  readonly commonName: string
  readonly publicKey: Uint8Array
  /** Big-endian, at most 20 bytes. */
  readonly serial: Uint8Array
  readonly notBeforeMs: number
  readonly notAfterMs: number
  /** A CA may have this many CAs below it; a leaf has none of this. */
  readonly pathLength?: number
  /** Content of Intel's SGX extension. */
  readonly sgxExtension?: Uint8Array
}

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))
const P256 = sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7'))
const CA_USAGE = bits(Uint8Array.of(0x06), 1)
const LEAF_USAGE = bits(Uint8Array.of(0xc0), 6)

/** DER of a certificate by `issuer`. */
export function issueCertificate(content: CertificateContent, issuer: Issuer): Uint8Array {
  const { pathLength, sgxExtension } = content
  const isCa = pathLength !== undefined
  const constraints = isCa ? sequence(yes(), integer(pathLength)) : sequence()
  const point = Buffer.concat([Uint8Array.of(4), content.publicKey])
  const extensions = [
    authorityKeyId(issuer.key),
    extension(EXTENSION.subjectKeyIdentifier, octets(keyId(content.publicKey))),
    extension(EXTENSION.keyUsage, isCa ? CA_USAGE : LEAF_USAGE, true),
    extension(EXTENSION.basicConstraints, constraints, true),
    ...(sgxExtension === undefined ? [] : [extension(EXTENSION.sgx, sgxExtension)]),
  ]
  const body = sequence(
    element(0xa0, integer(2)),
    integer(content.serial),
    ECDSA_SHA256,
    name(issuer.commonName),
    sequence(time(content.notBeforeMs), time(content.notAfterMs)),
    name(content.commonName),
    sequence(P256, bits(point)),
    element(0xa3, sequence(...extensions)),
  )
  return signed(body, issuer.key)
}

/** DER of a CRL by `issuer`. */
export function issueRevocationList(
  list: {
    readonly thisUpdateMs: number
    readonly nextUpdateMs: number
    readonly serials: readonly Uint8Array[]
  },
  issuer: Issuer,
): Uint8Array {
  const reason = sequence(
    extension(EXTENSION.reasonCode, element(TAG.enumerated, Uint8Array.of(1))),
  )
  const entries = list.serials.map((serial) =>
    sequence(integer(serial), time(list.thisUpdateMs), reason),
  )
  const extensions = [authorityKeyId(issuer.key), extension(EXTENSION.crlNumber, integer(1))]
  const body = sequence(
    integer(1),
    ECDSA_SHA256,
    name(issuer.commonName),
    time(list.thisUpdateMs),
    time(list.nextUpdateMs),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    element(0xa0, sequence(...extensions)),
  )
  return signed(body, issuer.key)
}

/** PEM of certificates, in order. */
export function toPem(...certificates: readonly Uint8Array[]): string {
  return certificates
    .map((der) => {
      const lines =
        Buffer.from(der)
          .toString('base64')
          .match(/.{1,64}/g) ?? []
      return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
    })
    .join('')
}

function signed(body: Uint8Array, key: P256Key): Uint8Array {
  const signature = key.sign(body)
  const values = sequence(integer(signature.subarray(0, 32)), integer(signature.subarray(32)))
  return sequence(body, ECDSA_SHA256, bits(values))
}

function name(commonName: string): Uint8Array {
  const part = (type: string, text: string) =>
    element(TAG.set, sequence(oid(type), element(TAG.utf8String, Buffer.from(text, 'ascii'))))
  return sequence(part('2.5.4.3', commonName), part('2.5.4.10', 'Simulated TEE vendor'))
}

function extension(type: string, value: Uint8Array, critical = false): Uint8Array {
  return sequence(oid(type), ...(critical ? [yes()] : []), octets(value))
}

function keyId(publicKey: Uint8Array): Uint8Array {
  return createHash('sha1').update(Uint8Array.of(4)).update(publicKey).digest()
}

function authorityKeyId(key: P256Key): Uint8Array {
  return extension(EXTENSION.authorityKeyIdentifier, sequence(element(0x80, keyId(key.publicKey))))
}
