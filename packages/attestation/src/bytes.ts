// Byte strings: hex, comparison, unsigned integers. Pure.
import { AttestationError, type AttestationErrorCode } from './error.ts'

/** A hex string with `0x` before it; lower case in everything this package returns. */
export type Hex = `0x${string}`

const ENCODER = new TextEncoder()
/** Two digits of each byte. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const NO_DIGIT = 256
/** Value of a digit by its character; NO_DIGIT for others. */
const NIBBLES = new Uint16Array(256).fill(NO_DIGIT)
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  NIBBLES[digit.charCodeAt(0)] = value
  NIBBLES[digit.toUpperCase().charCodeAt(0)] = value
}

/** Lower-case hex with `0x`. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${bareHex(bytes)}`
}

/** Lower-case hex without a prefix. */
export function bareHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += HEX[byte]
  return text
}

/** Bytes of hex without a prefix, in either case; undefined for anything else. */
export function parseBareHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0) return undefined
  const bytes = new Uint8Array(text.length / 2)
  let all = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte =
      ((NIBBLES[text.charCodeAt(2 * i)] ?? NO_DIGIT) << 4) |
      (NIBBLES[text.charCodeAt(2 * i + 1)] ?? NO_DIGIT)
    all |= byte
    bytes[i] = byte
  }
  return all > 0xff ? undefined : bytes
}

/** Bytes of `0x` hex of exactly `size` bytes, in either case. Throws AttestationError `code`. */
export function fromHex(
  hex: string,
  size: number,
  what: string,
  code: AttestationErrorCode = 'binding.invalid',
): Uint8Array {
  if (typeof hex === 'string' && hex.length === 2 + 2 * size && hex.startsWith('0x')) {
    const bytes = parseBareHex(hex.slice(2))
    if (bytes !== undefined) return bytes
  }
  throw new AttestationError(code, `${what}: expected 0x and ${2 * size} hex digits`)
}

/** True when both hold the same bytes. Not constant-time: nothing here is secret. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** True when every byte is zero; also for no bytes at all. */
export function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}

/** All parts, one after the other. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.length
  }
  return all
}

/** UTF-8. */
export function utf8(text: string): Uint8Array {
  return ENCODER.encode(text)
}

/**
 * Unsigned big-endian integer of `size` bytes. Throws AttestationError `binding.invalid` out of
 * range.
 */
export function unsigned(value: bigint | number, size: number, what: string): Uint8Array {
  const whole = typeof value === 'bigint' || Number.isSafeInteger(value)
  if (!whole || value < 0 || BigInt(value) >> BigInt(8 * size) !== 0n)
    throw new AttestationError(
      'binding.invalid',
      `${what}: expected an unsigned ${8 * size}-bit integer`,
    )
  const bytes = new Uint8Array(size)
  if (value <= Number.MAX_SAFE_INTEGER) {
    for (let i = size - 1, rest = Number(value); rest > 0; i--, rest = Math.floor(rest / 256))
      bytes[i] = rest % 256
    return bytes
  }
  let rest = BigInt(value)
  for (let i = size - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return bytes
}

/** One character for each of up to some thousand bytes, no two alike: for keys of maps and searches. */
export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode.apply(undefined, bytes as unknown as number[])
}
