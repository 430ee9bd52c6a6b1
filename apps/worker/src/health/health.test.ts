// Health by tables and as a property.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { newHealth, nextHealth, pauseMs, type Health, type Outcome } from './health.ts'

const check = {
  test: ['CMD', '/ok'],
  intervalMs: 10_000,
  timeoutMs: 1_000,
  startPeriodMs: 0,
  retries: 3,
}
const ok: Outcome = { ok: true }
const bad: Outcome = { ok: false, reason: 'it ends with exit code 1' }

/** Outcomes at times after the start. */
const after = (steps: readonly (readonly [number, Outcome])[], changes = {}): Health =>
  steps.reduce(
    (health, [atMs, outcome]) => nextHealth(health, { ...check, ...changes }, 0, outcome, atMs),
    newHealth(0),
  )

test('one success makes a container healthy', () => {
  expect(after([[500, ok]])).toEqual({ state: 'healthy', sinceMs: 500, failures: 0 })
})

test('failures in a row make it unhealthy, one less does not', () => {
  const two = [
    [500, ok],
    [11_000, bad],
    [21_000, bad],
  ] as const
  expect(after(two)).toMatchObject({ state: 'healthy', sinceMs: 500, failures: 2 })
  expect(after([...two, [31_000, bad]])).toEqual({
    state: 'unhealthy',
    sinceMs: 31_000,
    failures: 3,
    reason: 'it ends with exit code 1',
  })
  expect(after([...two, [31_000, ok], [41_000, bad]])).toMatchObject({ failures: 1 })
})

test('failures before its first interval is over do not count', () => {
  const early = Array.from({ length: 19 }, (_, i) => [(i + 1) * 500, bad] as const)
  expect(after(early)).toMatchObject({ state: 'starting', failures: 0, sinceMs: 0 })
  expect(after([...early, [10_000, bad]])).toMatchObject({ state: 'starting', failures: 1 })
})

test('a start period holds longer, until the first success', () => {
  const slow = { startPeriodMs: 60_000 }
  const failing = [10_000, 20_000, 30_000, 40_000, 59_999].map((atMs) => [atMs, bad] as const)
  expect(after(failing, slow)).toMatchObject({ state: 'starting', failures: 0 })
  expect(after([[500, ok], ...failing], slow)).toMatchObject({ state: 'unhealthy', failures: 5 })
})

test('what is unhealthy recovers with one success', () => {
  const failing = [10_000, 20_000, 30_000].map((atMs) => [atMs, bad] as const)
  expect(after([...failing, [40_000, ok]])).toEqual({
    state: 'healthy',
    sinceMs: 40_000,
    failures: 0,
  })
})

test('a new container is asked often until its first interval is over, then once per interval', () => {
  expect(pauseMs(newHealth(0), check, 0, 9_999)).toBe(500)
  expect(pauseMs(newHealth(0), check, 0, 10_000)).toBe(10_000)
  expect(pauseMs(after([[500, ok]]), check, 0, 600)).toBe(10_000)
  expect(pauseMs(newHealth(0), { ...check, intervalMs: 300 }, 0, 0)).toBe(300)
})

test('whatever comes, it is unhealthy exactly after so many counted failures in a row', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean()), fc.integer({ min: 1, max: 5 }), (outcomes, retries) => {
      let health = newHealth(0)
      let row = 0
      let seen = false
      for (const [i, isOk] of outcomes.entries()) {
        health = nextHealth(health, { ...check, retries }, 0, isOk ? ok : bad, (i + 1) * 10_000)
        row = isOk ? 0 : row + 1
        seen ||= isOk || row >= retries
        const expected = row >= retries ? 'unhealthy' : row === 0 ? 'healthy' : undefined
        if (expected !== undefined) expect(health.state).toBe(expected)
        if (!seen) expect(health.state).toBe('starting')
      }
    }),
  )
})
