// A committed polynomial at 1, 2, 3, ...: the public shares of a committee. Pure.
import { ThresholdError } from '../error.ts'
import type { Group, Point } from '../group/group.ts'
import { evaluateCommitments } from './polynomial.ts'

/** Coefficients of a block; more make its differences dearer than what multiplications they spare. */
const BLOCK = 8
/** Numbers from one state of the differences to the next: a sum of eight points costs little more than one of two. */
const STRIDE = 3
/** The differences that add up to the value 0, 1 and 2 numbers on, and to the next state: binomial coefficients, written out. */
const AHEAD = [[0], [0, 1], [0, 1, 1, 2], [0, 1, 1, 1, 2, 2, 2, 3]] as const

/**
 * f(1)*G .. f(size)*G of commitments to f; undefined where that is nothing. The polynomial is cut into blocks of coefficients: each
 * block goes from number to number by its differences (additions alone), and Horner's rule joins them. Takes a third of the time of
 * Horner's rule at every number, which is what remains where a sum on the way is nothing.
 */
export function evaluateEverywhere(
  group: Group,
  commitments: readonly Point[],
  size: number,
): (Point | undefined)[] {
  try {
    return byDifferences(group, commitments, size)
  } catch (error) {
    if (!(error instanceof ThresholdError && error.code === 'point.invalid')) throw error
    return Array.from({ length: size }, (_, at) => evaluateCommitments(group, commitments, at + 1))
  }
}

function byDifferences(group: Group, commitments: readonly Point[], size: number): Point[] {
  const values: Point[] = []
  let blocks: Point[][] = []
  for (let from = 0; from < commitments.length; from += BLOCK)
    blocks.unshift(differencesAtOne(group, commitments.slice(from, from + BLOCK)))
  for (let first = 1; first <= size; first += STRIDE) {
    if (first > 1)
      blocks = blocks.map((block) => block.map((_, k) => add(group, ahead(block, k, STRIDE))))
    for (let on = 0; on < STRIDE && first + on <= size; on++) {
      const factor = BigInt(first + on) ** BigInt(BLOCK)
      values.push(
        blocks.reduce<Point | undefined>((value, block) => {
          const terms = ahead(block, 0, on)
          return add(group, value ? [group.multiply(value, factor), ...terms] : terms)
        }, undefined)!,
      )
    }
  }
  return values
}

/** Difference k of a block `on` numbers further, as the points that it is the sum of. */
function ahead(block: readonly Point[], k: number, on: number): Point[] {
  const points: Point[] = []
  for (const j of AHEAD[on] ?? []) {
    const point = block[k + j]
    if (point !== undefined) points.push(point)
  }
  return points
}

/** All differences of a block at 1; those of the powers are small numbers. */
function differencesAtOne(group: Group, coefficients: readonly Point[]): Point[] {
  const ofPower = coefficients.map((_, power) => {
    let row = coefficients.map((_, j) => BigInt(j + 1) ** BigInt(power))
    return coefficients.map(() => {
      const first = row[0]!
      row = row.slice(1).map((value, j) => value - row[j]!)
      return first
    })
  })
  return coefficients.map((_, k) => {
    const scalars = ofPower.map((differences) => differences[k]!)
    const difference = group.multiplyMany(coefficients, scalars)
    if (difference === undefined)
      throw new ThresholdError('point.invalid', 'a difference is nothing')
    return difference
  })
}

function add(group: Group, points: readonly Point[]): Point {
  return points.length === 1 ? points[0]! : group.add(...points)
}
