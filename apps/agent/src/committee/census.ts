// Has the members name their keys, by a release of something that nobody needs. Network I/O by the source.
import { errorFields, type Log } from '../log.ts'
import type { SecretSource } from '../secrets/secret-source.ts'
import type { Quorum } from './committee-book.ts'

/** What a census works with. */
export type CensusParts = {
  readonly source: Pick<SecretSource, 'request'>
  readonly book: Pick<Quorum, 'current'>
  readonly log: Log
  readonly signal: AbortSignal
  /** A clock that only goes forward, milliseconds. */
  readonly monotonicMs: () => number
  /** For jitter, from 0 to 1. */
  readonly random: () => number
  /** Resolves after so many milliseconds; may reject once the signal is raised. */
  readonly sleep: (ms: number) => Promise<unknown>
}

/** The derived key of this path is thrown away: each node says with it who it is. */
export const CENSUS_PATH = 'wetee/committee'
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 15_000
/** Rounds that somebody asks for are not closer together than this, milliseconds. */
const GAP_MS = 10_000

/** Fills the book where releases do not. */
export class Census {
  readonly #parts: CensusParts
  #asking: Promise<void> | undefined
  #askedMs = Number.NEGATIVE_INFINITY

  constructor(parts: CensusParts) {
    this.#parts = parts
  }

  /** Resolves once the book knows a quorum, or when the signal is raised. Asks again after 1 to 15 s. */
  async learn(): Promise<void> {
    const { book, log, signal, random, sleep } = this.#parts
    for (let failures = 1; book.current() === undefined && !signal.aborted; failures++) {
      try {
        await this.#ask()
      } catch (error) {
        if (signal.aborted) return
        log.warn({ ...errorFields(error), failures }, 'members have not named their keys yet')
        const waitMs = Math.min(FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10), LONGEST_RETRY_MS)
        await sleep(waitMs * (0.8 + 0.2 * random())).catch(() => undefined)
      }
    }
  }

  /** One round, shared by all who wait for it; none within 10 s of the last one. Throws as SecretSource.request does. */
  async refresh(): Promise<void> {
    if (this.#asking === undefined && this.#parts.monotonicMs() - this.#askedMs < GAP_MS) return
    await this.#ask()
  }

  #ask(): Promise<void> {
    this.#asking ??= this.#round().finally(() => (this.#asking = undefined))
    return this.#asking
  }

  async #round(): Promise<void> {
    this.#askedMs = this.#parts.monotonicMs()
    const { keys } = await this.#parts.source.request({ secrets: [], keys: [CENSUS_PATH] })
    for (const key of keys) key.fill(0)
  }
}
