// Chain time inside the TEE: the newest head seen plus the monotonic clock since. Pure.

/** Never goes back; the host's wall clock has no part in it. */
export class ChainClock {
  readonly #monotonicMs: () => number
  #anchor: { readonly seconds: number; readonly atMs: number } | undefined

  /** `monotonicMs`: a clock that only goes forward, milliseconds. */
  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  /** Takes the time of a finalized head, seconds; a head older than the clock changes nothing. */
  observe(headSeconds: bigint): void {
    const seconds = Number(headSeconds)
    if (this.#anchor === undefined || seconds > this.nowSeconds())
      this.#anchor = { seconds, atMs: this.#monotonicMs() }
  }

  /** Chain time now, seconds with fraction; 0 before the first head. */
  nowSeconds(): number {
    if (this.#anchor === undefined) return 0
    return this.#anchor.seconds + (this.#monotonicMs() - this.#anchor.atMs) / 1000
  }
}
