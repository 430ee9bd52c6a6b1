// For tests: time that passes only when it is told to. Pure.
import type { Clock } from '@wetee/daemon'

type Timer = { readonly atMs: number; readonly fire: () => void }

/** A clock whose timers fire in the order of their times, those of one instant in the order they were set. */
export class VirtualClock implements Clock {
  #nowMs: number
  #timers: Timer[] = []

  constructor(startMs: number) {
    this.#nowMs = startMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  setTimer(ms: number, fire: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, fire }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Lets time pass; `settle` is awaited after every timer, so that nothing happens at two times at once. */
  async advance(ms: number, settle: () => Promise<void>): Promise<void> {
    const endMs = this.#nowMs + ms
    for (;;) {
      const next = this.#timers.reduce<Timer | undefined>(
        (first, timer) => (first === undefined || timer.atMs < first.atMs ? timer : first),
        undefined,
      )
      if (next === undefined || next.atMs > endMs) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#nowMs = next.atMs
      next.fire()
      await settle()
    }
    this.#nowMs = endMs
  }
}
