// Writes what X.509 certificates and lists of all vendors have in common. Node only.
import { createHash } from 'node:crypto'
import { TAG } from '../der/reader.ts'
import { EXTENSION } from '../x509/extensions.ts'
import { bits, element, integer, octets, oid, sequence, time, yes } from './der-writer.ts'

/** How an issuer signs: the AlgorithmIdentifier, and the content of the signature's BIT STRING. */
export type X509Signer = {
  readonly algorithm: Uint8Array
  readonly sign: (body: Uint8Array) => Uint8Array
}

/** What a certificate says; names, key and extensions as DER. */
export type X509Content = {
  /** Big-endian, at most 20 bytes. */
  readonly serial: Uint8Array
  readonly issuer: Uint8Array
  readonly notBeforeMs: number
  readonly notAfterMs: number
  readonly subject: Uint8Array
  readonly publicKeyInfo: Uint8Array
  readonly extensions: readonly Uint8Array[]
}

/** What a list says; name and extensions as DER. */
export type RevocationContent = {
  readonly issuer: Uint8Array
  readonly thisUpdateMs: number
  readonly nextUpdateMs: number
  /** Of what is revoked, at `thisUpdateMs`; big-endian. */
  readonly serials: readonly Uint8Array[]
  /** Of every entry. */
  readonly entryExtensions?: readonly Uint8Array[]
  readonly authorityKeyId: Uint8Array
}

/** DER of a certificate (RFC 5280, section 4.1). */
export function writeCertificate(content: X509Content, signer: X509Signer): Uint8Array {
  const body = sequence(
    element(0xa0, integer(2)),
    integer(content.serial),
    signer.algorithm,
    content.issuer,
    sequence(time(content.notBeforeMs), time(content.notAfterMs)),
    content.subject,
    content.publicKeyInfo,
    element(0xa3, sequence(...content.extensions)),
  )
  return signed(body, signer)
}

/** DER of the list with number 1 (RFC 5280, section 5.1). */
export function writeRevocationList(content: RevocationContent, signer: X509Signer): Uint8Array {
  const { thisUpdateMs, entryExtensions } = content
  const more = entryExtensions === undefined ? [] : [sequence(...entryExtensions)]
  const entries = content.serials.map((serial) =>
    sequence(integer(serial), time(thisUpdateMs), ...more),
  )
  const extensions = [content.authorityKeyId, extension(EXTENSION.crlNumber, integer(1))]
  const body = sequence(
    integer(1),
    signer.algorithm,
    content.issuer,
    time(thisUpdateMs),
    time(content.nextUpdateMs),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    element(0xa0, sequence(...extensions)),
  )
  return signed(body, signer)
}

/** The word that keeps simulated names apart from those of vendors, as `name` takes it. */
export const ORGANIZATION = ['2.5.4.10', 'Simulated TEE vendor'] as const

/** DER of a name: attributes by object identifier, ASCII, in order. */
export function name(
  ...attributes: readonly (readonly [type: string, text: string])[]
): Uint8Array {
  const parts = attributes.map(([type, text]) =>
    element(TAG.set, sequence(oid(type), element(TAG.utf8String, Buffer.from(text, 'ascii')))),
  )
  return sequence(...parts)
}

/** DER of an extension. */
export function extension(type: string, value: Uint8Array, critical = false): Uint8Array {
  return sequence(oid(type), ...(critical ? [yes()] : []), octets(value))
}

/** DER of the extension that names an issuer's key by its identifier. */
export function authorityKeyId(identifier: Uint8Array): Uint8Array {
  return extension(EXTENSION.authorityKeyIdentifier, sequence(element(0x80, identifier)))
}

/** The uncompressed point of x||y. */
export function pointOf(publicKey: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(4), publicKey])
}

/** Identifier of a key: SHA-1 of the content of its BIT STRING (RFC 5280, section 4.2.1.2). */
export function keyId(publicKeyBits: Uint8Array): Uint8Array {
  return createHash('sha1').update(publicKeyBits).digest()
}

/** DER of an ECDSA signature that is r||s. */
export function ecdsaValue(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2
  return sequence(integer(signature.subarray(0, half)), integer(signature.subarray(half)))
}

function signed(body: Uint8Array, { algorithm, sign }: X509Signer): Uint8Array {
  return sequence(body, algorithm, bits(sign(body)))
}
