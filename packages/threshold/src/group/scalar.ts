// Numbers modulo the order that everybody may know: coefficients, challenges, indexes. Pure.
import { ThresholdError } from '../error.ts'
import { ORDER, SCALAR_BYTES, type PublicScalar, type SecretScalar } from './group.ts'

const WORD = 2n ** 64n - 1n

/** value mod order, from 0. */
export function modOrder(value: bigint): PublicScalar {
  const rest = value % ORDER
  return rest < 0n ? rest + ORDER : rest
}

/** Big-endian, 32 bytes. */
export function scalarBytes(scalar: PublicScalar): Uint8Array {
  const bytes = new Uint8Array(SCALAR_BYTES)
  const view = new DataView(bytes.buffer)
  for (let at = SCALAR_BYTES - 8, rest = scalar; at >= 0; at -= 8, rest >>= 64n)
    view.setBigUint64(at, rest & WORD)
  return bytes
}

/** Reads 32 bytes below the order. Throws ThresholdError `scalar.invalid`. */
export function readScalar(bytes: Uint8Array): PublicScalar {
  const value = bytes.length === SCALAR_BYTES ? numberOf(bytes) : ORDER
  if (value >= ORDER)
    throw new ThresholdError('scalar.invalid', 'expected 32 bytes below the order')
  return value
}

/** Big-endian, a multiple of 8 bytes. */
export function numberOf(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let value = 0n
  for (let at = 0; at < bytes.length; at += 8) value = (value << 64n) | view.getBigUint64(at)
  return value
}

/** The last of a polynomial's coefficients. Throws ThresholdError `argument.invalid` for none. */
export function highestOf(coefficients: readonly SecretScalar[]): SecretScalar {
  const highest = coefficients.at(-1)
  if (highest === undefined)
    throw new ThresholdError('argument.invalid', 'coefficients: expected at least one')
  return highest
}

/** 1/value mod order. Throws ThresholdError `scalar.invalid` for zero. */
export function invertScalar(value: PublicScalar): PublicScalar {
  if (modOrder(value) === 0n) throw new ThresholdError('scalar.invalid', 'zero has no inverse')
  let [r0, r1] = [ORDER, modOrder(value)]
  let [t0, t1] = [0n, 1n]
  while (r1 !== 0n) {
    const quotient = r0 / r1
    ;[r0, r1] = [r1, r0 - quotient * r1]
    ;[t0, t1] = [t1, t0 - quotient * t1]
  }
  return modOrder(t0)
}

/**
 * Lagrange coefficients at zero for distinct indexes from 1, in the order given (Shamir 1979).
 * Throws ThresholdError `argument.invalid` for none, one twice, or one out of range.
 */
export function lagrangeAtZero(indexes: readonly number[]): PublicScalar[] {
  const distinct = new Set(indexes)
  if (
    indexes.length === 0 ||
    distinct.size !== indexes.length ||
    indexes.some((index) => !Number.isSafeInteger(index) || index < 1 || index > 65_535)
  )
    throw new ThresholdError('argument.invalid', 'indexes: expected distinct numbers from 1')
  // Products of small numbers and one inversion for all, not one each.
  const all = productOf(indexes)
  const parts = indexes.map((own) => {
    const denominator = productOf(indexes.map((other) => (other === own ? 1 : other - own)))
    return { numerator: modOrder(all / BigInt(own)), denominator: modOrder(denominator) }
  })
  let product = 1n
  const before = parts.map(({ denominator }) => {
    const earlier = product
    product = modOrder(product * denominator)
    return earlier
  })
  let inverse = invertScalar(product)
  const coefficients = new Array<PublicScalar>(parts.length)
  for (let i = parts.length - 1; i >= 0; i--) {
    const { numerator, denominator } = parts[i]!
    coefficients[i] = modOrder(numerator * modOrder(inverse * before[i]!))
    inverse = modOrder(inverse * denominator)
  }
  return coefficients
}

/** Of whole numbers below 2^16, three at a time: so many fit into a number of JavaScript. */
function productOf(numbers: readonly number[]): bigint {
  let product = 1n
  for (let at = 0; at < numbers.length; at += 3)
    product *= BigInt(numbers[at]! * (numbers[at + 1] ?? 1) * (numbers[at + 2] ?? 1))
  return product
}
