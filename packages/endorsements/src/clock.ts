// Time as an argument: what tests replace. The system clock is the one thing here that waits.
import { setTimeout as delay } from 'node:timers/promises'
import { EndorsementError } from './error.ts'

/** Where this package takes time and waiting from. */
export type Clock = {
  /** Milliseconds since 1970. */
  nowMs(): number
  /** Waits; throws EndorsementError `network.aborted` once the signal fires. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** The machine's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, { signal })
    } catch (cause) {
      throw new EndorsementError('network.aborted', 'aborted while waiting', { cause })
    }
  },
}
