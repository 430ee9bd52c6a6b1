// For tests: a clock that stands still until it is told. No I/O.
import type { Clock } from '../reconcile-queue.ts'

/** Time moves by `advance` alone. */
export class TestClock implements Clock {
  #nowMs = 0
  readonly #timers = new Set<{ readonly atMs: number; readonly fire: () => void }>()

  nowMs(): number {
    return this.#nowMs
  }

  /** Timers that were set and have neither fired nor been cancelled. */
  get timers(): number {
    return this.#timers.size
  }

  setTimer(ms: number, fire: () => void): () => void {
    const timer = { atMs: this.#nowMs + ms, fire }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Lets pending promises run, then each timer in its order with the promises it wakes. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms
    await settled()
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.atMs - b.atMs)
      if (next === undefined || next.atMs > endMs) break
      this.#timers.delete(next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.fire()
      await settled()
    }
    this.#nowMs = endMs
  }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
