// Waits for a time or until somebody rings, and never for less than a least time. No I/O.

/** One waiter; rings while nobody waits are kept as one. */
export class Bell {
  #isRung = false
  #wake: () => void = () => undefined

  /** Ends the wait. */
  ring(): void {
    this.#isRung = true
    this.#wake()
  }

  /** Resolves after `mostMs`, after a ring but not before `leastMs`, or when the signal is aborted. */
  async wait(leastMs: number, mostMs: number, signal: AbortSignal): Promise<void> {
    await this.#sleep(Math.min(leastMs, mostMs), signal, false)
    if (!this.#isRung) await this.#sleep(mostMs - leastMs, signal, true)
    this.#isRung = false
  }

  #sleep(durationMs: number, signal: AbortSignal, isWoken: boolean): Promise<void> {
    if (durationMs <= 0 || signal.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        this.#wake = () => undefined
        resolve()
      }
      const timer = setTimeout(end, durationMs)
      signal.addEventListener('abort', end)
      if (isWoken) this.#wake = end
    })
  }
}
