// Looks at every application again and again: samples for history and meter, response times, restarts. Does I/O through its parts.
import { setTimeout as delay } from 'node:timers/promises'
import type { ConditionBoard } from '../condition/condition.ts'
import type { Log } from '../log.ts'
import type { UsageMeter } from '../meter/usage-meter.ts'
import type { ContainerUsage, Runtime } from '../runtime/runtime.ts'
import { messageOf } from '../worker-error.ts'
import type { HistoryStore } from './history/history-store.ts'
import type { Sample } from './history/series.ts'
import type { MonitorMetrics } from './monitor-metrics.ts'
import { UsageCounter, type AppUsage } from './usage-counter.ts'

/** What the rest of the worker knows of an application that runs here. */
export type MonitoredApp = {
  readonly appId: bigint
  /** When each running container was started, by `pod/name`. */
  readonly starts: ReadonlyMap<string, number>
  /** Instances that are attested, 0 to 1; `undefined` without any instance. */
  readonly attestedShare: number | undefined
  readonly diskLimitBytes: number | undefined
}

/** What the monitor works with. */
export type MonitorParts = {
  readonly runtime: Pick<Runtime, 'usage'>
  readonly appOf: (podId: string) => bigint | undefined
  readonly apps: () => readonly MonitoredApp[]
  /** How long the application takes to answer a request, milliseconds; `undefined`: it does not, or takes none. */
  readonly responseMs: (appId: bigint) => Promise<number | undefined>
  readonly history: Pick<HistoryStore, 'record' | 'latest' | 'forgetOld'>
  readonly meter: Pick<UsageMeter, 'note'>
  readonly metrics: MonitorMetrics
  /** Told of each look: what was measured, by application. */
  readonly onSamples: (atMs: number, samples: ReadonlyMap<bigint, Sample>) => void
  readonly sampleMs: number
  /** Between requests for response times; 0: none are made. */
  readonly probeMs: number
  readonly now: () => number
  readonly monotonicMs: () => number
  readonly board: ConditionBoard
  readonly log: Log
  readonly signal: AbortSignal
}

/** Written bytes are counted once in so many looks. */
const DISK_EVERY = 6
const FORGET_EVERY = 1_000
const MAX_PROBES = 16
/** A probe opens a TLS connection: with many applications each waits longer for its turn. */
const MAX_PROBES_PER_SECOND = 2

/** One look at a time. */
export class Monitor {
  readonly #parts: MonitorParts
  readonly #counter = new UsageCounter()
  readonly #starts = new Map<bigint, ReadonlyMap<string, number>>()
  readonly #restarts = new Map<bigint, number>()
  /** Measured since the last look. */
  readonly #responses = new Map<bigint, number>()
  readonly #escrows = new Map<bigint, number>()
  #looks = 0
  /** When each application was probed last. */
  readonly #probedAtMs = new Map<bigint, number>()

  constructor(parts: MonitorParts) {
    this.#parts = parts
  }

  /** Notes for how many more seconds an application's escrow lasts. */
  noteEscrow(appId: bigint, seconds: number): void {
    this.#escrows.set(appId, Math.max(0, seconds))
  }

  /** Looks until the signal. */
  async run(): Promise<void> {
    const { sampleMs, signal } = this.#parts
    while (!signal.aborted) {
      await this.look()
      await delay(sampleMs, undefined, { signal }).catch(() => undefined)
    }
  }

  /** One look; never throws. */
  async look(): Promise<void> {
    const { runtime, appOf, apps, meter, metrics, monotonicMs, now, log } = this.#parts
    let list: readonly ContainerUsage[]
    try {
      list = await runtime.usage({ disk: this.#looks++ % DISK_EVERY === 0 })
    } catch (error) {
      // The watch says it of the engine; counters go on from where they are.
      log.debug({ error: messageOf(error) }, 'usage not read')
      return
    }
    const usage = this.#counter.count(list, appOf, monotonicMs())
    const known = apps()
    const restarted = new Map(known.map((app) => [app.appId, this.#restartsOf(app)] as const))
    meter.note(usage, restarted)
    await this.#probe(known)
    const samples = new Map(
      known.map((app) => [app.appId, this.#sampleOf(app, usage.get(app.appId))] as const),
    )
    this.#forgetOthers(samples)
    const atMs = Math.round(now())
    this.#keep(atMs, samples)
    metrics.look(samples.values(), usage.values())
    this.#parts.onSamples(atMs, samples)
  }

  #sampleOf({ appId, attestedShare, diskLimitBytes }: MonitoredApp, used?: AppUsage): Sample {
    const perSecond = (count: number) =>
      used === undefined || used.seconds <= 0 ? undefined : count / used.seconds
    const [cpu, received, sent] = [
      perSecond((used?.cpuMicros ?? 0) / 1_000),
      perSecond(used?.receivedBytes ?? 0),
      perSecond(used?.sentBytes ?? 0),
    ]
    const responseMs = take(this.#responses, appId)
    const escrowSeconds = take(this.#escrows, appId)
    const { memoryBytes, memoryLimitBytes, diskBytes } = used ?? {}
    return {
      ...(cpu === undefined ? {} : { cpuMilli: cpu }),
      ...(received === undefined ? {} : { receivedBytesPerSecond: received }),
      ...(sent === undefined ? {} : { sentBytesPerSecond: sent }),
      ...(memoryBytes === undefined ? {} : { memoryBytes }),
      ...(memoryLimitBytes === undefined ? {} : { memoryLimitBytes }),
      ...(diskBytes === undefined ? {} : { diskBytes }),
      ...(diskLimitBytes === undefined ? {} : { diskLimitBytes }),
      ...(responseMs === undefined ? {} : { responseMs }),
      ...(attestedShare === undefined ? {} : { attestedShare }),
      ...(escrowSeconds === undefined ? {} : { escrowSeconds }),
      restarts: this.#restarts.get(appId) ?? 0,
    }
  }

  /** Containers that were started anew since the last look. */
  #restartsOf({ appId, starts }: MonitoredApp): number {
    const before = this.#starts.get(appId)
    this.#starts.set(appId, starts)
    const kept = this.#restarts.get(appId)
    const count = kept ?? this.#keptRestarts(appId)
    let more = 0
    for (const [name, atMs] of starts) {
      const was = before?.get(name)
      if (was !== undefined && was !== atMs) more++
    }
    this.#restarts.set(appId, count + more)
    return more
  }

  #keptRestarts(appId: bigint): number {
    try {
      return Math.round(this.#parts.history.latest(appId)?.values.restarts?.mean ?? 0)
    } catch {
      return 0
    }
  }

  async #probe(known: readonly MonitoredApp[]): Promise<void> {
    const { probeMs, sampleMs, monotonicMs, responseMs, metrics } = this.#parts
    if (probeMs === 0) return
    const nowMs = monotonicMs()
    const probedAtMs = (app: MonitoredApp) => this.#probedAtMs.get(app.appId) ?? -Infinity
    const due = known
      .filter((app) => (app.attestedShare ?? 0) > 0 && nowMs - probedAtMs(app) >= probeMs)
      .sort((a, b) => probedAtMs(a) - probedAtMs(b) || Number(a.appId - b.appId))
      .slice(0, Math.ceil((sampleMs / 1_000) * MAX_PROBES_PER_SECOND))
    for (const { appId } of due) this.#probedAtMs.set(appId, nowMs)
    for (let from = 0; from < due.length; from += MAX_PROBES)
      await Promise.all(
        due.slice(from, from + MAX_PROBES).map(async ({ appId }) => {
          const ms = await responseMs(appId).catch(() => undefined)
          metrics.probed(ms)
          if (ms !== undefined) this.#responses.set(appId, ms)
        }),
      )
  }

  #keep(atMs: number, samples: ReadonlyMap<bigint, Sample>): void {
    const { history, board, log } = this.#parts
    try {
      history.record(atMs, samples)
      if (this.#looks % FORGET_EVERY === 1) history.forgetOld(atMs)
      board.set('worker', 'history', [])
    } catch (error) {
      log.debug({ error: messageOf(error) }, 'history not written')
      board.set('worker', 'history', [
        {
          code: 'history.not-written',
          severity: 'warning',
          text: `the history of applications cannot be written: ${messageOf(error)}`,
          remedy: 'free space in the state folder; everything else goes on',
        },
      ])
    }
  }

  #forgetOthers(samples: ReadonlyMap<bigint, unknown>): void {
    for (const map of [
      this.#starts,
      this.#restarts,
      this.#responses,
      this.#escrows,
      this.#probedAtMs,
    ])
      for (const appId of map.keys()) if (!samples.has(appId)) map.delete(appId)
  }
}

function take(map: Map<bigint, number>, appId: bigint): number | undefined {
  const value = map.get(appId)
  map.delete(appId)
  return value
}
