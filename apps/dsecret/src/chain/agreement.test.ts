// Votes: what counts, what never does.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { agreedKey, headCandidates } from './agreement.ts'

test.each([
  ['nobody', [], undefined],
  ['one alone', ['a'], undefined],
  ['two alike', ['a', 'a'], 'a'],
  ['two that differ', ['a', 'b'], undefined],
  ['two against one', ['b', 'a', 'a'], 'a'],
  ['two against two', ['a', 'a', 'b', 'b'], undefined],
  ['two against two others', ['a', 'a', 'b', 'c'], undefined],
  ['three against two', ['a', 'b', 'a', 'b', 'a'], 'a'],
] as const)('%s', (_, keys, expected) => {
  expect(agreedKey(keys)).toBe(expected)
})

test('an answer is early only when the outstanding ones cannot change it', () => {
  expect(agreedKey(['a', 'a'], 1)).toBe('a')
  expect(agreedKey(['a', 'a'], 2)).toBeUndefined()
  expect(agreedKey(['a', 'a', 'a'], 2)).toBe('a')
})

const keys = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 5 })

test('whatever is agreed was named by two and by more than all others together', () => {
  fc.assert(
    fc.property(keys, keys, (votes, late) => {
      const key = agreedKey(votes, late.length)
      if (key === undefined) return
      const count = votes.filter((vote) => vote === key).length
      expect(count).toBeGreaterThanOrEqual(2)
      expect(count).toBeGreaterThan(votes.length - count)
      expect(agreedKey([...votes, ...late])).toBe(key)
      expect(agreedKey([...votes].reverse(), late.length)).toBe(key)
    }),
    { seed: 1, numRuns: 2_000 },
  )
})

test('one RPC cannot lift the head, nor hold it down where two others have more', () => {
  expect(headCandidates([])).toEqual([])
  expect(headCandidates([9n])).toEqual([])
  expect(headCandidates([10n, 12n])).toEqual([10n])
  expect(headCandidates([999n, 12n, 11n])).toEqual([12n, 11n])
  expect(headCandidates([12n, 12n, 1n])).toEqual([12n, 1n])
})

test('every candidate was finalized by two, the best is the second highest', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: 0n, max: 20n }), { maxLength: 5 }), (numbers) => {
      const candidates = headCandidates(numbers)
      for (const candidate of candidates)
        expect(numbers.filter((number) => number >= candidate).length).toBeGreaterThanOrEqual(2)
      const sorted = [...numbers].sort((a, b) => Number(b - a))
      expect(candidates[0]).toBe(sorted[1])
    }),
    { seed: 2, numRuns: 1_000 },
  )
})
