// Sums of products of points and numbers that everybody may know, by libsecp256k1: variable time, no secrets. Computes only.
import { ThresholdError } from '../error.ts'
import { ORDER, SCALAR_BYTES, type Group, type Point, type PublicScalar } from './group.ts'
import { parityOf, pointRoom } from './point-bytes.ts'
import { modOrder, numberOf, scalarBytes } from './scalar.ts'

/** What is used of the package `secp256k1`. */
export type SumBindings = {
  publicKeyCreate(key: Uint8Array, compressed: boolean, output: Uint8Array): Uint8Array
  publicKeyNegate(key: Uint8Array, compressed: boolean, output: Uint8Array): Uint8Array
  publicKeyCombine(keys: readonly Uint8Array[], compressed: boolean, output: Uint8Array): Uint8Array
  publicKeyTweakMul(
    key: Uint8Array,
    tweak: Uint8Array,
    compressed: boolean,
    output: Uint8Array,
  ): Uint8Array
  ecdsaRecover(
    signature: Uint8Array,
    recoveryId: number,
    digest: Uint8Array,
    compressed: boolean,
    output: Uint8Array,
  ): Uint8Array
}

type Term = { readonly base: Point; readonly scalar: PublicScalar }

/** The part of the back end that handles nothing secret. */
export function openSums(
  native: SumBindings,
): Pick<Group, 'generator' | 'add' | 'negate' | 'multiply' | 'multiplyMany'> {
  const generator = native.publicKeyCreate(scalarBytes(1n), false, pointRoom()) as Point
  const negate = (point: Point) => native.publicKeyNegate(point, false, pointRoom()) as Point
  const multiply: Group['multiply'] = (base, scalar) => {
    try {
      return native.publicKeyTweakMul(base, scalarBytes(scalar), false, pointRoom()) as Point
    } catch (cause) {
      throw new ThresholdError('point.invalid', 'a point times zero is none', { cause })
    }
  }
  const sum = (points: readonly Point[]): Point | undefined =>
    points.length < 2
      ? points[0]
      : orNothing(() => native.publicKeyCombine(points, false, pointRoom()))
  // A copy where nothing is to be done: results are the caller's to fill with zeros.
  const timesScalar = ({ base, scalar }: Term) =>
    scalar === 1n ? (new Uint8Array(base) as Point) : multiply(base, scalar)
  // What recovers the key of a signature (r, s) multiplies r's point by s/r and the generator by -digest/r, in one pass over both.
  const withGenerator = ({ base, scalar }: Term, ofGenerator: PublicScalar) => {
    const x = numberOf(base.subarray(1, 1 + SCALAR_BYTES))
    const r = modOrder(x)
    if (r === 0n) return sum([multiply(base, scalar), multiply(generator, ofGenerator)])
    const signature = new Uint8Array(2 * SCALAR_BYTES)
    signature.set(scalarBytes(r))
    signature.set(scalarBytes(modOrder(scalar * r)), SCALAR_BYTES)
    const digest = scalarBytes(modOrder(-ofGenerator * r))
    const recoveryId = parityOf(base) + (x === r ? 0 : 2)
    return orNothing(() => native.ecdsaRecover(signature, recoveryId, digest, false, pointRoom()))
  }
  return {
    generator,
    negate,
    multiply,
    add: (...points) => {
      try {
        return native.publicKeyCombine(points, false, pointRoom()) as Point
      } catch (cause) {
        throw new ThresholdError('point.invalid', 'the sum is the identity', { cause })
      }
    },
    multiplyMany(points, scalars) {
      if (points.length !== scalars.length)
        throw new ThresholdError('argument.invalid', 'as many scalars as points')
      const { ofGenerator, byScalar } = gather({ generator, negate }, points, scalars)
      const [first, ...others] = [...byScalar].flatMap(([scalar, bases]) => {
        const base = sum(bases)
        return base === undefined ? [] : [{ base, scalar }]
      })
      if (first === undefined)
        return ofGenerator === 0n ? undefined : multiply(generator, ofGenerator)
      const products = others.map(timesScalar)
      const product = ofGenerator === 0n ? timesScalar(first) : withGenerator(first, ofGenerator)
      return sum(product === undefined ? products : [product, ...products])
    },
  }
}

/**
 * The generator's number, and points by theirs: those with one number, or with it and its opposite, are added up before they are
 * multiplied. Lagrange's coefficients of 1..t are binomial ones, each there twice.
 */
function gather(
  { generator, negate }: Pick<Group, 'generator' | 'negate'>,
  points: readonly Point[],
  scalars: readonly PublicScalar[],
) {
  let ofGenerator = 0n
  const byScalar = new Map<PublicScalar, Point[]>()
  for (const [index, base] of points.entries()) {
    const scalar = modOrder(scalars[index] ?? 0n)
    if (scalar === 0n) continue
    const same = byScalar.get(scalar)
    const opposite = byScalar.get(ORDER - scalar)
    if (base === generator) ofGenerator = modOrder(ofGenerator + scalar)
    else if (same !== undefined) same.push(base)
    else if (opposite !== undefined) opposite.push(negate(base))
    else byScalar.set(scalar, [base])
  }
  return { ofGenerator, byScalar }
}

/** It throws where the result is the identity, and nowhere else: points are points. */
function orNothing(run: () => Uint8Array): Point | undefined {
  try {
    return run() as Point
  } catch {
    return undefined
  }
}
