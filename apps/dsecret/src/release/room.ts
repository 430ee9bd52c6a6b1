// How many releases may be under way: as many as are done within a time, not a number alone. Reads how busy this thread was.
import { performance } from 'node:perf_hooks'
import { unable } from '../node-error.ts'

/** Bounds of a room. */
export type RoomLimits = {
  /** At the same time, however fast they are; default 128. */
  readonly maxRunning?: number | undefined
  /** How much work may be before one that comes in, milliseconds; default 100. */
  readonly budgetMs?: number | undefined
  /** A clock that goes while this thread works and stands while it waits, milliseconds; default: the event loop's own. */
  readonly workedMs?: (() => number) | undefined
}

const MAX_RUNNING = 128
const BUDGET_MS = 100
/** Weight of a new measurement. */
const WEIGHT = 1 / 8
const loopMs = () => performance.eventLoopUtilization().active

/**
 * Counts those inside, and measures how much work there is between two that come out: that times those inside is before one more.
 * Waiting, for a block or a peer, is no work. At first nothing is known, and `maxRunning` counts alone.
 */
export class Room {
  readonly #maxRunning: number
  readonly #budgetMs: number
  readonly #workedMs: () => number
  #running = 0
  #eachMs = 0
  /** When the last one came out, or the first one in. */
  #sinceMs = 0

  constructor({ maxRunning, budgetMs, workedMs }: RoomLimits = {}) {
    this.#maxRunning = maxRunning ?? MAX_RUNNING
    this.#budgetMs = budgetMs ?? BUDGET_MS
    this.#workedMs = workedMs ?? loopMs
  }

  /** Throws NodeError `release.busy` (retryable) where there is no room, or too much work before one more. */
  require(): void {
    if (this.#running >= this.#maxRunning || this.#running * this.#eachMs > this.#budgetMs)
      throw unable('release.busy', 'too many releases at once: ask again in a second')
  }

  /** Runs `work` inside. Throws as `require`, and what `work` throws. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    this.require()
    if (this.#running === 0) this.#sinceMs = this.#workedMs()
    this.#running++
    try {
      return await work()
    } finally {
      this.#running--
      const nowMs = this.#workedMs()
      this.#eachMs += (nowMs - this.#sinceMs - this.#eachMs) * WEIGHT
      this.#sinceMs = nowMs
    }
  }
}
