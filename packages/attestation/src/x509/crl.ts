// X.509 v2 certificate revocation lists (RFC 5280 section 5). Pure.
import { bareHex } from '../bytes.ts'
import type { KeyKind } from '../crypto/backend.ts'
import { readWhole, TAG, type DerReader } from '../der/reader.ts'
import { integerBytes, smallInteger, timeMs } from '../der/values.ts'
import { AttestationError } from '../error.ts'
import { readSignature, readSignatureKind } from './algorithm.ts'
import { readAuthorityKeyId } from './certificate.ts'
import { EXTENSION, readExtensions, type Extension } from './extensions.ts'

/** A parsed list; nothing in it has been verified. */
export type RevocationList = {
  readonly signed: Uint8Array
  /** Kind of the issuer's key, as the signature's algorithm says. */
  readonly signatureKind: KeyKind
  /** r||s, or an RSA value. */
  readonly signature: Uint8Array
  /** DER of the issuer's name. */
  readonly issuer: Uint8Array
  readonly thisUpdateMs: number
  readonly nextUpdateMs: number
  /** Hex of the INTEGERs. */
  readonly revokedSerials: ReadonlySet<string>
  readonly authorityKeyId: Uint8Array | undefined
}

/** Largest list, bytes. */
const MAX_CRL_BYTES = 65_536

const VERSION_2 = 1
const EXPLICIT_0 = 0xa0
/** May be critical; anything else critical (delta, indirect, partial lists) is refused. */
const LIST_EXTENSIONS = [EXTENSION.crlNumber, EXTENSION.authorityKeyIdentifier]
const ENTRY_EXTENSIONS = [EXTENSION.reasonCode, EXTENSION.invalidityDate]

/**
 * Reads a list from DER. Throws AttestationError `crl.malformed`, `certificate.malformed` or
 * `der.malformed`.
 */
export function parseRevocationList(der: Uint8Array): RevocationList {
  if (der.length > MAX_CRL_BYTES)
    throw new AttestationError('crl.malformed', `CRL: more than ${MAX_CRL_BYTES} bytes`)
  const outer = readWhole(der)
  const signed = outer.read(TAG.sequence)
  const signatureKind = readSignatureKind(outer)
  const signature = readSignature(outer, signatureKind)
  outer.end()

  const body = signed.open()
  if (smallInteger(body.read(TAG.integer)) !== VERSION_2)
    throw new AttestationError('crl.malformed', 'CRL: expected version 2')
  if (readSignatureKind(body) !== signatureKind)
    throw new AttestationError('crl.malformed', 'CRL: two signature algorithms')
  const issuer = body.read(TAG.sequence).bytes
  const thisUpdateMs = timeMs(body.readAny())
  const nextUpdateMs = timeMs(body.readAny())
  const revokedSerials = readEntries(body)
  const extensions = readListExtensions(body)
  body.end()
  return {
    signed: signed.bytes,
    signatureKind,
    signature,
    issuer,
    thisUpdateMs,
    nextUpdateMs,
    revokedSerials,
    authorityKeyId: readAuthorityKeyId(extensions.get(EXTENSION.authorityKeyIdentifier)),
  }
}

/** RFC 5280 asks for two extensions; a list without any is still its issuer's. */
function readListExtensions(body: DerReader): ReadonlyMap<string, Extension> {
  if (body.nextTag !== EXPLICIT_0) return new Map()
  const wrapped = body.enter(EXPLICIT_0)
  const extensions = readExtensions(wrapped.enter(), LIST_EXTENSIONS)
  wrapped.end()
  return extensions
}

function readEntries(body: DerReader): ReadonlySet<string> {
  const serials = new Set<string>()
  const list = body.readOptional(TAG.sequence)
  if (list === undefined) return serials
  const entries = list.open()
  while (!entries.done) {
    const entry = entries.enter()
    serials.add(bareHex(integerBytes(entry.read(TAG.integer))))
    timeMs(entry.readAny())
    if (!entry.done) readExtensions(entry.enter(), ENTRY_EXTENSIONS)
    entry.end()
  }
  return serials
}
