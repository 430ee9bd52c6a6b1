// Values inside DER elements: integers, object identifiers, bit strings, times. Pure.
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
  const parts: number[] = []
  let value = 0
  let first = true
  for (const byte of content) {
    if (first && byte === 0x80) throw malformed('object identifier not minimal')
    value = value * 128 + (byte & 0x7f)
    if (value > 0x7fff_ffff) throw malformed('object identifier too large')
    first = byte < 0x80
    if (!first) continue
    if (parts.length === 0) parts.push(Math.min(Math.floor(value / 40), 2))
    parts.push(parts.length === 1 ? value - 40 * (parts[0] ?? 0) : value)
    value = 0
  }
  if (!first) throw malformed('object identifier ends too early')
  return parts.join('.')
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

const UTC_TIME = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/
const GENERALIZED_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/

/**
 * UTCTime or GeneralizedTime as RFC 5280 section 4.1.2.5 allows them, milliseconds. Throws
 * AttestationError `der.malformed`.
 */
export function timeMs({ tag, content }: DerElement): number {
  const utc = tag === TAG.utcTime
  if (!utc && tag !== TAG.generalizedTime) throw malformed('expected a time')
  const text = String.fromCharCode(...content.subarray(0, 20))
  const match = content.length <= 20 ? (utc ? UTC_TIME : GENERALIZED_TIME).exec(text) : null
  if (match === null) throw malformed('time not in the form of RFC 5280')
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(Number)
  const fullYear = !utc ? year : year < 50 ? 2000 + year : 1900 + year
  if (!utc && fullYear < 2050) throw malformed('GeneralizedTime before 2050')
  return calendarMs(fullYear, month, day, hour, minute, second)
}

/** Milliseconds of a date that exists. Throws AttestationError `der.malformed`. */
function calendarMs(...parts: [number, number, number, number, number, number]): number {
  const [year, month, day, hour, minute, second] = parts
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  date.setUTCHours(hour, minute, second)
  const same =
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second
  if (!same) throw malformed('time that does not exist')
  return date.getTime()
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
