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

/** When the next try may start. */
export function dueAtMs(attempt: Attempt | undefined): number {
  return attempt === undefined ? 0 : attempt.lastAtMs + backOffMs(attempt.count)
}
