// Figures of the measuring commands: their shape, ratios and medians.
import { expect, test } from 'vitest'
import { makeRandom } from '../random.ts'
import { compare, interleave, median } from './measure.ts'
import { lineOf } from './report.ts'

const reference = { name: 'bare', value: 2 }

test('a figure says what it is compared with, and holds up to its target', () => {
  expect(compare('a', 3, 'ms', reference, 1.5)).toEqual({
    name: 'a',
    value: 3,
    unit: 'ms',
    reference,
    ratio: 1.5,
    target: 1.5,
    ok: true,
  })
  expect(compare('a', 3.02, 'ms', reference, 1.5).ok).toBe(false)
})

test('a reference that took no time does not make anything good', () => {
  expect(compare('a', 3, 'ms', { name: 'bare', value: 0 }, 1.5).ok).toBe(false)
  expect(compare('a', NaN, 'ms', reference, 1.5).ok).toBe(false)
})

test('the line leads with the ratio', () => {
  expect(lineOf(compare('a', 3, 'ms', reference, 1))).toBe(
    'a: 1.5 x bare (3 ms to 2 ms; target at most 1): MISSED',
  )
})

test('the median of an even list is between the two in its middle, of nothing it is no number', () => {
  expect(median([9, 1, 3, 2])).toBe(2.5)
  expect(median([9, 1, 3])).toBe(3)
  expect(median([])).toBeNaN()
})

test('work is done in turns, and rounds that warm up are not counted', async () => {
  const calls: string[] = []
  const work = { a: () => calls.push('a'), b: () => calls.push('b') }
  const medians = await interleave(work, { rounds: 2, warmUp: 1 })
  expect(calls.join('')).toBe('ababab')
  expect(Object.keys(medians)).toEqual(['a', 'b'])
})

test('a seed always gives the same numbers, below the limit', () => {
  const draw = (seed: number) => {
    const random = makeRandom(seed)
    return Array.from({ length: 50 }, () => random(7))
  }
  expect(draw(5)).toEqual(draw(5))
  expect(draw(5)).not.toEqual(draw(6))
  expect(draw(5).every((n) => Number.isInteger(n) && n >= 0 && n < 7)).toBe(true)
})
