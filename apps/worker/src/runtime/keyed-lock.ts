// One thing after the other for each key. No I/O.

/** Work on one key never overlaps; other keys go on. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<unknown>>()

  /** Runs when all earlier work on the key is done, whatever became of it. */
  run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve()
    const running = before.then(work, work)
    const tail = running
      .catch(() => undefined)
      .finally(() => {
        if (this.#tails.get(key) === tail) this.#tails.delete(key)
      })
    this.#tails.set(key, tail)
    return running
  }
}
