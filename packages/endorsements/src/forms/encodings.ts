// PEM, hex and DER as servers write them. Verifies nothing. Pure.
import { EndorsementError } from '../error.ts'

/** Longest issuer chain in a header, characters as sent. */
const MAX_CHAIN_CHARACTERS = 24_576

const BLOCK = /-----BEGIN ([A-Z0-9 ]{1,32})-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END \1-----\s*/y

/** Lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

/** Bytes of an even number of hex digits; undefined for anything else. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length === 0 || text.length % 2 !== 0 || !/^[0-9a-fA-F]+$/.test(text)) return undefined
  return new Uint8Array(Buffer.from(text, 'hex'))
}

/**
 * DER of exactly `count` PEM blocks of one label and nothing else but white space. Throws
 * EndorsementError `answer.malformed`.
 */
export function readPem(text: string, label: string, count: number): Uint8Array[] {
  const blocks = new RegExp(BLOCK)
  const found: Uint8Array[] = []
  while (blocks.lastIndex < text.length) {
    const match = blocks.exec(text)
    if (match === null || match[1] !== label || found.length === count)
      throw malformed(`expected ${count} PEM blocks "${label}" and nothing else`)
    found.push(new Uint8Array(Buffer.from(match[2] ?? '', 'base64')))
  }
  if (found.length !== count) throw malformed(`expected ${count} PEM blocks, got ${found.length}`)
  return found
}

/**
 * The chain of two certificates (signer, root) of an issuer chain header, URL-decoded PEM. Throws
 * EndorsementError `answer.malformed`, also when there is no header.
 */
export function readIssuerChain(header: string | readonly string[] | undefined): string {
  if (typeof header !== 'string') throw malformed('no issuer chain header')
  if (header.length > MAX_CHAIN_CHARACTERS) throw malformed('issuer chain: too long')
  let text: string
  try {
    text = decodeURIComponent(header)
  } catch {
    throw malformed('issuer chain: bad URL encoding')
  }
  readPem(text, 'CERTIFICATE', 2)
  return text
}

/** A CRL as DER, from DER, its hex (PCCS's root CRL) or PEM. Throws `answer.malformed`. */
export function readRevocationListBody(body: Uint8Array): Uint8Array {
  // DER of a list is longer than 127 bytes, so its second byte is no character.
  if (body[0] === 0x30 && (body[1] ?? 0) >= 0x80) return body
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1').trim()
  const bytes = fromHex(text)
  if (bytes !== undefined) return bytes
  if (!text.startsWith('-----')) throw malformed('expected a CRL as DER, hex or PEM')
  const [der] = readPem(text, 'X509 CRL', 1)
  if (der === undefined) throw malformed('expected a CRL')
  return der
}

function malformed(message: string): EndorsementError {
  return new EndorsementError('answer.malformed', message)
}
