// Waits until something outside holds, by asking again and again. Timers only.
import { DaemonError } from './daemon-error.ts'

/** How long and how often; `what` is named when time runs out. */
export type WaitOptions = {
  readonly signal: AbortSignal
  readonly timeoutMs: number
  readonly everyMs: number
  readonly what: string
}

/**
 * Asks `check` until it gives something other than `false` or `undefined`, and returns that. What `check` throws ends the
 * wait. A check that does not answer is left behind when time runs out (its signal is aborted then).
 * Throws DaemonError `wait.timeout`, or the reason of `signal`.
 */
export async function waitFor<T>(
  check: (context: { readonly signal: AbortSignal }) => T | Promise<T>,
  { signal, timeoutMs, everyMs, what }: WaitOptions,
): Promise<Exclude<T, false | undefined>> {
  signal.throwIfAborted()
  const ended = new AbortController()
  const failed = new Promise<never>((_, reject) =>
    ended.signal.addEventListener('abort', () => reject(ended.signal.reason as Error)),
  )
  failed.catch(() => undefined)
  const stop = () => ended.abort(signal.reason)
  signal.addEventListener('abort', stop)
  const seconds = timeoutMs / 1_000
  const timer = setTimeout(
    () => ended.abort(new DaemonError('wait.timeout', `${what}: not there after ${seconds} s`)),
    timeoutMs,
  )
  let pause: ReturnType<typeof setTimeout> | undefined
  try {
    for (;;) {
      const found = await Promise.race([check({ signal: ended.signal }), failed])
      if (found !== false && found !== undefined) return found as Exclude<T, false | undefined>
      await Promise.race([new Promise((resolve) => (pause = setTimeout(resolve, everyMs))), failed])
    }
  } finally {
    clearTimeout(timer)
    clearTimeout(pause)
    signal.removeEventListener('abort', stop)
    ended.abort()
  }
}
