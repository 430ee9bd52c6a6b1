// Arithmetic of secp256k1's field for numbers that everybody may know: slopes of additions and square
// roots, which a contract checks and cannot find. Pure.
import type { Point } from '../group/group.ts'

/** A point in affine coordinates; both zero for the identity. */
export type Affine = { readonly x: bigint; readonly y: bigint }

/** The field's prime (SEC 2 section 2.4.1). */
const PRIME = 2n ** 256n - 2n ** 32n - 977n

/** Coordinates of a point; zeros for none. */
export function affine(point: Point | undefined): Affine {
  if (point === undefined) return { x: 0n, y: 0n }
  return { x: numberOf(point.subarray(1, 33)), y: numberOf(point.subarray(33)) }
}

/** Slope of the line through two points, of the tangent where they are one; 0 where it stands upright. */
export function slopeOf(a: Affine, b: Affine): bigint {
  if (a.x !== b.x) return mod((b.y - a.y) * invert(b.x - a.x))
  return a.y === b.y ? mod(3n * a.x * a.x * invert(2n * a.y)) : 0n
}

/**
 * A number whose square is minus x^3 + 7, which exists exactly where no point of the curve has this
 * x: -1 is no square in this field. Undefined where a point has it.
 */
export function rootOfNoPoint(x: bigint): bigint | undefined {
  const square = mod(-(x * x * x + 7n))
  const root = power(square, (PRIME + 1n) / 4n)
  return mod(root * root) === square ? root : undefined
}

/** Big-endian. */
export function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
}

function mod(value: bigint): bigint {
  const rest = value % PRIME
  return rest < 0n ? rest + PRIME : rest
}

function invert(value: bigint): bigint {
  return power(mod(value), PRIME - 2n)
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let [square, rest] = [base, exponent]; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = mod(result * square)
    square = mod(square * square)
  }
  return result
}
