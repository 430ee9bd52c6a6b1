// Values inside DER elements: integers, object identifiers, bit strings, times. Pure.
import { calendarMs } from '../calendar.ts'
import { malformed, readWhole, TAG, type DerElement } from './reader.ts'

/**
 * Content of a non-negative INTEGER in its one minimal form. Throws AttestationError
 * `der.malformed`.
 */
export function integerBytes({ content }: DerElement): Uint8Array {
  const [first, second] = content
  if (first === undefined) throw malformed('empty integer')
  if (first >= 0x80) throw malformed('negative integer')
  if (first === 0 && second !== undefined && second < 0x80) throw malformed('integer not minimal')
  return content
}

/**
 * A small non-negative INTEGER or ENUMERATED, below 2^31. Throws AttestationError `der.malformed`.
 */
export function smallInteger(element: DerElement): number {
  const bytes = integerBytes(element)
  if (bytes.length > 4) throw malformed('integer too large')
  return bytes.reduce((value, byte) => value * 256 + byte, 0)
}

/** Dotted form. Throws AttestationError `der.malformed`. */
export function objectIdentifier({ content }: DerElement): string {
  if (content.length === 0 || content.length > 64) throw malformed('object identifier length')
  let dotted = ''
  let value = 0
  let first = true
  for (const byte of content) {
    if (first && byte === 0x80) throw malformed('object identifier not minimal')
    value = value * 128 + (byte & 0x7f)
    if (value > 0x7fff_ffff) throw malformed('object identifier too large')
    first = byte < 0x80
    if (!first) continue
    // The first number holds two arcs.
    const root = Math.min(Math.floor(value / 40), 2)
    dotted += dotted === '' ? `${root}.${value - 40 * root}` : `.${value}`
    value = 0
  }
  if (!first) throw malformed('object identifier ends too early')
  return dotted
}

/**
 * TRUE; DER leaves a default FALSE out. Throws AttestationError `der.malformed` for anything else.
 */
export function presentTrue({ content }: DerElement): true {
  if (content.length !== 1 || content[0] !== 0xff) throw malformed('expected the boolean TRUE')
  return true
}

/** A BIT STRING of whole bytes. Throws AttestationError `der.malformed`. */
export function wholeBits({ content }: DerElement): Uint8Array {
  if (content[0] !== 0) throw malformed('expected a bit string of whole bytes')
  return content.subarray(1)
}

/**
 * Names of the set bits of a BIT STRING, bit 0 first. X.690 section 11.2.2 would have trailing zero
 * bits cut; AMD's CAs keep one in their keyUsage, where it names nothing. Throws AttestationError
 * `der.malformed`.
 */
export function namedBits({ content }: DerElement): ReadonlySet<number> {
  const unused = content[0]
  const last = content.at(-1) ?? 0
  if (unused === undefined || unused > 7 || content.length < 2 || content.length > 5)
    throw malformed('named bit list length')
  if (last === 0 || (last & ((1 << unused) - 1)) !== 0)
    throw malformed('named bit list of zeros, or with unused bits that are set')
  const set = new Set<number>()
  for (const [index, byte] of content.subarray(1).entries())
    for (let bit = 0; bit < 8; bit++) if ((byte >> (7 - bit)) & 1) set.add(8 * index + bit)
  return set
}

const UTC_TIME_LENGTH = 'YYMMDDhhmmssZ'.length
const GENERALIZED_TIME_LENGTH = 'YYYYMMDDhhmmssZ'.length

/**
 * UTCTime or GeneralizedTime as RFC 5280 section 4.1.2.5 allows them, milliseconds. Throws
 * AttestationError `der.malformed`.
 */
export function timeMs({ tag, content }: DerElement): number {
  const utc = tag === TAG.utcTime
  if (!utc && tag !== TAG.generalizedTime) throw malformed('expected a time')
  const { length } = content
  if (length !== (utc ? UTC_TIME_LENGTH : GENERALIZED_TIME_LENGTH) || content[length - 1] !== 0x5a)
    throw malformed('time not in the form of RFC 5280')
  const years = twoDigits(content, length - 13)
  const year = utc ? (years < 50 ? 2000 : 1900) + years : 100 * twoDigits(content, 0) + years
  if (!utc && year < 2050) throw malformed('GeneralizedTime before 2050')
  const at = (back: number) => twoDigits(content, length - back)
  const ms = calendarMs(year, at(11), at(9), at(7), at(5), at(3))
  if (ms === undefined) throw malformed('time that does not exist')
  return ms
}

function twoDigits(text: Uint8Array, at: number): number {
  const tens = (text[at] ?? 0) - 0x30
  const ones = (text[at + 1] ?? 0) - 0x30
  if (!(tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9)) throw malformed('time without digits')
  return 10 * tens + ones
}

/**
 * ECDSA-Sig-Value (RFC 3279) as r||s of `size` bytes each. Throws AttestationError
 * `der.malformed`.
 */
export function ecdsaSignature(der: Uint8Array, size: number): Uint8Array {
  const reader = readWhole(der)
  const signature = new Uint8Array(2 * size)
  for (const end of [size, 2 * size]) {
    const value = integerBytes(reader.read(TAG.integer))
    const bytes = value[0] === 0 ? value.subarray(1) : value
    if (bytes.length > size) throw malformed('signature value too large')
    signature.set(bytes, end - bytes.length)
  }
  reader.end()
  return signature
}
