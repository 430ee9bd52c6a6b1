// CBOR (RFC 8949) as Nitro documents use it, and nothing more: every bound is checked before the
// decoder, which recurses and knows no limits, gets to see a byte. Pure.
import { decode } from 'cborg'
import { AttestationError } from '../../error.ts'

/** Values that are read: unsigned and negative integers, bytes, text, lists, maps, null. */
export type CborValue =
  | number
  | Uint8Array
  | string
  | null
  | readonly CborValue[]
  | ReadonlyMap<number | string, CborValue>

const MAX_DEPTH = 4
const MAX_ITEMS = 256
const MAJOR = { negative: 1, bytes: 2, text: 3, list: 4, map: 5, tag: 6, simple: 7 } as const
const INDEFINITE = 31
const NULL = 22
const DECODE_OPTIONS = {
  strict: true,
  allowIndefinite: true,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  useMaps: true,
  rejectDuplicateMapKeys: true,
} as const

/**
 * The one value that `bytes` consist of: lists and maps at most 4 deep, at most 256 values, keys
 * that are unsigned integers or text and differ from each other, lengths and integers in their
 * shortest form and below 2^53, text that is UTF-8. Lists and maps may be of indefinite length, as
 * hardware writes them; byte strings and text may not. No tags, floats or simple values but null.
 * Throws AttestationError `nitro.malformed`.
 */
export function decodeCbor(bytes: Uint8Array): CborValue {
  checkForm(bytes)
  try {
    return decode(bytes, DECODE_OPTIONS) as CborValue
  } catch (cause) {
    throw malformedCbor('not in shortest form, or a key twice', { cause })
  }
}

/** A list or map whose end has not been reached. */
type Level = {
  /** Values still to come, keys included; Infinity until a break. */
  left: number
  readonly isMap: boolean
  /** In a map: whether the next value is a key. */
  isKey: boolean
}

/** Walks all values once, without recursion and without building any. */
function checkForm(bytes: Uint8Array): void {
  const levels: Level[] = []
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
      offset += contentBytes(bytes, head)
      const opened = openLevel(head, bytes.length - offset)
      if (opened !== undefined && levels.push(opened) > MAX_DEPTH)
        throw malformedCbor(`more than ${MAX_DEPTH} levels`)
    }
    while (levels.at(-1)?.left === 0) levels.pop()
  } while (levels.length > 0)
  if (offset !== bytes.length) throw malformedCbor('bytes left over')
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
  if (level === undefined || level.left !== Infinity || (level.isMap && !level.isKey))
    throw malformedCbor('break out of place')
}

function countIn(level: Level, major: number): void {
  level.left--
  if (!level.isMap) return
  const mayBeKey = major === 0 || major === MAJOR.text
  if (level.isKey && !mayBeKey) throw malformedCbor('key that is neither number nor text')
  level.isKey = !level.isKey
}

/** Bytes that follow the head of a string; refuses what is never read. */
function contentBytes(bytes: Uint8Array, { major, info, value, end }: Head): number {
  if (major === MAJOR.tag) throw malformedCbor('a tag')
  if (major === MAJOR.simple && info !== NULL) throw malformedCbor('a float or simple value')
  if (major <= MAJOR.negative && info === INDEFINITE) throw malformedCbor('reserved length')
  if (major !== MAJOR.bytes && major !== MAJOR.text) return 0
  if (value > bytes.length - end) throw malformedCbor('string of indefinite length, or too long')
  if (major === MAJOR.text) checkUtf8(bytes.subarray(end, end + value))
  return value
}

function openLevel({ major, value }: Head, bytesLeft: number): Level | undefined {
  if (major !== MAJOR.list && major !== MAJOR.map) return undefined
  const isMap = major === MAJOR.map
  const left = isMap ? 2 * value : value
  // Each value takes a byte at least.
  if (left !== Infinity && left > bytesLeft) throw malformedCbor('list or map too long')
  return { left, isMap, isKey: isMap }
}

function checkUtf8(bytes: Uint8Array): void {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw malformedCbor('text that is not UTF-8', { cause })
  }
}

function malformedCbor(message: string, options?: { cause?: unknown }): AttestationError {
  return new AttestationError('nitro.malformed', `CBOR: ${message}`, options)
}
