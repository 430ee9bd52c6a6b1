// What the network lost is asked for again. Pure but for the waiting.

/** Waits before something is asked for again, in milliseconds. */
const WAITS = [200, 1_000, 3_000] as const

/** What `ask` answers, asked up to three more times while `isWorthIt` says so of its failures. Rejects with the last failure. */
export async function askAgain<T>(
  ask: (attempt: number) => Promise<T>,
  isWorthIt: (failure: unknown) => boolean,
  waits: readonly number[] = WAITS,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask(attempt)
    } catch (failure) {
      const wait = waits[attempt]
      if (wait === undefined || !isWorthIt(failure)) throw failure
      await new Promise((resolve) => setTimeout(resolve, wait))
    }
  }
}
