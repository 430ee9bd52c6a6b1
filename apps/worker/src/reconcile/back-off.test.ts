// How long a next try waits, whatever happens to the clock.
import { expect, test } from 'vitest'
import { backOffMs, dueAtMs, healDueAtMs } from './back-off.ts'

const now = 1_800_000_000_000

test('pauses double from a second to a minute', () => {
  expect([0, 1, 2, 3, 7, 8, 1e9].map(backOffMs)).toEqual([
    ...[0, 1_000, 2_000, 4_000, 60_000, 60_000, 60_000],
  ])
})

test('a clock that jumps ahead makes what waits due, one that is put back makes nothing wait for it', () => {
  const attempt = { count: 3, lastAtMs: now }
  expect(dueAtMs(attempt, now)).toBe(now + 4_000)
  expect(dueAtMs(attempt, now + 86_400_000)).toBeLessThan(now + 86_400_000)
  expect(dueAtMs(attempt, now - 86_400_000)).toBeLessThan(now - 86_400_000)
  expect(healDueAtMs(now, undefined, now)).toBe(now + 30_000)
  expect(healDueAtMs(now, undefined, now - 86_400_000)).toBeLessThan(now - 86_400_000)
})
