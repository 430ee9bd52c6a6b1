// How long to wait before something is tried again. Pure.
import type { Attempt } from './model.ts'

const FIRST_MS = 1_000
const LONGEST_MS = 60_000

/** A container that ran this long counts as one that works: its next crash starts at the shortest wait, milliseconds. */
export const STABLE_MS = 60_000

/** 0 before the first try, then 1 s, doubling up to 60 s. */
export function backOffMs(count: number): number {
  return count <= 0 ? 0 : Math.min(FIRST_MS * 2 ** Math.min(count - 1, 16), LONGEST_MS)
}

/** When the next try may start. A try that lies ahead is of a clock that was put back since: nothing waits for that to come again. */
export function dueAtMs(attempt: Attempt | undefined, nowMs: number): number {
  if (attempt === undefined || attempt.lastAtMs > nowMs) return 0
  return attempt.lastAtMs + backOffMs(attempt.count)
}

const FIRST_HEAL_MS = 30_000
const LONGEST_HEAL_MS = 600_000
/** A container that was not restarted for its health in so long begins at the shortest wait again, milliseconds. */
const HEALED_MS = 1_800_000

/** When a container that is unhealthy since `sinceMs` is started anew: after 30 s, doubling up to 10 minutes. As above when that lies ahead. */
export function healDueAtMs(sinceMs: number, attempt: Attempt | undefined, nowMs: number): number {
  if (sinceMs > nowMs) return 0
  const isRecent = attempt !== undefined && sinceMs - attempt.lastAtMs < HEALED_MS
  const count = isRecent ? attempt.count : 0
  return sinceMs + Math.min(FIRST_HEAL_MS * 2 ** Math.min(count, 16), LONGEST_HEAL_MS)
}
