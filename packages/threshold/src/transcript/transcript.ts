// Hashes of protocol messages: a domain tag and fields, each with its length before it. Pure.
import { sha256 } from '@wetee/sealing/hashing'
import { ThresholdError } from '../error.ts'
import { modOrder, numberOf } from '../group/scalar.ts'
import type { PublicScalar } from '../group/group.ts'

/**
 * lambda*(x, y) = (beta*x, y), the curve's endomorphism: a + b*lambda with a and b of 64 bits are 2^128 numbers, each multiplied with a
 * point by half of the doublings that any number takes.
 */
const LAMBDA = 0x5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72n
const HALF_BYTES = 8
const ENCODER = new TextEncoder()
/** Tags that are kept encoded; all that this project has are fewer. */
const MAX_TAGS = 128
const tags = new Map<string, Uint8Array>()

/** The tag and each field, each after its length as a 32-bit big-endian integer. */
export function frame(tag: string, ...fields: readonly Uint8Array[]): Uint8Array {
  const parts = [tagBytes(tag), ...fields]
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

function tagBytes(tag: string): Uint8Array {
  const known = tags.get(tag)
  if (known !== undefined) return known
  const bytes = ENCODER.encode(tag)
  if (tags.size < MAX_TAGS) tags.set(tag, bytes)
  return bytes
}

/** SHA-256 of a frame, 32 bytes. */
export function digestOf(tag: string, ...fields: readonly Uint8Array[]): Uint8Array {
  return sha256(frame(tag, ...fields))
}

/**
 * One of 2^128 scalars that nobody can choose, from the digest of a frame: a + b*lambda, a and b its first and its next 8 bytes. As
 * many as the curve has bits of security, which is what challenges need (Neven, Smart and Warinschi 2009).
 */
export function challengeOf(tag: string, ...fields: readonly Uint8Array[]): PublicScalar {
  const digest = digestOf(tag, ...fields)
  const a = numberOf(digest.subarray(0, HALF_BYTES))
  const b = numberOf(digest.subarray(HALF_BYTES, 2 * HALF_BYTES))
  return modOrder(a + b * LAMBDA)
}

/** Unsigned big-endian integer of `size` bytes. Throws ThresholdError `argument.invalid`. */
export function unsigned(value: number | bigint, size: number): Uint8Array {
  const whole = typeof value === 'bigint' || Number.isSafeInteger(value)
  const above = typeof value === 'number' ? value >= 256 ** size : value >> BigInt(8 * size) !== 0n
  if (!whole || value < 0 || above)
    throw new ThresholdError('argument.invalid', `expected an unsigned ${8 * size}-bit integer`)
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
