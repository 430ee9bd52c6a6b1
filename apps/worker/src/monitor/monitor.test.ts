import { beforeEach, describe, expect, test } from 'vitest'
import { createMetrics } from '@wetee/daemon'
import { ConditionBoard } from '../condition/condition.ts'
import { keepLog } from '../testing/silent-log.ts'
import { MemoryRuntime } from '../testing/memory-runtime.ts'
import { HistoryStore } from './history/history-store.ts'
import type { Sample } from './history/series.ts'
import { monitorMetrics } from './monitor-metrics.ts'
import { Monitor, type MonitoredApp, type MonitorParts } from './monitor.ts'

describe('the monitor', () => {
  let nowMs: number
  let runtime: MemoryRuntime
  let apps: MonitoredApp[]
  let history: HistoryStore
  let board: ConditionBoard
  let seen: ReadonlyMap<bigint, Sample>
  let restarts: number[]
  let response: number | undefined
  let probes: number
  const metrics = createMetrics('worker')
  const shown = monitorMetrics(metrics)
  beforeEach(() => {
    nowMs = 1_700_000_000_000
    runtime = new MemoryRuntime()
    history = new HistoryStore(':memory:')
    board = new ConditionBoard()
    restarts = []
    response = 20
    probes = 0
    apps = [app()]
  })
  const app = (startedAtMs = 1, attestedShare: number | undefined = 1): MonitoredApp => ({
    appId: 7n,
    starts: new Map([['7/web', startedAtMs]]),
    attestedShare,
    diskLimitBytes: undefined,
  })
  const open = (over: Partial<MonitorParts> = {}) =>
    new Monitor({
      ...{ runtime, history, board, metrics: shown, sampleMs: 10_000, probeMs: 60_000 },
      appOf: (podId) => BigInt(podId),
      apps: () => apps,
      responseMs: () => {
        probes++
        return Promise.resolve(response)
      },
      meter: { note: (_usage, more) => void restarts.push(more.get(7n) ?? 0) },
      onSamples: (_atMs, samples) => {
        seen = samples
      },
      now: () => nowMs,
      monotonicMs: () => nowMs,
      log: keepLog(),
      signal: new AbortController().signal,
      ...over,
    })
  const look = async (monitor: Monitor, cpuMicros: number) => {
    runtime.used = [{ podId: '7', name: 'web', atMs: nowMs, cpuMicros, memoryBytes: 50 }]
    await monitor.look()
    nowMs += 10_000
    return seen.get(7n)
  }

  test('measures rates from the second look on, and everything else from the first', async () => {
    const monitor = open()
    expect(await look(monitor, 0)).toEqual({
      ...{ memoryBytes: 50, responseMs: 20, restarts: 0, attestedShare: 1 },
    })
    expect(await look(monitor, 5_000_000)).toMatchObject({ cpuMilli: 500 })
    expect(history.latest(7n)?.values.cpuMilli?.mean).toBe(500)
    expect(await metrics.registry.metrics()).toMatch(/worker_application_cpu_seconds_total 5\n/)
  })

  test('asks for a response time once in its time, and only of applications that are attested', async () => {
    const monitor = open()
    for (let i = 0; i < 7; i++) await look(monitor, i)
    expect(probes).toBe(2)
    apps = [app(1, 0)]
    for (let i = 0; i < 7; i++) await look(monitor, i)
    expect(probes).toBe(2)
    const none = open({ probeMs: 0 })
    await look(none, 0)
    expect(probes).toBe(2)
  })

  test('of many applications it asks a few at each look, those first that have waited longest', async () => {
    const asked: bigint[] = []
    const many = Array.from({ length: 60 }, (_, n) => ({ ...app(), appId: BigInt(n + 1) }))
    const monitor = open({
      apps: () => many,
      responseMs: (appId) => Promise.resolve(asked.push(appId)),
    })
    for (let i = 0; i < 3; i++) await look(monitor, i)
    expect(asked.length).toBe(60)
    expect(new Set(asked).size).toBe(60)
    for (let i = 0; i < 3; i++) await look(monitor, i)
    expect(asked.length).toBe(60)
    await look(monitor, 9)
    expect(asked.slice(60)).toEqual(asked.slice(0, 20))
  })

  test('counts containers that were started anew, and goes on counting in the next process', async () => {
    const monitor = open()
    await look(monitor, 0)
    apps = [app(2)]
    expect((await look(monitor, 0))?.restarts).toBe(1)
    expect((await look(monitor, 0))?.restarts).toBe(1)
    expect(restarts).toEqual([0, 1, 0])
    expect((await look(open(), 0))?.restarts).toBe(1)
  })

  test('keeps each reading of the escrow once', async () => {
    const monitor = open()
    monitor.noteEscrow(7n, 3_600)
    await look(monitor, 0)
    expect(seen.get(7n)?.escrowSeconds).toBe(3_600)
    expect(await look(monitor, 0)).not.toHaveProperty('escrowSeconds')
  })

  test('says that history cannot be written, and goes on', async () => {
    const record = history.record.bind(history)
    history.record = () => {
      throw new Error('database or disk is full')
    }
    const monitor = open()
    await look(monitor, 0)
    expect(board.list('worker').map(({ code }) => code)).toEqual(['history.not-written'])
    expect(seen.get(7n)?.memoryBytes).toBe(50)
    history.record = record
    await look(monitor, 0)
    expect(board.list('worker')).toEqual([])
  })

  test('waits for an engine that does not answer without losing what was used meanwhile', async () => {
    const monitor = open()
    await look(monitor, 0)
    runtime.down = true
    await look(monitor, 1_000_000)
    runtime.down = false
    expect(await look(monitor, 4_000_000)).toMatchObject({ cpuMilli: 200 })
  })
})
