// Writes certificates and CRLs as AMD's PKI has them. Node only.
import { TAG } from '../../der/reader.ts'
import { EXTENSION } from '../../x509/extensions.ts'
import { bits, element, integer, octets, oid, sequence, yes } from '../der-writer.ts'
import type { P384Key } from '../ecdsa-key.ts'
import {
  authorityKeyId,
  extension,
  keyId,
  name,
  ORGANIZATION,
  pointOf,
  writeCertificate,
  writeRevocationList,
  type X509Signer,
} from '../x509-writer.ts'
import type { RsaKey } from './rsa-key.ts'

/** Who signs: a name and a key. */
export type AmdIssuer = { readonly commonName: string; readonly key: RsaKey }

/** What every certificate says. */
export type AmdCertificate = {
  readonly commonName: string
  /** Big-endian, at most 20 bytes; AMD's leaves all have 0. */
  readonly serial: Uint8Array
  readonly notBeforeMs: number
  readonly notAfterMs: number
}

/** An extension of a leaf: its object identifier and the content of its OCTET STRING. */
export type VekExtension = readonly [oid: string, value: Uint8Array]

const sha384 = sequence(oid('2.16.840.1.101.3.4.2.2'), element(TAG.null))
const RSASSA_PSS = sequence(
  oid('1.2.840.113549.1.1.10'),
  sequence(
    element(0xa0, sha384),
    element(0xa1, sequence(oid('1.2.840.113549.1.1.8'), sha384)),
    element(0xa2, integer(48)),
  ),
)
const P384 = sequence(oid('1.2.840.10045.2.1'), oid('1.3.132.0.34'))
const ARK_USAGE = bits(Uint8Array.of(0x06), 1)
/** May sign digitally, and nothing else. */
export const NO_CA_USAGE = bits(Uint8Array.of(0x80), 7)
/** Not as DER would have it, but as AMD does. */
const ASK_USAGE = bits(Uint8Array.of(0x04), 1)

/** What may be wrong about the role that a certificate has. */
export type AmdRole = {
  /** Of a CA; default: true. */
  readonly isCa?: boolean
  /** Of an ASK or ASVK, as a BIT STRING; default: may sign certificates. */
  readonly usage?: Uint8Array
}

/** DER of the root (`issuer` has its own name and key) or of an ASK or ASVK. */
export function issueCa(
  content: AmdCertificate,
  key: RsaKey,
  issuer: AmdIssuer,
  { isCa = true, usage = ASK_USAGE }: AmdRole = {},
): Uint8Array {
  const isRoot = key === issuer.key
  const constraints = isRoot ? sequence(yes()) : sequence(yes(), integer(0))
  return issue(content, key.publicKey, issuer, [
    extension(EXTENSION.subjectKeyIdentifier, octets(keyId(key.publicKeyBits))),
    ...(isRoot ? [] : [authorityKeyIdOf(issuer)]),
    extension(EXTENSION.basicConstraints, isCa ? constraints : sequence(), true),
    extension(EXTENSION.keyUsage, isRoot ? ARK_USAGE : usage, true),
  ])
}

/**
 * DER of a VCEK or VLEK, which has AMD's extensions and no others, unless it is to be a CA as well.
 */
export function issueVek(
  content: AmdCertificate,
  key: P384Key,
  extensions: readonly VekExtension[],
  issuer: AmdIssuer,
  { isCa = false }: AmdRole = {},
): Uint8Array {
  const written = extensions.map(([type, value]) => extension(type, value))
  const role = isCa ? [extension(EXTENSION.basicConstraints, sequence(yes()), true)] : []
  return issue(content, sequence(P384, bits(pointOf(key.publicKey))), issuer, [...written, ...role])
}

/** DER of a CRL by `issuer`. */
export function issueArkList(
  list: {
    readonly thisUpdateMs: number
    readonly nextUpdateMs: number
    readonly serials: readonly Uint8Array[]
  },
  issuer: AmdIssuer,
): Uint8Array {
  return writeRevocationList(
    { ...list, issuer: nameOf(issuer.commonName), authorityKeyId: authorityKeyIdOf(issuer) },
    signerOf(issuer),
  )
}

function issue(
  { commonName, serial, notBeforeMs, notAfterMs }: AmdCertificate,
  publicKeyInfo: Uint8Array,
  issuer: AmdIssuer,
  extensions: readonly Uint8Array[],
): Uint8Array {
  return writeCertificate(
    {
      serial,
      issuer: nameOf(issuer.commonName),
      notBeforeMs,
      notAfterMs,
      subject: nameOf(commonName),
      publicKeyInfo,
      extensions,
    },
    signerOf(issuer),
  )
}

function signerOf({ key }: AmdIssuer): X509Signer {
  return { algorithm: RSASSA_PSS, sign: (body) => key.sign(body) }
}

/** The attributes of AMD's names that are read. */
function nameOf(commonName: string): Uint8Array {
  return name(['2.5.4.11', 'Engineering'], ORGANIZATION, ['2.5.4.3', commonName])
}

function authorityKeyIdOf({ key }: AmdIssuer): Uint8Array {
  return authorityKeyId(keyId(key.publicKeyBits))
}
