import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HistoryStore, KEPT_ROWS, openHistory } from './history-store.ts'
import { decodePoint, encodePoint, mergePoints, pointOf } from './point.ts'
import { SERIES, type Sample } from './series.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = 1_700_000_000_000 - (1_700_000_000_000 % HOUR)
const one = (sample: Sample) => new Map([[7n, sample]])

describe('the history of an application', () => {
  let folder = ''
  let store: HistoryStore
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wetee-'))
    store = new HistoryStore(join(folder, 'history.db'))
  })
  afterEach(() => {
    store.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('has samples as they came, and minutes and hours once they are over', () => {
    for (let i = 0; i <= 2 * 360; i++) store.record(START + i * 10_000, one({ cpuMilli: i }))
    const end = START + 3 * HOUR
    expect(store.read(7n, 'sample', START, end).length).toBe(720)
    const minutes = store.read(7n, 'minute', START, end)
    expect(minutes).toHaveLength(120)
    expect(minutes[0]).toEqual({
      atMs: START,
      samples: 6,
      values: { cpuMilli: { min: 0, mean: 2.5, max: 5 } },
    })
    const hours = store.read(7n, 'hour', START, end)
    expect(hours).toMatchObject([
      { atMs: START, samples: 360, values: { cpuMilli: { min: 0, mean: 179.5, max: 359 } } },
      { atMs: START + HOUR, samples: 360 },
    ])
    expect(store.latest(7n)).toMatchObject({ atMs: START + 2 * HOUR })
  })

  test('keeps applications apart, and what was not measured absent', () => {
    store.record(
      START,
      new Map([
        [7n, { cpuMilli: 1 }],
        [8n, { memoryBytes: 2 }],
      ]),
    )
    expect(store.latest(7n)?.values).toEqual({ cpuMilli: { min: 1, mean: 1, max: 1 } })
    expect(store.latest(8n)?.values).toEqual({ memoryBytes: { min: 2, mean: 2, max: 2 } })
    expect(store.latest(9n)).toBe(undefined)
  })

  test('stays within its rows, and within 800 KB for an application with every series', () => {
    let bytes = () => 0
    const full = new HistoryStore(':memory:', (file) => {
      const database = openHistory(file)
      const of = (name: string) => Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
      bytes = () => (of('page_count') - of('freelist_count')) * of('page_size')
      return database
    })
    // 40 days in steps of 10 minutes.
    for (let i = 0; i < 40 * 144; i++)
      full.record(
        START + i * 600_000,
        one(Object.fromEntries(SERIES.map((name) => [name, i * 1e7]))),
      )
    const end = START + 41 * 24 * HOUR
    expect(full.read(7n, 'sample', 0, end).length).toBe(KEPT_ROWS.sample)
    expect(full.read(7n, 'minute', 0, end).length).toBeLessThanOrEqual(KEPT_ROWS.minute + 60)
    const hours = full.read(7n, 'hour', 0, end)
    expect(hours.length).toBe(KEPT_ROWS.hour)
    expect((hours.at(-1)?.atMs ?? 0) - (hours[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(30 * 24 * HOUR)
    expect(bytes()).toBeLessThan(800_000)
    full.close()
  })

  test('goes on after a clock that was wrong', () => {
    store.record(START, one({ cpuMilli: 1 }))
    const wrong = START + 10 * 365 * 24 * HOUR
    for (const atMs of [wrong, wrong + MINUTE]) store.record(atMs, one({ cpuMilli: 2 }))
    for (let i = 1; i <= 12; i++) store.record(START + i * 10_000, one({ cpuMilli: 3 }))
    expect(store.latest(7n)).toMatchObject({ atMs: START + 120_000 })
    expect(store.read(7n, 'minute', START, START + HOUR)).toHaveLength(2)
  })

  test('of one that was not seen for a month is forgotten', () => {
    store.record(START, one({ cpuMilli: 1 }))
    store.saveModel(7n, 'cpu', '{}')
    store.record(START + 32 * 24 * HOUR, new Map([[8n, { cpuMilli: 1 }]]))
    store.forgetOld(START + 32 * 24 * HOUR)
    expect([store.latest(7n), store.model(7n, 'cpu')]).toEqual([undefined, undefined])
    expect(store.latest(8n)).toBeDefined()
  })

  test('on a full disk is an error of that write alone: what was there stays, and later writes work and sum up its minutes', () => {
    let limit = (_pages: number): void => undefined
    const small = new HistoryStore(join(folder, 'small.db'), (file) => {
      const database = openHistory(file)
      limit = (pages) => database.exec(`PRAGMA max_page_count = ${pages}`)
      return database
    })
    small.record(START, one({ cpuMilli: 1 }))
    limit(1)
    const many = new Map(Array.from({ length: 2_000 }, (_, i) => [BigInt(i), { cpuMilli: i }]))
    expect(() => small.record(START + MINUTE, many)).toThrow(/full/)
    expect(small.latest(7n)?.values.cpuMilli?.mean).toBe(1)
    expect(small.latest(8n)).toBe(undefined)
    limit(100_000)
    small.record(START + MINUTE + 10_000, many)
    expect(small.latest(8n)?.values.cpuMilli?.mean).toBe(8)
    expect(small.read(7n, 'minute', START, START + HOUR)).toMatchObject([{ atMs: START }])
    small.close()
  })

  test('that cannot be read is made anew', () => {
    const file = join(folder, 'damaged.db')
    writeFileSync(file, 'no database '.repeat(1_000))
    const made = new HistoryStore(file)
    made.record(START, one({ cpuMilli: 1 }))
    expect(made.latest(7n)).toBeDefined()
    made.close()
  })

  test('survives a process that is killed while it writes', async () => {
    const file = join(folder, 'killed.db')
    const program = `
      const { HistoryStore } = await import(${JSON.stringify(join(import.meta.dirname, 'history-store.ts'))})
      const store = new HistoryStore(${JSON.stringify(file)})
      for (let i = 0; ; i++) {
        store.record(${START} + i * 10_000, new Map([[7n, { cpuMilli: i }], [8n, { cpuMilli: i }]]))
        if (i % 50 === 0) process.stdout.write('.')
      }`
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(child.stdout, 'data')
      await once(child.stdout, 'data')
      child.kill('SIGKILL')
      await once(child, 'exit')
      const again = new HistoryStore(file)
      // Both applications of a transaction, or neither.
      expect(again.latest(7n)).toEqual(again.latest(8n))
      expect(again.latest(7n)).toBeDefined()
      again.close()
    }
  }, 30_000)
})

describe('points', () => {
  const value = fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.constant(undefined))
  const sample = fc.record(Object.fromEntries(SERIES.map((name) => [name, value])))

  test('come back from their bytes', () => {
    fc.assert(
      fc.property(sample, (given) => {
        const point = pointOf(given)
        expect(decodePoint(encodePoint(point, true), true)).toEqual(point)
        expect(decodePoint(encodePoint(point, false), false)).toEqual(point)
      }),
    )
  })

  test('merged stay between the lowest and the highest', () => {
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 20 }), (given) => {
        const merged = mergePoints(given.map((one) => pointOf(one as Sample)))
        for (const spread of Object.values(merged.values)) {
          const room = 1e-6 * Math.max(Math.abs(spread.min), Math.abs(spread.max))
          expect(spread.mean).toBeGreaterThanOrEqual(spread.min - room)
          expect(spread.mean).toBeLessThanOrEqual(spread.max + room)
        }
      }),
    )
  })

  test('of other bytes are none, and never a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, single) => {
        const point = decodePoint(bytes, single)
        for (const { min, mean, max } of Object.values(point?.values ?? {}))
          expect([min, mean, max].every(Number.isFinite)).toBe(true)
      }),
    )
    expect(decodePoint(new Uint8Array(2 + 4 * (SERIES.length + 1)), true)).toBe(undefined)
    expect(decodePoint(new Uint8Array(1), true)).toBe(undefined)
  })
})
