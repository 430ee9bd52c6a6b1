import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crossesInMs, trendOf } from './forecast.ts'

const line = (length: number, slope: number, start = 0) =>
  Array.from({ length }, (_, i) => ({ atMs: i * 60_000, value: start + slope * i }))

describe('forecasts', () => {
  test('say when a limit is reached, and nothing of what never reaches it', () => {
    const trend = trendOf(line(20, 2))
    if (trend === undefined) throw new Error('no trend')
    expect(crossesInMs(trend, 48, true)).toBeCloseTo(5 * 60_000, 6)
    expect(crossesInMs(trend, 38, true)).toBe(0)
    expect(crossesInMs(trend, 0, false)).toBe(undefined)
    const falling = trendOf(line(20, -1, 30))
    if (falling === undefined) throw new Error('no trend')
    expect(crossesInMs(falling, 0, false)).toBeCloseTo(11 * 60_000, 6)
  })

  test('are not turned by a quarter of wild values', () => {
    const points = line(40, 1).map((one, i) => (i % 4 === 1 ? { ...one, value: 1e6 * i } : one))
    const trend = trendOf(points)
    expect((trend?.slope ?? 0) * 60_000).toBeCloseTo(1, 1)
    expect(trend?.value).toBeGreaterThan(35)
    expect(trend?.value).toBeLessThan(45)
  })

  test('need ten points at ten times', () => {
    expect(trendOf(line(9, 1))).toBe(undefined)
    expect(trendOf(line(10, 1))).toBeDefined()
    expect(trendOf(line(30, 1).map((one) => ({ ...one, atMs: 5 })))).toBe(undefined)
  })

  test('are numbers whatever comes', () => {
    const points = fc.array(fc.record({ atMs: fc.double(), value: fc.double() }), { maxLength: 80 })
    fc.assert(
      fc.property(points, fc.double({ noNaN: true }), fc.boolean(), (list, limit, up) => {
        const trend = trendOf(list)
        if (trend === undefined) return
        expect(Number.isFinite(trend.slope) && Number.isFinite(trend.value)).toBe(true)
        const inMs = crossesInMs(trend, limit, up)
        if (inMs !== undefined) expect(inMs).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})
