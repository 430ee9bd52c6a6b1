// A clock that jumps instead of waiting. No I/O.
import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import { EndorsementError } from '../error.ts'

/** Time that a test moves; a sleep moves it, too. */
export type SimulatedClock = Clock & {
  advance(ms: number): void
  /** Every wait so far, milliseconds. */
  readonly sleeps: readonly number[]
}

/** A clock that stands at `atMs`. */
export function createSimulatedClock(atMs: number): SimulatedClock {
  let nowMs = atMs
  const sleeps: number[] = []
  return {
    sleeps,
    nowMs: () => nowMs,
    advance: (ms) => void (nowMs += ms),
    async sleep(ms, signal) {
      const wakeMs = nowMs + ms
      sleeps.push(ms)
      // Sleepers that started at the same instant wake at theirs, not one after the other.
      await turn()
      if (signal.aborted) throw new EndorsementError('network.aborted', 'aborted while waiting')
      nowMs = Math.max(nowMs, wakeMs)
    },
  }
}
