// How often something may be done. Pure but for its memory.

/** Lets `burst` calls through at once and `perSecond` for ever. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #burst: number
  readonly #monotonicMs: () => number
  #left: number
  #atMs: number

  constructor(perSecond: number, burst: number, monotonicMs: () => number) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#monotonicMs = monotonicMs
    this.#left = burst
    this.#atMs = monotonicMs()
  }

  /** Whether one more is let through now. */
  take(): boolean {
    const nowMs = this.#monotonicMs()
    this.#left = Math.min(
      this.#burst,
      this.#left + ((nowMs - this.#atMs) / 1_000) * this.#perSecond,
    )
    this.#atMs = nowMs
    if (this.#left < 1) return false
    this.#left--
    return true
  }
}
