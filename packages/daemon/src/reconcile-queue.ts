// Keys that want to be looked at, each by one worker at a time. Timers only; what is done with a key is not known here.
import type { Counter, Gauge, Histogram } from 'prom-client'
import { codeOf, messageOf } from './daemon-error.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'

/** What a look at a key came to. */
export type Reconciled = {
  /** Look again after this many milliseconds even if nothing happens, at most a day; left out: not before `add`. */
  readonly requeueAfterMs?: number
}

/** Time as the queue sees it; given by tests. */
export type Clock = {
  /** Monotonic, milliseconds. */
  nowMs(): number
  /** Calls once after `ms`; the answer cancels. */
  setTimer(ms: number, fire: () => void): () => void
}

/** How a queue works. */
export type QueueOptions<K> = {
  /** In logs and as label of metrics: from a small closed set. */
  readonly name: string
  readonly log: Log
  /**
   * Looks at the world of `key` and changes it; never runs twice at once for a key. An error with `retryable: false` waits
   * for the next `add`, every other is tried again with growing pauses.
   */
  readonly reconcile: (key: K, context: { readonly signal: AbortSignal }) => Promise<Reconciled>
  /** Keys looked at at once; default 8. */
  readonly concurrency?: number
  /** Keys held in all states together; default 10,000. */
  readonly maxKeys?: number
  /** First and longest pause after errors, milliseconds; default 500 and 60,000. Doubles in between. */
  readonly firstRetryMs?: number
  readonly longestRetryMs?: number
  /** From 0 to below 1: each pause is between half and all of its length. Default Math.random. */
  readonly random?: () => number
  readonly clock?: Clock
  readonly metrics?: Metrics
}

const CONCURRENCY = 8
const MAX_KEYS = 10_000
const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 60_000
const MAX_REQUEUE_MS = 86_400_000
const DURATION_BUCKETS_S = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300]

const systemClock: Clock = {
  nowMs: () => performance.now(),
  setTimer: (ms, fire) => {
    const timer = setTimeout(fire, ms)
    return () => clearTimeout(timer)
  },
}

/**
 * A deduplicating queue. Each key is in one state: ready, running, or due later; a key that is added while it runs is ready
 * again afterwards. Holding keys instead of events, it may drop what does not fit: whoever adds from time to time
 * everything there is loses nothing.
 */
export class ReconcileQueue<K extends string | number | bigint> {
  readonly #options: QueueOptions<K>
  readonly #clock: Clock
  readonly #meters: Meters | undefined
  /** In order of arrival. */
  readonly #ready = new Set<K>()
  /** The same, of keys that wait for those. */
  readonly #swept = new Set<K>()
  readonly #dueMs = new Map<K, number>()
  readonly #running = new Set<K>()
  readonly #again = new Set<K>()
  readonly #failures = new Map<K, number>()
  #timer: { readonly dueMs: number; readonly cancel: () => void } | undefined
  #signal: AbortSignal | undefined
  #onIdle: (() => void) | undefined
  #isFull = false

  constructor(options: QueueOptions<K>) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#meters = options.metrics && openMeters(options.metrics)
  }

  /** Keys held: ready, running and due later. */
  get size(): number {
    return this.#ready.size + this.#swept.size + this.#running.size + this.#dueMs.size
  }

  /** Asks for a look at `key`, now, also when it waits for a later time. False: the queue is full and does not know the key. */
  add(key: K): boolean {
    return this.#take(key, this.#ready)
  }

  /** As `add`, for a key of which nothing new is known: after all that were added, so that a round of all delays none of them. */
  sweep(key: K): boolean {
    return this.#ready.has(key) || this.#take(key, this.#swept)
  }

  #take(key: K, into: Set<K>): boolean {
    if (this.#running.has(key)) {
      this.#again.add(key)
      return true
    }
    if (into.has(key)) return true
    if (this.#swept.delete(key)) into.add(key)
    else if (!this.#dueMs.delete(key) && this.size >= (this.#options.maxKeys ?? MAX_KEYS)) {
      const { log, name } = this.#options
      if (!this.#isFull) log.error({ queue: name, keys: this.size }, 'queue is full, keys dropped')
      this.#isFull = true
      return false
    }
    into.add(key)
    this.#start()
    return true
  }

  /** Works until the signal, then waits for what is running. To be called once. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#signal !== undefined) throw new TypeError(`${this.#options.name}: runs already`)
    this.#signal = signal
    const stopped = new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
    this.#start()
    await stopped
    this.#timer?.cancel()
    if (this.#running.size > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve))
  }

  #start(): void {
    const signal = this.#signal
    if (signal !== undefined && !signal.aborted) {
      for (const keys of [this.#ready, this.#swept])
        for (const key of keys) {
          if (this.#running.size >= (this.#options.concurrency ?? CONCURRENCY)) break
          keys.delete(key)
          this.#running.add(key)
          void this.#look(key, signal)
        }
    }
    this.#meters?.keys.set({ queue: this.#options.name }, this.size)
  }

  async #look(key: K, signal: AbortSignal): Promise<void> {
    const { reconcile } = this.#options
    const startedMs = this.#clock.nowMs()
    let outcome: Outcome = 'done'
    let waitMs: number | undefined
    try {
      const { requeueAfterMs } = await reconcile(key, { signal })
      this.#failures.delete(key)
      if (requeueAfterMs !== undefined) waitMs = Math.min(requeueAfterMs, MAX_REQUEUE_MS)
    } catch (error) {
      if (!signal.aborted) waitMs = this.#failed(key, error)
      outcome = waitMs === undefined ? 'refused' : 'failed'
    }
    const queue = this.#options.name
    this.#meters?.looks.inc({ queue, outcome })
    this.#meters?.durations.observe({ queue }, (this.#clock.nowMs() - startedMs) / 1_000)
    this.#running.delete(key)
    if (this.#again.delete(key)) this.#ready.add(key)
    else if (waitMs === undefined) this.#isFull = false
    else this.#later(key, this.#clock.nowMs() + Math.max(waitMs, 0))
    this.#start()
    if (this.#running.size === 0) this.#onIdle?.()
  }

  #later(key: K, dueMs: number): void {
    this.#dueMs.set(key, dueMs)
    this.#wakeBy(dueMs)
  }

  /** How long to wait after an error; `undefined` for one that trying again does not cure. */
  #failed(key: K, error: unknown): number | undefined {
    const { name, log, random = Math.random } = this.#options
    const { firstRetryMs = FIRST_RETRY_MS, longestRetryMs = LONGEST_RETRY_MS } = this.#options
    const fields = { queue: name, key: String(key), code: codeOf(error), error: messageOf(error) }
    if (error instanceof Error && 'retryable' in error && error.retryable === false) {
      this.#failures.delete(key)
      log.error(fields, 'reconcile refused')
      return undefined
    }
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    const pauseMs = Math.min(firstRetryMs * 2 ** Math.min(failures, 30), longestRetryMs)
    const retryAfterMs = Math.round(pauseMs * (0.5 + random() / 2))
    log.warn({ ...fields, failures: failures + 1, retryAfterMs }, 'reconcile failed')
    return retryAfterMs
  }

  /** One timer, for the earliest key; one that comes too early only looks. */
  #wakeBy(dueMs: number): void {
    if (this.#signal?.aborted || dueMs >= (this.#timer?.dueMs ?? Infinity)) return
    this.#timer?.cancel()
    const cancel = this.#clock.setTimer(Math.max(dueMs - this.#clock.nowMs(), 0), () => {
      this.#timer = undefined
      const nowMs = this.#clock.nowMs()
      let earliestMs = Infinity
      for (const [key, at] of this.#dueMs)
        if (at > nowMs) earliestMs = Math.min(earliestMs, at)
        else if (this.#dueMs.delete(key)) this.#ready.add(key)
      this.#wakeBy(earliestMs)
      this.#start()
    })
    this.#timer = { dueMs, cancel }
  }
}

type Outcome = 'done' | 'failed' | 'refused'
type Meters = {
  readonly keys: Gauge<'queue'>
  readonly looks: Counter<'queue' | 'outcome'>
  readonly durations: Histogram<'queue'>
}

function openMeters(metrics: Metrics): Meters {
  return {
    keys: metrics.gauge({
      name: 'queue_keys',
      help: 'Keys held: ready, running, due later.',
      labels: ['queue'],
    }),
    looks: metrics.counter({
      name: 'reconciles_total',
      help: 'Looks at a key, by how they ended.',
      labels: ['queue', 'outcome'],
    }),
    durations: metrics.histogram({
      name: 'reconcile_duration_seconds',
      help: 'How long one look took.',
      labels: ['queue'],
      buckets: DURATION_BUCKETS_S,
    }),
  }
}
