// Writes DER. Node only.
import { TAG } from '../der/reader.ts'

/** One element of any tag. */
export function element(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts)
  const { length } = content
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return new Uint8Array(Buffer.concat([Uint8Array.of(tag, ...size), content]))
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array =>
  element(TAG.sequence, ...parts)

export const octets = (bytes: Uint8Array): Uint8Array => element(TAG.octetString, bytes)

export const yes = (): Uint8Array => element(TAG.boolean, Uint8Array.of(0xff))

/** Dotted form. */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [40 * first + second, ...rest].flatMap((part) => {
    const digits = [part & 0x7f]
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift(0x80 | (left & 0x7f))
    return digits
  })
  return element(TAG.objectIdentifier, Uint8Array.from(bytes))
}

/** A non-negative integer from big-endian bytes. */
export function integer(bytes: Uint8Array | number): Uint8Array {
  const given = typeof bytes === 'number' ? Uint8Array.of(bytes >> 8, bytes & 0xff) : bytes
  const start = given.findIndex((byte) => byte !== 0)
  const trimmed = start < 0 ? Uint8Array.of(0) : given.subarray(start)
  const sign = (trimmed[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array()
  return element(TAG.integer, sign, trimmed)
}

/** A bit string; `unused` bits at its end do not count. */
export function bits(bytes: Uint8Array, unused = 0): Uint8Array {
  return element(TAG.bitString, Uint8Array.of(unused), bytes)
}

/** UTCTime before 2050, GeneralizedTime after. */
export function time(ms: number): Uint8Array {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, '')
  const utc = Number(text.slice(0, 4)) < 2050
  return element(
    utc ? TAG.utcTime : TAG.generalizedTime,
    Buffer.from(utc ? text.slice(2) : text, 'ascii'),
  )
}
