// Brings messages to one destination, in order, again and again until it takes them or they are too old. Waits by its timer.
import type { Log } from '../../log.ts'
import type { Notice } from './alert-book.ts'
import { AlertError } from './alert-error.ts'
import type { Send } from './destinations.ts'
import { idOf, type Message } from './message.ts'

/** What a delivery works with. */
export type DeliveryParts = {
  /** Of the destination, for the log. */
  readonly name: string
  readonly send: Send
  /** Address of this worker. */
  readonly worker: string
  readonly now: () => number
  /** Resolves after so many milliseconds, or when the signal ends it. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
  /** In [0, 1). */
  readonly random: () => number
  readonly log: Log
  readonly signal: AbortSignal
}

/** Messages that wait; the oldest gives way. */
const MAX_WAITING = 500
const MAX_AGE_MS = 86_400_000
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 300_000
/** A destination may ask for more patience, up to this. */
const MOST_PATIENCE_MS = 3_600_000

/** One destination. */
export class Delivery {
  /** Messages that were given up. */
  lost = 0
  /** Why the last try failed; `undefined` when it did not. */
  failure: string | undefined
  readonly #parts: DeliveryParts
  readonly #waiting: Message[] = []
  #running: Promise<void> | undefined

  constructor(parts: DeliveryParts) {
    this.#parts = parts
  }

  /** Takes a notice; what waits of the same alert is out of date, and gives way to it. */
  take(notice: Notice): void {
    // The first may be on its way.
    const from = this.#running === undefined ? 0 : 1
    const same = this.#waiting.findIndex(
      ({ notice: { scope, name } }, index) =>
        index >= from && scope === notice.scope && name === notice.name,
    )
    if (same >= 0) this.#waiting.splice(same, 1)
    if (this.#waiting.length >= MAX_WAITING) {
      this.#waiting.splice(from, 1)
      this.lost++
    }
    this.#waiting.push({ id: idOf(notice), notice, worker: this.#parts.worker })
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
  }

  /** When nothing waits any more. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }

  async #run(): Promise<void> {
    const { name, now, wait, random, log, signal } = this.#parts
    let pauseMs = FIRST_PAUSE_MS
    for (;;) {
      const [message] = this.#waiting
      if (message === undefined || signal.aborted) return
      const refusal = await this.#try(message)
      if (refusal === undefined) {
        pauseMs = FIRST_PAUSE_MS
        this.#waiting.shift()
        continue
      }
      const { retryable, retryAfterMs } = refusal
      if (!retryable || now() - message.notice.atMs > MAX_AGE_MS) {
        this.lost++
        this.#waiting.shift()
        const fields = { destination: name, alert: message.notice.name, error: refusal.message }
        log.error(fields, 'an alert was not delivered')
        continue
      }
      const asked = Math.min(retryAfterMs ?? 0, MOST_PATIENCE_MS)
      // Spread, so that many workers do not come back at once.
      await wait(Math.max(asked, pauseMs * (0.5 + random() / 2)), signal)
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
    }
  }

  async #try(message: Message): Promise<AlertError | undefined> {
    const { send, signal } = this.#parts
    try {
      await send(message, signal)
      this.failure = undefined
      return undefined
    } catch (error) {
      const refusal =
        error instanceof AlertError ? error : new AlertError('it failed', { retryable: true })
      this.failure = refusal.message
      return refusal
    }
  }
}
