// Which calls a quorum has stated to be open. Questions of the same moment are asked together. I/O through its part.
import type { BridgeCall } from '@wetee/chain'
import { refusal } from '@wetee/tee-device'
import type { Log } from '../log.ts'
import { errorFields } from '../log.ts'
import { MAX_ASKED, type StatedCall } from './collect-calls.ts'

/** What statements are collected with. */
export type CallStatementsParts = {
  /** Asks the members once; see collectCalls. */
  readonly collect: (
    calls: readonly BridgeCall[],
    onStated: (call: StatedCall) => void,
  ) => Promise<void>
  /** Resolves after so many milliseconds; may reject once the instance ends. */
  readonly sleep: (ms: number) => Promise<unknown>
  readonly log: Log
}

/** From a question to the next one of the same calls: a block may be final at one node before it is at another, milliseconds. */
const PAUSE_MS = 400
const MAX_TRIES = 8
/** Questions of the same moment wait so long for each other, milliseconds. */
const GATHER_MS = 20
const MAX_ROUNDS = 4
const MAX_WAITING = 256

type Waiting = {
  readonly asked: BridgeCall
  tries: number
  settle: (call: StatedCall | undefined) => void
}

/** Waits for statements, with bounds. */
export class CallStatements {
  readonly #parts: CallStatementsParts
  readonly #waiting = new Map<bigint, Waiting>()
  #next: BridgeCall[] = []
  #rounds = 0
  #gathering = false

  constructor(parts: CallStatementsParts) {
    this.#parts = parts
  }

  /** Resolves once a quorum states this call, exactly as it is brought. Throws TeeError `call.busy` (429), `call.not-stated` (409). One at a time for a call. */
  async stated(asked: BridgeCall): Promise<StatedCall> {
    const { callId } = asked
    if (this.#waiting.size >= MAX_WAITING || this.#waiting.has(callId))
      throw refusal(429, 'call.busy', 'too many calls are waiting: ask again')
    const call = await new Promise<StatedCall | undefined>((resolve) => {
      this.#waiting.set(callId, { asked, tries: 0, settle: resolve })
      this.#next.push(asked)
      void this.#gather()
    })
    if (call !== undefined) return call
    throw refusal(409, 'call.not-stated', 'no quorum says that this call is open')
  }

  async #gather(): Promise<void> {
    if (this.#gathering || this.#rounds >= MAX_ROUNDS) return
    this.#gathering = true
    await this.#parts.sleep(GATHER_MS).catch(() => undefined)
    this.#gathering = false
    const calls = this.#next.splice(0, MAX_ASKED)
    if (calls.length === 0) return
    this.#rounds++
    if (this.#next.length > 0) void this.#gather()
    try {
      await this.#parts.collect(calls, (call) => this.#settle(call.callId, call))
    } catch (error) {
      this.#parts.log.warn(errorFields(error), 'open calls are not stated')
    }
    void this.#again(calls.filter(({ callId }) => this.#waiting.has(callId)))
    this.#rounds--
    if (this.#next.length > 0) void this.#gather()
  }

  /** Those that were not stated are asked for again, a few times. */
  async #again(calls: readonly BridgeCall[]): Promise<void> {
    if (calls.length === 0) return
    const stopped = await this.#parts.sleep(PAUSE_MS).then(
      () => false,
      () => true,
    )
    for (const { callId } of calls) {
      const waiting = this.#waiting.get(callId)
      if (waiting === undefined) continue
      if (stopped || ++waiting.tries >= MAX_TRIES) this.#settle(callId, undefined)
      else this.#next.push(waiting.asked)
    }
    void this.#gather()
  }

  #settle(callId: bigint, call: StatedCall | undefined): void {
    this.#waiting.get(callId)?.settle(call)
    this.#waiting.delete(callId)
  }
}
