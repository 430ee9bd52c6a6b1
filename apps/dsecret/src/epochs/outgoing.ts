// Transactions on their way, sent beside the loop that asks for them: each once, again after a failure. I/O through `submit`.
import { codeOf, messageOf, type Log } from '@wetee/daemon'
import type { EpochCall, Submit } from './transactions.ts'

/** Sent ones that are remembered; the oldest goes first. */
const MAX_REMEMBERED = 1_024
const RETRY_MS = 2_000
/** What somebody else has done meanwhile, or what came too late: no fault of this node. */
const OVERTAKEN = new Set(
  [
    'EpochNotConfirmed',
    'EpochNotPending',
    'EpochPending',
    'EpochUnknown',
    'MemberNotLive',
    'MessageRepeated',
    'PhaseWrong',
    'RefreshTooEarly',
    'SessionExists',
  ].map((name) => `contract.${name}`),
)

type Sending = { state: 'open' | 'done' | 'failed'; attempts: number; atMs: number }

/** Sends for one node. */
export class Outgoing {
  readonly #submit: Submit
  readonly #monotonicMs: () => number
  readonly #log: Log
  readonly #sendings = new Map<string, Sending>()

  constructor(submit: Submit, { monotonicMs, log }: { monotonicMs: () => number; log: Log }) {
    this.#submit = submit
    this.#monotonicMs = monotonicMs
    this.#log = log
  }

  /** Whether a call of that name should be made now: none is on its way or done, and a failed one has rested. */
  isFree(name: string): boolean {
    const known = this.#sendings.get(name)
    if (known === undefined) return true
    return known.state === 'failed' && this.#monotonicMs() - known.atMs >= RETRY_MS
  }

  /** Starts a call unless it is not free; returns at once. `afterwards` is done once the call is mined. */
  send(name: string, call: EpochCall, afterwards?: () => void): void {
    if (!this.isFree(name)) return
    const attempts = (this.#sendings.get(name)?.attempts ?? 0) + 1
    const sending: Sending = { state: 'open', attempts, atMs: this.#monotonicMs() }
    this.#sendings.delete(name)
    this.#sendings.set(name, sending)
    for (const [other, { state }] of this.#sendings) {
      if (this.#sendings.size <= MAX_REMEMBERED) break
      if (state !== 'open') this.#sendings.delete(other)
    }
    void this.#run(name, call, sending).then((isMined) => {
      if (isMined) afterwards?.()
    })
  }

  async #run(name: string, call: EpochCall, sending: Sending): Promise<boolean> {
    try {
      await this.#submit(call, `${name}/${sending.attempts}`)
      sending.state = 'done'
      this.#log.info({ call: call.call, name }, 'transaction sent')
      return true
    } catch (error) {
      sending.state = 'failed'
      sending.atMs = this.#monotonicMs()
      const code = codeOf(error)
      const level = OVERTAKEN.has(code) || code === 'aborted' ? 'debug' : 'warn'
      this.#log[level]({ code, call: call.call, name, error: messageOf(error) }, 'not sent')
      return false
    }
  }
}
