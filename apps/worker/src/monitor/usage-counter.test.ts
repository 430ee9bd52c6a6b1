import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ContainerUsage } from '../runtime/runtime.ts'
import { UsageCounter } from './usage-counter.ts'

const used = (podId: string, name: string, more: Partial<ContainerUsage> = {}): ContainerUsage => ({
  podId,
  name,
  atMs: 0,
  ...more,
})
const appOf = (podId: string) => (podId.startsWith('x') ? undefined : BigInt(podId[0] ?? 0))

describe('usage of an application', () => {
  test('is what counters of its containers have grown by, and nothing at the first look', () => {
    const counter = new UsageCounter()
    const network = { networkRxBytes: 100, networkTxBytes: 10 }
    const at = (cpuMicros: number, more = 0) => [
      used('7a', 'web', { cpuMicros, ...network, networkRxBytes: 100 + more }),
      used('7a', 'db', { cpuMicros: 2 * cpuMicros, ...network, networkRxBytes: 100 + more }),
      used('7b', 'web', { cpuMicros }),
      used('x', 'web', { cpuMicros }),
    ]
    const nothing = { cpuMicros: 0, receivedBytes: 0, sentBytes: 0 }
    expect(counter.count(at(1_000), appOf, 0)).toEqual(new Map([[7n, { seconds: 0, ...nothing }]]))
    expect(counter.count(at(1_500, 5), appOf, 10_000)).toEqual(
      new Map([[7n, { seconds: 10, cpuMicros: 2_000, receivedBytes: 5, sentBytes: 0 }]]),
    )
  })

  test('counts a container that came after the first look, and one that began anew, from 0', () => {
    const counter = new UsageCounter()
    counter.count([used('7a', 'web', { cpuMicros: 5_000 })], appOf, 0)
    const both = [used('7a', 'web', { cpuMicros: 300 }), used('7a', 'db', { cpuMicros: 40 })]
    expect(counter.count(both, appOf, 1_000).get(7n)?.cpuMicros).toBe(340)
  })

  test('sums memory and limits, and has no limit where one container has none', () => {
    const counter = new UsageCounter()
    const web = used('7a', 'web', { memoryBytes: 1, memoryLimitBytes: 10 })
    const db = used('7a', 'db', { memoryBytes: 2, memoryLimitBytes: 20 })
    expect(counter.count([web, db], appOf, 0).get(7n)).toMatchObject({
      memoryBytes: 3,
      memoryLimitBytes: 30,
    })
    const without = counter.count([web, used('7a', 'db', { memoryBytes: 2 })], appOf, 1).get(7n)
    expect(without).not.toHaveProperty('memoryLimitBytes')
    expect(without?.memoryBytes).toBe(3)
  })

  test('keeps the last count of written bytes while none is taken', () => {
    const counter = new UsageCounter()
    counter.count([used('7a', 'web', { diskBytes: 5 })], appOf, 0)
    expect(counter.count([used('7a', 'web')], appOf, 1).get(7n)?.diskBytes).toBe(5)
    counter.count([], appOf, 2)
    expect(counter.count([used('7a', 'web')], appOf, 3).get(7n)).not.toHaveProperty('diskBytes')
  })

  test('never goes below zero, whatever the counters do', () => {
    const list = fc.array(
      fc.record({
        podId: fc.constantFrom('7a', '7b', '8a', 'x'),
        name: fc.constantFrom('web', 'db'),
        atMs: fc.nat(),
        cpuMicros: fc.nat(),
        networkRxBytes: fc.nat(),
        networkTxBytes: fc.nat(),
      }),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(list, fc.integer()), { maxLength: 20 }), (looks) => {
        const counter = new UsageCounter()
        for (const [usage, atMs] of looks)
          for (const app of counter.count(usage, appOf, atMs).values())
            for (const value of Object.values(app)) expect(value).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})
