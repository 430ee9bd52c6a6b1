// One open transaction in memory: its entry, when it was last handed over, and who waits for its receipt. Pure.
import type { TransactionReceipt } from 'viem'
import type { ChainError } from '../chain-error.ts'
import type { OutboxAttempt, OutboxEntry } from '../ports/outbox-store.ts'

/** An open entry; fields that change are changed by the queue alone. */
export class Pending {
  entry: OutboxEntry
  /** On the queue's monotonic clock, milliseconds: when the newest attempt was made and last sent. */
  attemptedAtMs: number
  sentAtMs = Number.NEGATIVE_INFINITY
  /** Why the newest attempt is not in the pool, as far as known; `refused` means the RPC will never take it. */
  refused = false
  lastError: ChainError | undefined
  /** Rounds in a row in which the nonce was finally used but no attempt had a receipt. */
  missingRounds = 0
  /** Resolves once mined; rejects when it was mined and failed, or never can be. */
  readonly mined: Promise<TransactionReceipt>
  resolve!: (receipt: TransactionReceipt) => void
  reject!: (error: unknown) => void

  constructor(entry: OutboxEntry, nowMs: number) {
    this.entry = entry
    this.attemptedAtMs = nowMs
    this.mined = new Promise((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    // Nobody need be waiting: an entry of an earlier run has no caller.
    this.mined.catch(() => undefined)
  }

  /** The attempt that is to be mined. */
  get newest(): OutboxAttempt {
    const newest = this.entry.attempts.at(-1)
    if (newest === undefined) throw new Error(`outbox: "${this.entry.key}" has no attempt`)
    return newest
  }
}
