// What the chain says of this instance's application now, told alike by a quorum of the network's members. No I/O of its own.
import { SecretError } from '../secrets/secret-error.ts'

/** `Cloud.app` of this application at a finalized block. */
export type AppFacts = {
  readonly appId: bigint
  /** Lower case; an account or a contract. */
  readonly owner: `0x${string}`
  readonly state: 'active' | 'paused' | 'ended'
  /** 0: none. */
  readonly currentVersion: number
  /** 0: none. */
  readonly pendingVersion: number
  /** S of the network's older key while that lives, 33 bytes; `0x`: there is none. */
  readonly olderKey: `0x${string}`
  readonly blockNumber: bigint
  /** Time of that block, seconds. */
  readonly blockTime: bigint
}

/** What facts are collected with. */
export type FactsSourceParts = {
  /** Asks the members; rejects where there is no quorum. */
  readonly collect: () => Promise<AppFacts>
  /** Chain time, seconds. */
  readonly nowSeconds: () => number
  /** Facts are asked for again after so many seconds, default 10. */
  readonly keepSeconds?: number
}

const KEEP_SECONDS = 10
/** Facts of an older block are refused, seconds of chain time. */
export const MAX_FACTS_AGE_SECONDS = 300

/** Facts of one application; callers at the same time share one question. */
export class FactsSource {
  readonly #parts: FactsSourceParts
  #kept: { readonly facts: AppFacts; readonly askedAt: number } | undefined
  #asking: Promise<AppFacts> | undefined

  constructor(parts: FactsSourceParts) {
    this.#parts = parts
  }

  /**
   * The newest facts that at least the threshold of members told with one owner, of a block at most 5 minutes old by chain time.
   * Throws SecretError `facts.no-quorum`, `facts.stale`; the signal's reason.
   */
  async latest(signal?: AbortSignal): Promise<AppFacts> {
    signal?.throwIfAborted()
    const { nowSeconds, keepSeconds = KEEP_SECONDS } = this.#parts
    const kept = this.#kept
    if (kept !== undefined && nowSeconds() - kept.askedAt < keepSeconds)
      return fresh(kept.facts, nowSeconds())
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined))
    return fresh(await withSignal(this.#asking, signal), nowSeconds())
  }

  async #ask(): Promise<AppFacts> {
    const { collect, nowSeconds } = this.#parts
    const askedAt = nowSeconds()
    const facts = await collect()
    // Nobody is led back to an owner of before: an older block than one that was seen changes nothing.
    if (this.#kept === undefined || facts.blockNumber >= this.#kept.facts.blockNumber)
      this.#kept = { facts, askedAt }
    return this.#kept.facts
  }
}

function fresh(facts: AppFacts, nowSeconds: number): AppFacts {
  const age = nowSeconds - Number(facts.blockTime)
  if (age <= MAX_FACTS_AGE_SECONDS) return facts
  throw new SecretError(
    'facts.stale',
    `the newest facts are ${Math.round(age)} s old, at most ${MAX_FACTS_AGE_SECONDS} s`,
  )
}

function withSignal<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error)
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
