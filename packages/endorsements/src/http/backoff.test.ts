// Waits between attempts and Retry-After.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs, MAX_RETRY_AFTER_MS, retryAfterMs } from './backoff.ts'

const BACKOFF = { baseMs: 100, capMs: 5_000 }
const NOW_MS = Date.UTC(2026, 5, 1)

test('a wait is anywhere between nothing and the doubled base, never above the cap', () => {
  expect(backoffMs(BACKOFF, 0, () => 0)).toBe(0)
  expect(backoffMs(BACKOFF, 0, () => 0.5)).toBe(50)
  expect(backoffMs(BACKOFF, 3, () => 0.5)).toBe(400)
  expect(backoffMs(BACKOFF, 1_000, () => 0.999)).toBe(4_995)
  fc.assert(
    fc.property(
      fc.nat(100),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, part) => {
        const waitMs = backoffMs(BACKOFF, attempt, () => part)
        expect(waitMs).toBeGreaterThanOrEqual(0)
        expect(waitMs).toBeLessThan(Math.min(BACKOFF.capMs, 100 * 2 ** attempt))
      },
    ),
    { seed: 1 },
  )
})

test.each([
  ['0', 0],
  ['7', 7_000],
  [' 120 ', 120_000],
  ['9999999999', MAX_RETRY_AFTER_MS],
  ['Mon, 01 Jun 2026 00:00:30 GMT', 30_000],
  ['Sun, 31 May 2026 23:00:00 GMT', 0],
  ['Mon, 01 Jun 2099 00:00:30 GMT', MAX_RETRY_AFTER_MS],
  ['99999999999', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['2026-06-01', undefined],
  ['Mon, 45 Jun 2026 00:00:30 GMT', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %s is %s ms', (header, expected) => {
  expect(retryAfterMs(header, NOW_MS)).toBe(expected)
})
