// X.509 v3 certificates (RFC 5280) with the keys and signatures that hardware vendors use. Pure.
import { bareHex } from '../bytes.ts'
import type { KeyKind, PublicKey } from '../crypto/backend.ts'
import { DerReader, readWhole, TAG } from '../der/reader.ts'
import {
  integerBytes,
  namedBits,
  objectIdentifier,
  presentTrue,
  smallInteger,
  timeMs,
} from '../der/values.ts'
import { AttestationError } from '../error.ts'
import { readPublicKey, readSignature, readSignatureKind } from './algorithm.ts'
import { EXTENSION, readExtensions, type Extension } from './extensions.ts'

/** A parsed certificate; nothing in it has been verified. */
export type Certificate = {
  readonly der: Uint8Array
  /** The signed part. */
  readonly signed: Uint8Array
  /** Kind of the issuer's key, as the signature's algorithm says. */
  readonly signatureKind: KeyKind
  /** r||s, or an RSA value. */
  readonly signature: Uint8Array
  /** Hex of the INTEGER. */
  readonly serial: string
  /** DER of the names, compared byte by byte. */
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  readonly commonName: string
  readonly notBeforeMs: number
  readonly notAfterMs: number
  readonly publicKey: PublicKey
  /** False, too, without basicConstraints. */
  readonly isCa: boolean
  readonly pathLength: number | undefined
  /** Undefined without the extension, as AMD's leaves are. */
  readonly keyUsage: ReadonlySet<number> | undefined
  readonly subjectKeyId: Uint8Array | undefined
  readonly authorityKeyId: Uint8Array | undefined
  readonly extensions: ReadonlyMap<string, Extension>
}

/** Bits of keyUsage (RFC 5280 section 4.2.1.3). */
export const KEY_USAGE = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 } as const

const MAX_CERTIFICATE_BYTES = 8_192
const UNDERSTOOD = [EXTENSION.basicConstraints, EXTENSION.keyUsage]
const VERSION_3 = 2
const EXPLICIT_0 = 0xa0
const EXPLICIT_3 = 0xa3

/**
 * Reads a certificate from DER. Throws AttestationError `certificate.malformed` or
 * `der.malformed`.
 */
export function parseCertificate(der: Uint8Array): Certificate {
  if (der.length > MAX_CERTIFICATE_BYTES)
    throw malformed(`more than ${MAX_CERTIFICATE_BYTES} bytes`)
  const outer = readWhole(der)
  const signed = outer.read(TAG.sequence)
  const signatureKind = readSignatureKind(outer)
  const signature = readSignature(outer, signatureKind)
  outer.end()

  const body = signed.open()
  const version = body.enter(EXPLICIT_0)
  if (smallInteger(version.read(TAG.integer)) !== VERSION_3) throw malformed('expected version 3')
  version.end()
  const serial = integerBytes(body.read(TAG.integer))
  if (serial.length > 21) throw malformed('serial number too long')
  if (readSignatureKind(body) !== signatureKind) throw malformed('two signature algorithms')
  const issuer = body.read(TAG.sequence)
  const validity = body.enter()
  const notBeforeMs = timeMs(validity.readAny())
  const notAfterMs = timeMs(validity.readAny())
  validity.end()
  const subject = body.read(TAG.sequence)
  const publicKey = readPublicKey(body)
  const wrapped = body.enter(EXPLICIT_3)
  const extensions = readExtensions(wrapped.enter(), UNDERSTOOD)
  wrapped.end()
  body.end()

  return {
    der,
    signed: signed.bytes,
    signatureKind,
    signature,
    serial: bareHex(serial),
    issuer: issuer.bytes,
    subject: subject.bytes,
    commonName: readCommonName(subject.open()),
    notBeforeMs,
    notAfterMs,
    publicKey,
    ...readConstraints(extensions),
    extensions,
  }
}

/** The one commonName of a Name; other attributes are only checked for form. */
function readCommonName(name: DerReader): string {
  let commonName: string | undefined
  while (!name.done) {
    const relative = name.enter(TAG.set)
    const attribute = relative.enter()
    relative.end()
    const oid = objectIdentifier(attribute.read(TAG.objectIdentifier))
    const value = attribute.readAny()
    attribute.end()
    if (oid !== '2.5.4.3') continue
    const isText = value.tag === TAG.utf8String || value.tag === TAG.printableString
    if (!isText || commonName !== undefined || value.content.length > 128)
      throw malformed('expected one commonName of text')
    if (value.content.some((byte) => byte < 0x20 || byte > 0x7e))
      throw malformed('commonName that is not ASCII')
    commonName = String.fromCharCode(...value.content)
  }
  if (commonName === undefined) throw malformed('no commonName')
  return commonName
}

function readConstraints(extensions: ReadonlyMap<string, Extension>) {
  const usage = extensions.get(EXTENSION.keyUsage)
  return {
    ...readBasicConstraints(extensions.get(EXTENSION.basicConstraints)),
    keyUsage: usage && namedBits(readOne(usage.value, TAG.bitString)),
    subjectKeyId: readKeyId(extensions.get(EXTENSION.subjectKeyIdentifier)),
    authorityKeyId: readAuthorityKeyId(extensions.get(EXTENSION.authorityKeyIdentifier)),
  }
}

function readBasicConstraints(extension: Extension | undefined) {
  if (extension === undefined) return { isCa: false, pathLength: undefined }
  const reader = readWhole(extension.value)
  const flag = reader.readOptional(TAG.boolean)
  const isCa = flag !== undefined && presentTrue(flag)
  const limit = reader.readOptional(TAG.integer)
  reader.end()
  if (limit !== undefined && !isCa) throw malformed('pathLen without CA')
  return { isCa, pathLength: limit === undefined ? undefined : smallInteger(limit) }
}

function readKeyId(extension: Extension | undefined): Uint8Array | undefined {
  return extension && readOne(extension.value, TAG.octetString).content
}

/** The keyIdentifier of an AuthorityKeyIdentifier; undefined when it has none. */
export function readAuthorityKeyId(extension: Extension | undefined): Uint8Array | undefined {
  return extension && readWhole(extension.value).readOptional(0x80)?.content
}

function readOne(bytes: Uint8Array, tag: number) {
  const reader = new DerReader(bytes)
  const element = reader.read(tag)
  reader.end()
  return element
}

function malformed(message: string): AttestationError {
  return new AttestationError('certificate.malformed', `certificate: ${message}`)
}
