// Where an instance stands: measuring, verified, attested, lapsed, failed; and the gate for its traffic. Sets timers.
import type { ChainClock } from './evidence/chain-clock.ts'
import type { Gate } from './ingress/tls-listener.ts'

/** What `GET /v1/state` answers. */
export type StateAnswer = {
  readonly state: 'measuring' | 'verified' | 'attested' | 'lapsed' | 'failed'
  readonly code?: string
  readonly instanceKey?: string
  /** Seconds of chain time as a decimal string. */
  readonly leaseNotAfter?: string
}

const MAX_TIMER_MS = 60_000

/**
 * measuring: images are being hashed, or secrets are waited for (then with a code). verified: keys made, secrets written, no lease so far. attested: the threshold of
 * nodes has appraised this instance and that has not run out. lapsed: it has run out. failed: for good, see `code`.
 */
export class InstanceState implements Gate {
  readonly #clock: ChainClock
  readonly #listeners: (() => void)[] = []
  readonly #watchers: ((answer: StateAnswer) => void)[] = []
  #state: StateAnswer['state'] = 'measuring'
  #code: string | undefined
  #instanceKey: string | undefined
  #notAfter: bigint | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(clock: ChainClock) {
    this.#clock = clock
  }

  /** Something is still missing before services can start; says what. */
  waiting(code: string): void {
    if (this.#state !== 'measuring' || this.#code === code) return
    this.#code = code
    this.#tell()
  }

  /** Keys are made, and everything that services need before they start is there. */
  verified(instanceKey: string): void {
    if (this.#state === 'failed') return
    this.#state = 'verified'
    this.#code = undefined
    this.#instanceKey = instanceKey
    this.#tell()
  }

  /** Appraised by the threshold until `notAfter` (chain time, seconds). */
  attested(notAfter: bigint): void {
    if (this.#state === 'failed') return
    this.#state = 'attested'
    this.#notAfter = notAfter
    this.#tell()
    this.#check()
  }

  /** For good: the gate stays closed. */
  fail(code: string): void {
    const open = this.refusal() === undefined
    this.#state = 'failed'
    this.#code = code
    clearTimeout(this.#timer)
    this.#tell()
    if (open) this.#close()
  }

  refusal(): 'lease.pending' | 'lease.lapsed' | undefined {
    if (this.#state === 'measuring' || this.#state === 'verified') return 'lease.pending'
    return this.#state === 'attested' && this.#secondsLeft() > 0 ? undefined : 'lease.lapsed'
  }

  onClosed(listener: () => void): void {
    this.#listeners.push(listener)
  }

  /** Hears of every step. */
  onChange(watcher: (answer: StateAnswer) => void): void {
    this.#watchers.push(watcher)
  }

  answer(): StateAnswer {
    const lapsed = this.#state === 'attested' && this.#secondsLeft() <= 0
    return {
      state: lapsed ? 'lapsed' : this.#state,
      ...(this.#code === undefined ? {} : { code: this.#code }),
      ...(this.#instanceKey === undefined ? {} : { instanceKey: this.#instanceKey }),
      ...(this.#notAfter === undefined ? {} : { leaseNotAfter: String(this.#notAfter) }),
    }
  }

  /** Releases the timer. */
  stop(): void {
    clearTimeout(this.#timer)
  }

  #secondsLeft(): number {
    return Number(this.#notAfter ?? 0n) - this.#clock.nowSeconds()
  }

  /** Looks again when the lease could have run out; a new head may have moved the clock meanwhile. */
  #check(): void {
    clearTimeout(this.#timer)
    if (this.#state !== 'attested') return
    const leftMs = this.#secondsLeft() * 1000
    if (leftMs <= 0) {
      this.#state = 'lapsed'
      this.#tell()
      this.#close()
      return
    }
    this.#timer = setTimeout(() => this.#check(), Math.min(Math.ceil(leftMs), MAX_TIMER_MS))
    this.#timer.unref()
  }

  #tell(): void {
    const answer = this.answer()
    for (const watcher of this.#watchers) watcher(answer)
  }

  #close(): void {
    for (const listener of this.#listeners) listener()
  }
}
