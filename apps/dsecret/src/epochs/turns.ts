// Whose turn it is to send what one of several has to send: the first by place at once, each next one a little later. Pure.

/** A transaction is final, and seen by the others, before the turn of the next one on chains with blocks of a few seconds. */
export const TURN_MS = 5_000
/** Things that are remembered; the oldest goes first. */
const MAX_REMEMBERED = 32

/** Turns of one node. */
export class Turns {
  readonly #monotonicMs: () => number
  readonly #since = new Map<string, number>()

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs
  }

  /** Whether this node, at `place` from 0, should send `what` now; counted from the first time that it is asked. */
  isMine(what: string, place: number): boolean {
    const now = this.#monotonicMs()
    const since = this.#since.get(what) ?? now
    this.#since.set(what, since)
    for (const known of this.#since.keys()) {
      if (this.#since.size <= MAX_REMEMBERED) break
      this.#since.delete(known)
    }
    return now - since >= place * TURN_MS
  }
}
