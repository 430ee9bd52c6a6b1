// A value that is read again when it is older than a limit; callers at the same time share one read. Does I/O through `read`.

/** Reads at most once per `maxAgeMs`; an error is not kept. `monotonicMs` is a clock that only goes forward. */
export function freshValue<T>(
  read: () => Promise<T>,
  maxAgeMs: number,
  monotonicMs: () => number,
): () => Promise<T> {
  let known: { readonly value: T; readonly atMs: number } | undefined
  let running: Promise<T> | undefined
  return () => {
    if (known !== undefined && monotonicMs() - known.atMs < maxAgeMs)
      return Promise.resolve(known.value)
    const atMs = monotonicMs()
    running ??= read()
      .then((value) => {
        known = { value, atMs }
        return value
      })
      .finally(() => (running = undefined))
    return running
  }
}
