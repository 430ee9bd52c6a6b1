// Writes certificates and CRLs as AMD's PKI has them. Node only.
import { createHash } from 'node:crypto'
import { TAG } from '../../der/reader.ts'
import { EXTENSION } from '../../x509/extensions.ts'
import { bits, element, integer, octets, oid, sequence, time, yes } from '../der-writer.ts'
import type { P384Key } from '../ecdsa-key.ts'
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
    extension(EXTENSION.subjectKeyIdentifier, octets(keyId(key))),
    ...(isRoot ? [] : [authorityKeyId(issuer.key)]),
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
  const point = Buffer.concat([Uint8Array.of(4), key.publicKey])
  const written = extensions.map(([type, value]) => extension(type, value))
  const role = isCa ? [extension(EXTENSION.basicConstraints, sequence(yes()), true)] : []
  return issue(content, sequence(P384, bits(point)), issuer, [...written, ...role])
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
  const entries = list.serials.map((serial) => sequence(integer(serial), time(list.thisUpdateMs)))
  const extensions = [authorityKeyId(issuer.key), extension(EXTENSION.crlNumber, integer(1))]
  const body = sequence(
    integer(1),
    RSASSA_PSS,
    name(issuer.commonName),
    time(list.thisUpdateMs),
    time(list.nextUpdateMs),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    element(0xa0, sequence(...extensions)),
  )
  return signed(body, issuer.key)
}

function issue(
  { commonName, serial, notBeforeMs, notAfterMs }: AmdCertificate,
  publicKeyInfo: Uint8Array,
  issuer: AmdIssuer,
  extensions: readonly Uint8Array[],
): Uint8Array {
  const body = sequence(
    element(0xa0, integer(2)),
    integer(serial),
    RSASSA_PSS,
    name(issuer.commonName),
    sequence(time(notBeforeMs), time(notAfterMs)),
    name(commonName),
    publicKeyInfo,
    element(0xa3, sequence(...extensions)),
  )
  return signed(body, issuer.key)
}

function signed(body: Uint8Array, key: RsaKey): Uint8Array {
  return sequence(body, RSASSA_PSS, bits(key.sign(body)))
}

/** The attributes of AMD's names that are read, and the word that keeps them apart from AMD's. */
function name(commonName: string): Uint8Array {
  const part = (type: string, text: string) =>
    element(TAG.set, sequence(oid(type), element(TAG.utf8String, Buffer.from(text, 'ascii'))))
  return sequence(
    part('2.5.4.11', 'Engineering'),
    part('2.5.4.10', 'Simulated TEE vendor'),
    part('2.5.4.3', commonName),
  )
}

function extension(type: string, value: Uint8Array, critical = false): Uint8Array {
  return sequence(oid(type), ...(critical ? [yes()] : []), octets(value))
}

function keyId(key: RsaKey): Uint8Array {
  return createHash('sha1').update(key.publicKeyBits).digest()
}

function authorityKeyId(key: RsaKey): Uint8Array {
  return extension(EXTENSION.authorityKeyIdentifier, sequence(element(0x80, keyId(key))))
}
