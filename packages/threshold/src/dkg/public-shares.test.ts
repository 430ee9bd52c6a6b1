// Values at every number are those at each alone, whatever the polynomial.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ORDER, type Group, type Point } from '../group/group.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { nobleGroup } from '../group/noble-group.ts'
import { evaluateCommitments } from './polynomial.ts'
import { evaluateEverywhere } from './public-shares.ts'

const native = openNativeGroup()
const point = (value: bigint) => native.multiply(native.generator, value)
const oneByOne = (commitments: readonly Point[], size: number) =>
  Array.from({ length: size }, (_, at) => evaluateCommitments(native, commitments, at + 1))

test('f(1)*G to f(size)*G are those of Horner’s rule, for blocks that are full and that are not', () => {
  const coefficients = fc.array(fc.bigInt({ min: 1n, max: ORDER - 1n }), {
    minLength: 1,
    maxLength: 20,
  })
  fc.assert(
    fc.property(coefficients, fc.integer({ min: 1, max: 30 }), (values, size) => {
      const commitments = values.map(point)
      expect(evaluateEverywhere(native, commitments, size)).toEqual(oneByOne(commitments, size))
    }),
    { numRuns: 20 },
  )
})

test.each<[string, Group]>([
  ['libsecp256k1', native],
  ['noble', nobleGroup],
])('%s finds the one value that is nothing, and all others', (_name, group) => {
  // x - 2: zero at 2.
  const values = evaluateEverywhere(group, [point(ORDER - 2n), point(1n)], 4)
  expect(values).toEqual([point(ORDER - 1n), undefined, point(1n), point(2n)])
})

test('differences, blocks and sums on the way that are nothing change no value', () => {
  const cases = [
    // 3x - x^2 has one value at 1 and 2: a first difference of zero.
    [7n, 3n, ORDER - 1n],
    // 5 - x + x^2 at 1, ahead of a block that is one number everywhere.
    [5n, ORDER - 1n, 1n, 1n, 1n, 1n, 1n, 1n, 9n],
    // x^8 - 1: the block below takes the one above away at 1.
    [ORDER - 1n, 1n, ORDER - 1n, 1n, ORDER - 1n, 1n, ORDER - 1n, 1n, 1n],
  ]
  for (const values of cases) {
    const commitments = values.map(point)
    expect(evaluateEverywhere(native, commitments, 7)).toEqual(oneByOne(commitments, 7))
  }
})
