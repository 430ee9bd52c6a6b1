// Polynomials over the scalars, secret ones by their coefficients and public ones by commitments to
// them (Feldman 1987). Pure.
import { ThresholdError } from '../error.ts'
import {
  ORDER,
  type Group,
  type Point,
  type RandomBytes,
  type SecretScalar,
} from '../group/group.ts'

/** f(at), a new secret; `at` from 1. */
export function evaluateSecret(
  group: Group,
  coefficients: readonly SecretScalar[],
  at: number,
): SecretScalar {
  return group.evaluateSecret(coefficients, BigInt(at))
}

/**
 * f(at)*G from the commitments, by Horner's rule: a multiplication by a small number is quick.
 * Undefined where f(at) is zero. `at` from 0.
 */
export function evaluateCommitments(
  group: Group,
  commitments: readonly Point[],
  at: number,
): Point | undefined {
  if (at === 0) return commitments[0]
  const factor = BigInt(at)
  return commitments.reduceRight<Point | undefined>((value, commitment) => {
    if (value === undefined) return commitment
    return sumPoints(group, [group.multiply(value, factor), commitment])
  }, undefined)
}

/**
 * The sum of secrets with public weights, from a random start that is taken away at the end:
 * dealers who work together could make a sum of only some of them zero, which is no secret. Throws
 * ThresholdError `scalar.invalid` where the whole sum is zero.
 */
export function sumSecrets(
  group: Group,
  secrets: readonly SecretScalar[],
  random: RandomBytes,
  weights?: readonly bigint[],
): SecretScalar {
  const start = group.randomSecret(random)
  let sum = group.readSecret(start)
  secrets.forEach((secret, i) => {
    const weight = weights?.[i]
    const term = weight === undefined ? secret : group.scaleSecret(secret, weight)
    const next = group.addSecrets(sum, term)
    sum.fill(0)
    if (term !== secret) term.fill(0)
    sum = next
  })
  const minusStart = group.scaleSecret(start, ORDER - 1n)
  try {
    return group.addSecrets(sum, minusStart)
  } finally {
    for (const secret of [start, minusStart, sum]) secret.fill(0)
  }
}

/** The sum of points; undefined where it is the identity. */
export function sumPoints(group: Group, points: readonly Point[]): Point | undefined {
  try {
    return group.add(...points)
  } catch (error) {
    if (error instanceof ThresholdError && error.code === 'point.invalid') return undefined
    throw error
  }
}
