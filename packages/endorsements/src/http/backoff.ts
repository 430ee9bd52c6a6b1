// How long to wait before the next attempt: exponential back-off with full jitter, Retry-After.
// Pure.

/** Bounds of waiting, milliseconds. */
export type Backoff = { readonly baseMs: number; readonly capMs: number }

/**
 * A random wait between 0 and min(cap, base * 2^attempt), milliseconds; `attempt` counts from 0,
 * `random` gives [0, 1).
 */
export function backoffMs({ baseMs, capMs }: Backoff, attempt: number, random: () => number) {
  return Math.floor(random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30)))
}

/** Longest Retry-After that is believed: a day, milliseconds. */
export const MAX_RETRY_AFTER_MS = 86_400_000

const IMF_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/**
 * Reads Retry-After (RFC 9110 section 10.2.3): seconds or a date; milliseconds from `nowMs`, at
 * most a day. Undefined for anything else.
 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  if (/^\d{1,10}$/.test(text)) return Math.min(Number(text) * 1000, MAX_RETRY_AFTER_MS)
  if (!IMF_DATE.test(text)) return undefined
  const atMs = Date.parse(text)
  if (Number.isNaN(atMs)) return undefined
  return Math.min(Math.max(atMs - nowMs, 0), MAX_RETRY_AFTER_MS)
}
