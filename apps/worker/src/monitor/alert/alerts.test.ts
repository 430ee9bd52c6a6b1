import { beforeEach, describe, expect, test } from 'vitest'
import { ConditionBoard } from '../../condition/condition.ts'
import { keepLog } from '../../testing/silent-log.ts'
import { HistoryStore } from '../history/history-store.ts'
import type { Sample } from '../history/series.ts'
import type { Notice } from './alert-book.ts'
import { Alerts, type AlertParts, type Subscriber } from './alerts.ts'
import { DEFAULT_RULES, ruleSchema, rulesWith } from './rules.ts'

const MINUTE = 60_000
const MIB = 1_048_576
const START = 1_700_000_000_000 - (1_700_000_000_000 % MINUTE)

describe('alerts of a worker', () => {
  let nowMs: number
  let history: HistoryStore
  let board: ConditionBoard
  let told: string[]
  let subscribers: Subscriber[]
  const subscriber = (name: string, scopes: string[]): Subscriber => ({
    name,
    scopes,
    delivery: {
      take: ({ scope, name: alert, state }: Notice) =>
        void told.push(`${name}: ${scope} ${alert} ${state}`),
      failure: undefined,
      lost: 0,
    },
  })
  beforeEach(() => {
    nowMs = START
    history = new HistoryStore(':memory:')
    board = new ConditionBoard()
    told = []
    subscribers = [subscriber('all', ['worker', 'apps'])]
  })
  const open = (over: Partial<AlertParts> = {}) =>
    new Alerts({
      ...{
        rules: () => DEFAULT_RULES,
        ownerOf: () => undefined,
        silences: [],
        repeatMs: 4 * 3_600_000,
        sampleMs: 10_000,
      },
      ...{ subscribers, history, board, log: keepLog() },
      ...over,
    })
  /** A look every 10 s for so many minutes. */
  const run = (alerts: Alerts, minutes: number, sampleAt: (minute: number) => Sample) => {
    for (let i = 0; i < minutes * 6; i++) {
      const samples = new Map([[7n, sampleAt(i / 6)]])
      history.record(nowMs, samples)
      alerts.look(nowMs, samples)
      nowMs += 10_000
    }
  }

  test('say that memory will run out, while it has not yet', () => {
    const alerts = open()
    const grow = (minute: number) => ({
      memoryBytes: (40 + minute) * MIB,
      memoryLimitBytes: 100 * MIB,
    })
    run(alerts, 25, grow)
    expect(told).toEqual([])
    run(alerts, 10, (minute) => grow(25 + minute))
    expect(told).toEqual(['all: app/7 memory-runs-out firing'])
    expect(alerts.firing()[0]?.text).toMatch(
      /^memoryBytes is \d+\.\d MiB and reaches 100\.0 MiB in about \d+ minutes$/,
    )
    expect(alerts.firing()[0]?.remedy).not.toBe('')
    run(alerts, 70, () => ({ memoryBytes: 30 * MIB, memoryLimitBytes: 100 * MIB }))
    expect(told).toEqual([
      'all: app/7 memory-runs-out firing',
      'all: app/7 memory-runs-out resolved',
    ])
  })

  test('say what is beyond a threshold for long enough, and nothing before', () => {
    const alerts = open()
    run(alerts, 5, () => ({ responseMs: 5_000, attestedShare: 1 }))
    expect(told).toEqual([])
    run(alerts, 3, () => ({ responseMs: 5_000, attestedShare: 1 }))
    expect(told).toEqual(['all: app/7 slow firing'])
  })

  test('say that the escrow runs out from one reading on, until the next is better', () => {
    const alerts = open()
    run(alerts, 3, (minute) => (minute === 0 ? { escrowSeconds: 600 } : { cpuMilli: 1 }))
    expect(told).toEqual(['all: app/7 escrow-runs-out firing'])
    run(alerts, 3, (minute) => (minute === 0 ? { escrowSeconds: 86_400 } : { cpuMilli: 1 }))
    expect(told.at(-1)).toBe('all: app/7 escrow-runs-out resolved')
  })

  test('say that containers restart again and again', () => {
    const alerts = open()
    run(alerts, 5, () => ({ restarts: 1 }))
    expect(told).toEqual([])
    run(alerts, 5, (minute) => ({ restarts: 1 + Math.floor(minute) }))
    expect(told).toEqual(['all: app/7 restarts-often firing'])
  })

  test('say that a value is unusual, once, and learn on in the next process', () => {
    const odd = ruleSchema.parse({ kind: 'anomaly', name: 'odd', series: 'cpuMilli' })
    const rules = () => [odd]
    const usual = (minute: number) => ({ cpuMilli: 100 + 5 * Math.sin(minute) })
    let alerts = open({ rules })
    run(alerts, 600, usual)
    alerts = open({ rules })
    told = []
    run(alerts, 2, () => ({ cpuMilli: 900 }))
    run(alerts, 20, usual)
    expect(told).toEqual(['all: app/7 odd firing', 'all: app/7 odd resolved'])
  })

  test('of conditions are told with their remedy, those of the destinations themselves not', () => {
    const alerts = open()
    const condition = { severity: 'error', text: 't', remedy: 'start it' } as const
    board.set('worker', 'engine', [{ ...condition, code: 'engine.unreachable' }])
    board.set('worker', 'alerts', [{ ...condition, code: 'alert.not-delivered' }])
    board.set('app/7', 'x', [{ ...condition, code: 'image.unavailable' }])
    run(alerts, 2, () => ({}))
    expect(told).toEqual([
      'all: worker engine.unreachable firing',
      'all: app/7 image.unavailable firing',
    ])
  })

  test('of many applications come within the minute, though not all are looked at together', () => {
    const alerts = open()
    const samples = new Map(
      Array.from({ length: 90 }, (_, i) => [BigInt(i + 1), { escrowSeconds: 1 }] as const),
    )
    const counts: number[] = []
    for (let i = 0; i < 6; i++) {
      history.record(nowMs, samples)
      alerts.look(nowMs, samples)
      counts.push(told.length)
      nowMs += 10_000
    }
    expect(counts).toEqual([30, 60, 90, 90, 90, 90])
    expect(new Set(told).size).toBe(90)
  })

  test('go to whom they concern', () => {
    subscribers = [
      subscriber('owner', ['app/7']),
      subscriber('other', ['app/8']),
      subscriber('provider', ['worker']),
      subscriber('apps', ['apps']),
    ]
    const alerts = open()
    run(alerts, 2, () => ({ escrowSeconds: 1 }))
    expect(told).toEqual([
      'owner: app/7 escrow-runs-out firing',
      'apps: app/7 escrow-runs-out firing',
    ])
  })

  test('are not told again by the next process, and those of an application that is gone are over', () => {
    run(open(), 2, () => ({ escrowSeconds: 1 }))
    const next = open()
    run(next, 2, () => ({ escrowSeconds: 1 }))
    expect(told).toHaveLength(1)
    next.look(nowMs, new Map())
    next.look(nowMs + 600_000, new Map())
    expect(told).toHaveLength(1)
    expect(next.firing()).toEqual([])
  })

  test("are the owner's too: its rule in the place of one of that name, told to its address and no other's", () => {
    const own = ruleSchema.parse({ kind: 'above', name: 'slow', series: 'responseMs', value: 50 })
    const alerts = open({
      rules: (appId) => rulesWith(DEFAULT_RULES, { rules: appId === 7n ? [own] : [] }),
      ownerOf: (appId) => subscriber(`owner ${appId}`, []).delivery,
    })
    run(alerts, 3, () => ({ responseMs: 60 }))
    expect(told).toEqual(['all: app/7 slow firing', 'owner 7: app/7 slow firing'])
  })

  test('that reach nobody are a condition', () => {
    subscribers = [
      {
        ...subscriber('hook', ['worker']),
        delivery: { take: () => undefined, failure: 'no answer', lost: 3 },
      },
    ]
    open().look(nowMs, new Map())
    expect(board.list('worker')).toMatchObject([{ code: 'alert.not-delivered' }])
  })
})
