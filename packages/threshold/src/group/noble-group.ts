// secp256k1 by @noble/curves: browsers, and the second opinion in tests. Blinds what is secret, but
// JavaScript promises no constant time: nodes use native-group.ts. Pure.
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { ThresholdError } from '../error.ts'
import { keyBase, proofBase } from './bases.ts'
import {
  ORDER,
  POINT_BYTES,
  SCALAR_BYTES,
  type Group,
  type Point,
  type SecretScalar,
} from './group.ts'
import { hashToPoint } from './hash-to-point.ts'
import { compress } from './point-bytes.ts'
import { highestOf, modOrder, readScalar, scalarBytes } from './scalar.ts'

const { Point: Curve } = secp256k1
type CurvePoint = InstanceType<typeof Curve>

/** Bits of a window of the tables of fixed points: made in the time of two multiplications, and each then takes a fifth. */
const WINDOW_BITS = 4
let fixed: readonly (readonly [point: Point, curvePoint: CurvePoint])[] | undefined

/** The back end in JavaScript. */
export const nobleGroup: Group = {
  name: 'noble',
  generator: fromCurve(Curve.BASE),
  decode(bytes) {
    if (bytes.length !== POINT_BYTES)
      throw new ThresholdError('point.invalid', `expected ${POINT_BYTES} bytes`)
    try {
      return fromCurve(Curve.fromBytes(bytes))
    } catch (cause) {
      throw new ThresholdError('point.invalid', 'not a point of the curve', { cause })
    }
  },
  encode: compress,
  add: (...points) => fromCurve(sum(points.map(toCurve))),
  negate: (point) => fromCurve(toCurve(point).negate()),
  multiply: (point, scalar) => fromCurve(toCurve(point).multiplyUnsafe(modOrder(scalar))),
  multiplyMany(points, scalars) {
    if (points.length !== scalars.length)
      throw new ThresholdError('argument.invalid', 'as many scalars as points')
    const terms = points.map((point, index) =>
      toCurve(point).multiplyUnsafe(modOrder(scalars[index] ?? 0n)),
    )
    const total = sum(terms)
    return total.is0() ? undefined : fromCurve(total)
  },
  hashToPoint,
  randomSecret(random) {
    for (;;) {
      const bytes = random(SCALAR_BYTES)
      if (isSecret(bytes)) return bytes as SecretScalar
    }
  },
  readSecret(bytes) {
    if (!isSecret(bytes))
      throw new ThresholdError('scalar.invalid', 'expected 32 bytes from 1 to order-1')
    return new Uint8Array(bytes) as SecretScalar
  },
  multiplyBase: (secret) => fromCurve(Curve.BASE.multiply(readScalar(secret))),
  multiplySecret: (point, secret) => fromCurve(withTable(point).multiply(readScalar(secret))),
  addSecrets: (a, b) => secretOf(readScalar(a) + readScalar(b)),
  scaleSecret: (secret, factor) => secretOf(readScalar(secret) * modOrder(factor)),
  evaluateSecret(coefficients, at) {
    let value = secretOf(readScalar(highestOf(coefficients)))
    for (const coefficient of coefficients.slice(0, -1).reverse()) {
      const next = secretOf(readScalar(value) * modOrder(at) + readScalar(coefficient))
      value.fill(0)
      value = next
    }
    return value
  },
}

function isSecret(bytes: Uint8Array): boolean {
  return secp256k1.utils.isValidSecretKey(bytes)
}

function secretOf(value: bigint): SecretScalar {
  const scalar = value % ORDER
  if (scalar === 0n) throw new ThresholdError('scalar.invalid', 'a secret of zero')
  return scalarBytes(scalar) as SecretScalar
}

function sum(points: readonly CurvePoint[]): CurvePoint {
  return points.reduce((total, point) => total.add(point), Curve.ZERO)
}

/** The point, with its table where it is one of those that every ciphertext is made with. */
function withTable(point: Point): CurvePoint {
  fixed ??= [keyBase(), proofBase()].map((base) => [base, toCurve(base).precompute(WINDOW_BITS)])
  const known = fixed.find(([base]) => base.every((byte, at) => byte === point[at]))
  return known?.[1] ?? toCurve(point)
}

function toCurve(point: Point): CurvePoint {
  return Curve.fromBytes(point)
}

function fromCurve(point: CurvePoint): Point {
  if (point.is0()) throw new ThresholdError('point.invalid', 'the identity is no point here')
  return point.toBytes(false) as Point
}
