import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AnomalyError } from './anomaly-error.ts'
import { AnomalyModel, type AnomalyOptions } from './anomaly-model.ts'

const MINUTE_MS = 60_000

/** Numbers in [0, 1) from a seed. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** A day's curve with noise. */
function curve(length: number, seed = 1): number[] {
  const random = randomOf(seed)
  return Array.from(
    { length },
    (_, i) => 100 + 30 * Math.sin((2 * Math.PI * i) / 1_440) + 5 * (random() - 0.5),
  )
}

function alarmsOf(values: readonly (number | undefined)[], options: AnomalyOptions = {}): number[] {
  const model = new AnomalyModel(options)
  return values.flatMap((value, i) => (model.push(i * MINUTE_MS, value).alarm ? [i] : []))
}

describe('an anomaly model', () => {
  const options = [{ neighbours: false }, { neighbours: true }] as const

  test.each(options)('sees a jump at once: %o', (option) => {
    const values = curve(6_000)
    for (let i = 5_000; i < 5_030; i++) values[i] = 300
    expect(alarmsOf(values, option)).toContain(5_000)
  })

  test.each(options)('sees that the usual rise of a day does not come: %o', (option) => {
    const values = curve(7 * 1_440)
    const flat = values.map((value, i) =>
      i > 6 * 1_440 + 100 && i < 6 * 1_440 + 700 ? 100 : value,
    )
    const inside = (list: number[]) =>
      list.filter((i) => i > 6 * 1_440 + 100 && i < 6 * 1_440 + 900)
    expect(inside(alarmsOf(flat, option)).length).toBeGreaterThan(
      inside(alarmsOf(values, option)).length,
    )
  })

  test('rests after an alarm', () => {
    const values = curve(6_000)
    for (let i = 5_000; i < 5_100; i++) values[i] = 300 + i
    const inside = alarmsOf(values, { restValues: 100 }).filter((i) => i >= 5_000 && i < 5_100)
    expect(inside).toEqual([5_000])
    const restless = alarmsOf(values, { restValues: 0 }).filter((i) => i >= 5_000 && i < 5_100)
    expect(restless.length).toBeGreaterThan(1)
  })

  test('never alarms before it has seen so many values that one of them is rare', () => {
    const random = randomOf(7)
    const values = Array.from({ length: 249 }, () => random() ** 8)
    expect(alarmsOf(values, { alarmShare: 0.004, restValues: 0 })).toEqual([])
  })

  test('is about as often wrong as its share says, where nothing is strange', () => {
    const random = randomOf(3)
    const values = Array.from({ length: 20_000 }, () => random() + random() + random())
    const wrong = alarmsOf(values, { alarmShare: 0.004, restValues: 0 }).length / values.length
    expect(wrong).toBeLessThan(0.008)
    expect(wrong).toBeGreaterThan(0.001)
  })

  test('of a constant series stays silent', () => {
    for (const value of [0, -1, 5e9, 1e30])
      expect(alarmsOf(Array.from({ length: 3_000 }, () => value))).toEqual([])
  })

  test.each(options)('goes on from its state as if nothing had been: %o', (option) => {
    const values = curve(3_000)
    values[2_500] = 1_000
    const whole = new AnomalyModel(option)
    let parts = new AnomalyModel(option)
    for (const [i, value] of values.entries()) {
      if (i % 700 === 699)
        parts = new AnomalyModel(option, JSON.parse(JSON.stringify(parts.state())))
      expect(parts.push(i * MINUTE_MS, value)).toEqual(whole.push(i * MINUTE_MS, value))
    }
  })

  test('has a state of bounded size', () => {
    const model = new AnomalyModel({ neighbours: true })
    const random = randomOf(5)
    for (let i = 0; i < 30_000; i++) model.push(i * MINUTE_MS, random() * 1e30)
    expect(JSON.stringify(model.state()).length).toBeLessThan(60_000)
  })

  test('refuses a state of another form, and one of the other variant', () => {
    const state = new AnomalyModel().state()
    const broken = [
      null,
      {},
      [],
      'x',
      { ...state, format: 'wetee/anomaly/v2' },
      { ...state, extra: 1 },
      { ...state, ranks: state.ranks.slice(1) },
      { ...state, whole: { ...state.whole, bins: state.whole.bins.slice(1) } },
      { ...state, whole: { ...state.whole, bins: state.whole.bins.map(() => NaN) } },
      { ...state, fast: [NaN, 0, 0] },
      { ...state, fast: [0, -1, 0] },
      { ...state, window: Array.from({ length: 513 }, () => 0) },
    ]
    for (const value of broken)
      expect(() => new AnomalyModel({}, value), JSON.stringify(value).slice(0, 80)).toThrow(
        AnomalyError,
      )
    expect(() => new AnomalyModel({ neighbours: true }, state)).toThrow(AnomalyError)
  })
})

describe('whatever comes', () => {
  const value = fc.oneof(
    { weight: 4, arbitrary: fc.double({ min: -1e3, max: 1e3 }) },
    fc.double(),
    fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e308, -1e308, 5e-324, undefined),
  )
  const time = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(NaN, Infinity, -Infinity, -1, 0))

  test.each([false, true])(
    'no answer and no state is out of bounds (neighbours %s)',
    (neighbours) => {
      fc.assert(
        fc.property(
          fc.array(fc.tuple(time, value, fc.integer({ min: 1, max: 60 })), { maxLength: 60 }),
          (runs) => {
            const model = new AnomalyModel({ neighbours, restValues: 3 })
            for (const [atMs, one, times] of runs)
              for (let i = 0; i < times; i++) {
                const { share } = model.push(atMs, one)
                expect(share).toBeGreaterThan(0)
                expect(share).toBeLessThanOrEqual(1)
              }
            const state = model.state()
            expect(JSON.stringify(state)).not.toContain('null')
            expect(() => new AnomalyModel({ neighbours }, state)).not.toThrow()
          },
        ),
        { numRuns: 150 },
      )
    },
  )

  test('what is missing changes nothing', () => {
    const values = curve(1_000)
    const gaps = values.flatMap((one, i) => (i % 7 === 0 ? [undefined, NaN, one] : [one]))
    const full = new AnomalyModel()
    const holey = new AnomalyModel()
    for (const one of values) full.push(0, one)
    for (const one of gaps) holey.push(0, one)
    expect(holey.state()).toEqual(full.state())
  })
})
