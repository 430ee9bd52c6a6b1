// Tells alerts to an address of the operator's, in their order, again until it takes them; never in the way of the node. Network I/O.
import { codeOf, type Condition, type Log } from '@wetee/daemon'
import type { Clock } from '../appraise/freshness.ts'
import type { Alert, AlertLog } from '../store/alert-log.ts'

/** POSTs JSON text; resolves with the status. Throws when there is no answer within the time. */
export type Post = (url: string, body: string, signal: AbortSignal) => Promise<number>

/** What a webhook works with. */
export type WebhookParts = {
  readonly url: string
  readonly nodeId: bigint
  readonly alerts: Pick<AlertLog, 'read' | 'last' | 'delivered' | 'saveDelivered'>
  /** Default over HTTPS. */
  readonly post?: Post
  readonly timeoutMs?: number
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
}

const TIMEOUT_MS = 5_000
const POLL_MS = 1_000
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 300_000
/** Tries of one alert; then the next one has its turn. */
const MAX_ATTEMPTS = 12
const BATCH = 16

/**
 * Delivers for one node. The queue is the ring of alerts itself: what it has dropped before it was taken is not told. At least once:
 * a crash between the answer and the note of it tells one again, by the same number.
 */
export class Webhook {
  readonly #parts: WebhookParts
  #failures = 0

  constructor(parts: WebhookParts) {
    this.#parts = parts
  }

  /** Whether the address does not take alerts. */
  get condition(): Condition | undefined {
    if (this.#failures < 2) return undefined
    return {
      code: 'webhook.failing',
      severity: 'warning',
      text: `the webhook for alerts did not take the last one (${this.#failures} tries)`,
      remedy: 'check alerts.webhook; `GET /v1/alerts` has them meanwhile',
    }
  }

  /** Runs until the signal; what happened before the first run is not told. */
  async run(): Promise<void> {
    const { signal, clock, alerts, log } = this.#parts
    while (!signal.aborted) {
      let waitMs = POLL_MS
      try {
        if (alerts.delivered() === undefined) alerts.saveDelivered(alerts.last())
        waitMs = await this.round()
      } catch (error) {
        log.warn({ code: codeOf(error) }, 'alerts are not told now')
      }
      await clock.sleep(waitMs, signal).catch(() => undefined)
    }
  }

  /** Tells what is new until one is not taken. Returns for how long to wait, milliseconds. Throws what the log throws. */
  async round(): Promise<number> {
    const { alerts, log, signal } = this.#parts
    const next = (alerts.delivered() ?? 0) + 1
    for (const alert of alerts.read(next, BATCH)) {
      const { number } = alert
      const problem = await this.#problem(alert)
      if (signal.aborted) return 0
      if (problem === undefined) {
        this.#failures = 0
        alerts.saveDelivered(number)
        continue
      }
      this.#failures++
      log.warn({ number, problem, failures: this.#failures }, 'webhook did not take an alert')
      if (this.#failures >= MAX_ATTEMPTS) {
        alerts.saveDelivered(number)
        this.#failures = 1
      }
      return Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), LONGEST_RETRY_MS)
    }
    return POLL_MS
  }

  /** Why it was not taken; no word of the address or the answer, which may hold a secret. */
  async #problem(alert: Alert): Promise<string | undefined> {
    const { url, nodeId, signal, post = postJson } = this.#parts
    const timeout = AbortSignal.timeout(this.#parts.timeoutMs ?? TIMEOUT_MS)
    try {
      const body = JSON.stringify({ nodeId: String(nodeId), alert })
      const status = await post(url, body, AbortSignal.any([signal, timeout]))
      return status >= 200 && status < 300 ? undefined : `status ${status}`
    } catch {
      return timeout.aborted ? 'timeout' : 'no answer'
    }
  }
}

/** Follows nothing and reads nothing of the answer but its status. */
const postJson: Post = async (url, body, signal) => {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    ...{ body, signal, redirect: 'manual' },
  })
  await answer.body?.cancel().catch(() => undefined)
  return answer.status
}
