// Hashes of protocol messages: a domain tag and fields, each with its length before it. Pure.
import { sha256 } from '@wetee/sealing/hashing'
import { ThresholdError } from '../error.ts'
import { modOrder, numberOf } from '../group/scalar.ts'
import type { PublicScalar } from '../group/group.ts'

/** Bytes that a uniform scalar is taken from: 16 more than its own, so that no bias shows. */
const WIDE_BYTES = 48
const ENCODER = new TextEncoder()
/** Of challenges: DST_prime, the tag and its length behind it. */
const CHALLENGE_TAG = ENCODER.encode('wetee/threshold/v1 challenge\x1c')
/** Bytes of a block that SHA-256 takes at once. */
const BLOCK_BYTES = 64
const DIGEST_BYTES = 32

/** The tag and each field, each after its length as a 32-bit big-endian integer. */
export function frame(tag: string, ...fields: readonly Uint8Array[]): Uint8Array {
  const parts = [ENCODER.encode(tag), ...fields]
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
  return modOrder(numberOf(expandWide(frame(tag, ...fields))))
}

/** expand_message_xmd with SHA-256, the tag above and 48 bytes: two blocks, b_1 and the first half of b_2. */
function expandWide(message: Uint8Array): Uint8Array {
  const tail = CHALLENGE_TAG
  const whole = new Uint8Array(BLOCK_BYTES + message.length + 3 + tail.length)
  whole.set(message, BLOCK_BYTES)
  whole.set([0, WIDE_BYTES, 0], BLOCK_BYTES + message.length)
  whole.set(tail, whole.length - tail.length)
  const first = sha256(whole)
  const block = new Uint8Array(DIGEST_BYTES + 1 + tail.length)
  block.set(tail, DIGEST_BYTES + 1)
  const next = (before: Uint8Array, number: number) => {
    block.set(before)
    block[DIGEST_BYTES] = number
    return sha256(block)
  }
  const wide = new Uint8Array(WIDE_BYTES)
  const second = next(first, 1)
  wide.set(second)
  const mixed = first.map((byte, at) => byte ^ (second[at] ?? 0))
  wide.set(next(mixed, 2).subarray(0, WIDE_BYTES - DIGEST_BYTES), DIGEST_BYTES)
  return wide
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
