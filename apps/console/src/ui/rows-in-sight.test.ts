// Which rows of a long table are drawn.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowsInSight, wholeUpTo } from './rows-in-sight.ts'

const of = (count: number, scrolled: number) =>
  rowsInSight({ count, rowHeight: 50, scrolled, screen: 800 })

test('a short table is drawn whole, one row more is not', () => {
  expect(of(wholeUpTo, 0)).toEqual([0, wholeUpTo])
  expect(of(wholeUpTo + 1, 0)[1]).toBeLessThan(wholeUpTo)
})

test('of a thousand rows forty-four are drawn', () => {
  expect(of(1_000, 0)).toEqual([0, 44])
  expect(of(1_000, 25_000)).toEqual([488, 532])
  expect(of(1_000, 50_000)).toEqual([988, 1_000])
})

test('whatever is on the screen is drawn, and nothing that is not there', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 5_000 }),
      fc.integer({ min: 20, max: 400 }),
      fc.integer({ min: -5_000, max: 2_000_000 }),
      fc.integer({ min: 100, max: 4_000 }),
      (count, rowHeight, scrolled, screen) => {
        const [first, last] = rowsInSight({ count, rowHeight, scrolled, screen })
        expect(first).toBeGreaterThanOrEqual(0)
        expect(last).toBeLessThanOrEqual(count)
        expect(last).toBeGreaterThanOrEqual(first)
        const top = Math.floor(Math.max(0, scrolled) / rowHeight)
        const bottom = Math.min(count, Math.ceil((scrolled + screen) / rowHeight))
        if (top >= count || bottom <= 0) return
        expect(first).toBeLessThanOrEqual(top)
        expect(last).toBeGreaterThanOrEqual(bottom)
      },
    ),
    { seed: 1 },
  )
})
