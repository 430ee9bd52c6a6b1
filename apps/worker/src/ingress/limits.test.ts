// Arithmetic on a clock that the test moves; flows on the one of the test runner.
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AppShare, Limits, type IngressLimits } from './limits.ts'
import { affordableConnections } from './open-ingress.ts'

const limits: IngressLimits = {
  totalConnections: 100,
  connections: 40,
  connectionsPerSecond: 1_000,
  bytesPerSecond: 1_000,
}
let nowMs = 0
beforeEach(() => {
  nowMs = 0
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})
const make = (over: Partial<IngressLimits> = {}) => new Limits({ ...limits, ...over }, () => nowMs)
/** Takes as many places as there are. */
function exhaust(all: Limits, appId: bigint): number {
  let taken = 0
  while (typeof all.take(appId) !== 'string') taken++
  return taken
}

test('an application gets its connections and not one more, until one ends', () => {
  const all = make()
  const shares = Array.from({ length: 40 }, () => all.take(1n))
  expect(all.take(1n)).toBe('connections')
  all.release(shares[0] as AppShare)
  expect(all.take(1n)).toBeInstanceOf(AppShare)
  expect(all.usage(1n)).toMatchObject({ connections: 40, accepted: 41, refused: 1 })
})

test('whatever some applications take, the next one finds its part of the worker', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 50, max: 2_000 }),
      (greedy, total) => {
        const all = make({
          totalConnections: total,
          connections: total,
          connectionsPerSecond: 9_999,
        })
        for (let appId = 1; appId <= greedy; appId++) exhaust(all, BigInt(appId))
        // All at once, again and again: nobody gets more by trying more.
        for (let appId = 1; appId <= greedy; appId++) exhaust(all, BigInt(appId))
        const left = exhaust(all, 99n)
        expect(left).toBeGreaterThanOrEqual(Math.floor(total / 2 ** (greedy + 1)))
        expect(all.total).toBeLessThanOrEqual(total)
      },
    ),
  )
})

test('one greedy application leaves half of the worker, two that grow together a third', () => {
  const one = make({ connections: 100 })
  expect(exhaust(one, 1n)).toBe(50)
  const two = make({ connections: 100 })
  for (let turn = 0; turn < 100; turn++) {
    two.take(1n)
    two.take(2n)
  }
  expect([two.usage(1n).connections, two.usage(2n).connections]).toEqual([34, 33])
})

test('new connections come at a rate, of each application alone', () => {
  const all = make({ connectionsPerSecond: 2, connections: 100 })
  expect([all.take(1n), all.take(1n)].every((one) => one instanceof AppShare)).toBe(true)
  expect(all.take(1n)).toBe('rate')
  expect(all.take(2n)).toBeInstanceOf(AppShare)
  nowMs = 499
  expect(all.take(1n)).toBe('rate')
  nowMs = 500
  expect(all.take(1n)).toBeInstanceOf(AppShare)
  expect(all.take(1n)).toBe('rate')
})

test('bytes beyond the rate wait, and go on in the order of asking', () => {
  const share = new AppShare(limits, () => nowMs)
  const order: string[] = []
  expect(share.spend(1_000, () => order.push('never'))).toBe(true)
  expect(share.spend(600, () => order.push('first'))).toBe(false)
  expect(share.spend(100, () => order.push('second'))).toBe(false)
  const pass = (ms: number) => {
    nowMs += ms
    vi.advanceTimersByTime(ms)
  }
  // With the first millisecond the first of those that wait may go, and overdraws for 600.
  pass(2)
  expect(order).toEqual(['first'])
  pass(590)
  expect(order).toEqual(['first'])
  pass(15)
  expect(order).toEqual(['first', 'second'])
})

test('over any time no more bytes pass than the rate allows, with one burst and one read of each', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 }),
      (sizes) => {
        const start = nowMs
        const share = new AppShare(limits, () => nowMs)
        let passed = 0
        const flow = (size: number): void => {
          passed += size
          if (share.spend(size, () => flow(size))) setTimeout(() => flow(size), 1)
        }
        for (const size of sizes) flow(size)
        for (let step = 0; step < 3_000; step++) {
          nowMs += 1
          vi.advanceTimersByTime(1)
        }
        const allowed = 1_000 + (nowMs - start) * 1
        const reads = sizes.reduce((sum, size) => sum + size, 0)
        expect(passed).toBeLessThanOrEqual(allowed + 2 * reads)
        expect(passed).toBeGreaterThanOrEqual(allowed - 1_000)
        vi.clearAllTimers()
      },
    ),
    { numRuns: 20 },
  )
})

test('an application that is gone is forgotten, one with connections is not', () => {
  const all = make()
  const share = all.take(1n) as AppShare
  all.forget(1n)
  expect(all.usage(1n).accepted).toBe(1)
  all.release(share)
  all.forget(1n)
  expect(all.usage(1n).accepted).toBe(0)
})

test('no more connections are promised than there are files for', () => {
  expect(affordableConnections(16_384, 1_048_576)).toBe(16_384)
  expect(affordableConnections(16_384, 20_000)).toBe(8_976)
  expect(affordableConnections(16_384, 256)).toBe(1)
})
