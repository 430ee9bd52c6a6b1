// How much work one peer, and all together, may have going on here at once. No I/O.
import { unable } from '../node-error.ts'

/** Bounds; what goes beyond is refused at once, so nothing queues. */
export type GateLimits = {
  /** Requests of one address at the same time. */
  readonly perPeer: number
  /** Requests of everybody at the same time. */
  readonly total: number
}

/** Counts running requests by peer. */
export class Gate {
  readonly #limits: GateLimits
  readonly #running = new Map<string, number>()
  #total = 0

  constructor(limits: GateLimits) {
    this.#limits = limits
  }

  get running(): number {
    return this.#total
  }

  /** Runs `work` when there is room. Throws NodeError `node.busy`, and what `work` throws. */
  async run<T>(peer: string, work: () => Promise<T>): Promise<T> {
    const own = this.#running.get(peer) ?? 0
    if (own >= this.#limits.perPeer || this.#total >= this.#limits.total)
      throw unable('node.busy', 'too many requests at once: ask again in a second')
    this.#running.set(peer, own + 1)
    this.#total++
    try {
      return await work()
    } finally {
      this.#total--
      const left = (this.#running.get(peer) ?? 1) - 1
      if (left > 0) this.#running.set(peer, left)
      else this.#running.delete(peer)
    }
  }
}
