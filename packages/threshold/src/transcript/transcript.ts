// Hashes of protocol messages: a domain tag and fields, each with its length before it. Pure.
import { expand_message_xmd } from '@noble/curves/abstract/hash-to-curve.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { ThresholdError } from '../error.ts'
import { modOrder, numberOf } from '../group/scalar.ts'
import type { PublicScalar } from '../group/group.ts'

/** Bytes that a uniform scalar is taken from: 16 more than its own, so that no bias shows. */
const WIDE_BYTES = 48
const CHALLENGE_TAG = 'wetee/threshold/v1 challenge'

/** The tag and each field, each after its length as a 32-bit big-endian integer. */
export function frame(tag: string, ...fields: readonly Uint8Array[]): Uint8Array {
  const parts = [new TextEncoder().encode(tag), ...fields]
  const all = new Uint8Array(parts.reduce((size, { length }) => size + 4 + length, 0))
  const view = new DataView(all.buffer)
  let offset = 0
  for (const part of parts) {
    view.setUint32(offset, part.length)
    all.set(part, offset + 4)
    offset += 4 + part.length
  }
  return all
}

/** SHA-256 of a frame, 32 bytes. */
export function digestOf(tag: string, ...fields: readonly Uint8Array[]): Uint8Array {
  return sha256(frame(tag, ...fields))
}

/** A uniform scalar from a frame: expand_message_xmd (RFC 9380 section 5.3.1) of 48 bytes. */
export function challengeOf(tag: string, ...fields: readonly Uint8Array[]): PublicScalar {
  const tagBytes = new TextEncoder().encode(CHALLENGE_TAG)
  const wide = expand_message_xmd(frame(tag, ...fields), tagBytes, WIDE_BYTES, sha256)
  return modOrder(numberOf(wide))
}

/** Unsigned big-endian integer of `size` bytes. Throws ThresholdError `argument.invalid`. */
export function unsigned(value: number | bigint, size: number): Uint8Array {
  const whole = typeof value === 'bigint' || Number.isSafeInteger(value)
  if (!whole || value < 0 || BigInt(value) >> BigInt(8 * size) !== 0n)
    throw new ThresholdError('argument.invalid', `expected an unsigned ${8 * size}-bit integer`)
  const bytes = new Uint8Array(size)
  let rest = BigInt(value)
  for (let i = size - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return bytes
}
