// CBOR (RFC 8949) as Nitro documents use it, and nothing more: one walk over the bytes, without
// recursion, every bound checked before anything is built of them. Pure.
import { concatBytes, unsigned } from '../../bytes.ts'
import { AttestationError } from '../../error.ts'

/** Values that are read: unsigned and negative integers, bytes, text, lists, maps, null. */
export type CborValue =
  | number
  | Uint8Array
  | string
  | null
  | readonly CborValue[]
  | ReadonlyMap<number | string, CborValue>

type CborKey = number | string

const MAX_DEPTH = 4
const MAX_ITEMS = 256
const MAJOR = { negative: 1, bytes: 2, text: 3, list: 4, map: 5, tag: 6, simple: 7 } as const
const INDEFINITE = 31
const NULL = 22

/**
 * The one value that `bytes` consist of: lists and maps at most 4 deep, at most 256 values, keys
 * that are unsigned integers or text and differ from each other, lengths and integers in their
 * shortest form and below 2^53, text that is UTF-8. Lists and maps may be of indefinite length, as
 * hardware writes them; byte strings and text may not. No tags, floats or simple values but null.
 * Throws AttestationError `nitro.malformed`.
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  const levels: Level[] = []
  let whole: CborValue = null
  let offset = 0
  let items = 0
  do {
    if (++items > MAX_ITEMS) throw malformedCbor(`more than ${MAX_ITEMS} values`)
    const head = readHead(bytes, offset)
    offset = head.end
    const level = levels.at(-1)
    if (head.major === MAJOR.simple && head.info === INDEFINITE) endLevel(levels)
    else {
      if (level !== undefined) countIn(level, head.major)
      const content = contentOf(bytes, head)
      offset += content.length
      const opened = openLevel(head, bytes.length - offset)
      checkShortest(head)
      const value = opened?.values ?? valueOf(head, content)
      if (level === undefined) whole = value
      else add(level, value)
      if (opened !== undefined && levels.push(opened) > MAX_DEPTH)
        throw malformedCbor(`more than ${MAX_DEPTH} levels`)
    }
    while (levels.at(-1)?.left === 0) levels.pop()
  } while (levels.length > 0)
  if (offset !== bytes.length) throw malformedCbor('bytes left over')
  return whole
}

/** A byte string with its length before it, in the shortest form; less than 4 GiB. */
export function encodeCborBytes(bytes: Uint8Array): Uint8Array {
  const { length } = bytes
  if (length < 24) return concatBytes(Uint8Array.of((MAJOR.bytes << 5) | length), bytes)
  const [info, size] =
    length < 0x100
      ? ([24, 1] as const)
      : length < 0x1_0000
        ? ([25, 2] as const)
        : ([26, 4] as const)
  const head = Uint8Array.of((MAJOR.bytes << 5) | info)
  return concatBytes(head, unsigned(length, size, 'length'), bytes)
}

/** A list or map whose end has not been reached. */
type Level = {
  /** Values still to come, keys included; Infinity until a break. */
  left: number
  readonly values: CborValue[] | Map<CborKey, CborValue>
  /** In a map: the key whose value comes next. */
  key: CborKey | undefined
}

type Head = {
  readonly major: number
  readonly info: number
  /** The argument; Infinity for indefinite lengths. May be rounded above 2^53. */
  readonly value: number
  readonly end: number
}

function readHead(bytes: Uint8Array, offset: number): Head {
  const first = bytes[offset]
  if (first === undefined) throw malformedCbor('ends too early')
  const major = first >> 5
  const info = first & 31
  if (info < 24) return { major, info, value: info, end: offset + 1 }
  if (info === INDEFINITE) return { major, info, value: Infinity, end: offset + 1 }
  if (info > 27) throw malformedCbor('reserved length')
  const end = offset + 1 + 2 ** (info - 24)
  if (end > bytes.length) throw malformedCbor('ends too early')
  const value = bytes.subarray(offset + 1, end).reduce((sum, byte) => sum * 256 + byte, 0)
  return { major, info, value, end }
}

/** A break ends the innermost list or map, which must be of indefinite length. */
function endLevel(levels: Level[]): void {
  const level = levels.pop()
  if (level === undefined || level.left !== Infinity || level.key !== undefined)
    throw malformedCbor('break out of place')
}

function countIn(level: Level, major: number): void {
  level.left--
  const isKey = level.values instanceof Map && level.key === undefined
  if (isKey && major !== 0 && major !== MAJOR.text)
    throw malformedCbor('key that is neither number nor text')
}

/** The bytes of a string, none for the rest; refuses what is never read. */
function contentOf(bytes: Uint8Array, { major, info, value, end }: Head): Uint8Array {
  if (major === MAJOR.tag) throw malformedCbor('a tag')
  if (major === MAJOR.simple && info !== NULL) throw malformedCbor('a float or simple value')
  if (major <= MAJOR.negative && info === INDEFINITE) throw malformedCbor('reserved length')
  if (major !== MAJOR.bytes && major !== MAJOR.text) return bytes.subarray(end, end)
  if (value > bytes.length - end) throw malformedCbor('string of indefinite length, or too long')
  return bytes.subarray(end, end + value)
}

function openLevel({ major, value }: Head, bytesLeft: number): Level | undefined {
  if (major !== MAJOR.list && major !== MAJOR.map) return undefined
  const left = major === MAJOR.map ? 2 * value : value
  // Each value takes a byte at least.
  if (left !== Infinity && left > bytesLeft) throw malformedCbor('list or map too long')
  return { left, values: major === MAJOR.map ? new Map() : [], key: undefined }
}

/** Section 4.2.1: no argument in more bytes than it needs. Also none that a number cannot hold. */
function checkShortest({ major, info, value }: Head): void {
  if (info < 24 || info === INDEFINITE) return
  const least = info === 24 ? 24 : 2 ** (8 * 2 ** (info - 25))
  const most = Number.MAX_SAFE_INTEGER - (major === MAJOR.negative ? 1 : 0)
  if (value < least || value > most) throw malformedCbor('not in shortest form, or above 2^53')
}

function valueOf({ major, value }: Head, content: Uint8Array): number | Uint8Array | string | null {
  switch (major) {
    case 0:
      return value
    case MAJOR.negative:
      return -1 - value
    case MAJOR.bytes:
      return new Uint8Array(content)
    case MAJOR.text:
      return textOf(content)
    default:
      return null
  }
}

/** Puts the next value in its place; in a map keys and values take turns. */
function add(level: Level, value: CborValue): void {
  const { values, key } = level
  if (!(values instanceof Map)) values.push(value)
  else if (key !== undefined) {
    values.set(key, value)
    level.key = undefined
  } else {
    if (typeof value !== 'number' && typeof value !== 'string')
      throw malformedCbor('key that is neither number nor text')
    if (values.has(value)) throw malformedCbor('a key twice')
    level.key = value
  }
}

function textOf(bytes: Uint8Array): string {
  try {
    // A byte order mark is a character like any other.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw malformedCbor('text that is not UTF-8', { cause })
  }
}

function malformedCbor(message: string, options?: { cause?: unknown }): AttestationError {
  return new AttestationError('nitro.malformed', `CBOR: ${message}`, options)
}
