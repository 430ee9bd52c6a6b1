// Writes certificates and CRLs as Intel's PKI has them. Node only.
import { TAG } from '../der/reader.ts'
import { EXTENSION } from '../x509/extensions.ts'
import { bits, element, integer, octets, oid, sequence, yes } from './der-writer.ts'
import type { P256Key } from './ecdsa-key.ts'
import {
  authorityKeyId,
  ecdsaValue,
  extension,
  keyId,
  name,
  ORGANIZATION,
  pointOf,
  writeCertificate,
  writeRevocationList,
  type X509Signer,
} from './x509-writer.ts'

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
  const { pathLength, sgxExtension, serial, notBeforeMs, notAfterMs } = content
  const isCa = pathLength !== undefined
  const constraints = isCa ? sequence(yes(), integer(pathLength)) : sequence()
  const point = pointOf(content.publicKey)
  const extensions = [
    authorityKeyIdOf(issuer),
    extension(EXTENSION.subjectKeyIdentifier, octets(keyId(point))),
    extension(EXTENSION.keyUsage, isCa ? CA_USAGE : LEAF_USAGE, true),
    extension(EXTENSION.basicConstraints, constraints, true),
    ...(sgxExtension === undefined ? [] : [extension(EXTENSION.sgx, sgxExtension)]),
  ]
  return writeCertificate(
    {
      serial,
      issuer: nameOf(issuer.commonName),
      notBeforeMs,
      notAfterMs,
      subject: nameOf(content.commonName),
      publicKeyInfo: sequence(P256, bits(point)),
      extensions,
    },
    signerOf(issuer),
  )
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
  const reason = extension(EXTENSION.reasonCode, element(TAG.enumerated, Uint8Array.of(1)))
  return writeRevocationList(
    {
      ...list,
      issuer: nameOf(issuer.commonName),
      entryExtensions: [reason],
      authorityKeyId: authorityKeyIdOf(issuer),
    },
    signerOf(issuer),
  )
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

function signerOf({ key }: Issuer): X509Signer {
  return { algorithm: ECDSA_SHA256, sign: (body) => ecdsaValue(key.sign(body)) }
}

function nameOf(commonName: string): Uint8Array {
  return name(['2.5.4.3', commonName], ORGANIZATION)
}

function authorityKeyIdOf({ key }: Issuer): Uint8Array {
  return authorityKeyId(keyId(pointOf(key.publicKey)))
}
