// How much work one peer, and all together, may have going on here. No I/O.
import { unable } from '../node-error.ts'

/** Bounds; what goes beyond is refused at once, so nothing queues. */
export type GateLimits = {
  /** Requests of one address at the same time. */
  readonly perPeer: number
  /** Requests of everybody at the same time. */
  readonly total: number
  /** Requests of one address per second, on average; ten seconds' worth may come at once. */
  readonly perSecond: number
}

type Peer = { running: number; tokens: number; atMs: number }

const BURST_SECONDS = 10
/** Peers that are remembered between requests; the one that came first goes first. */
const MAX_PEERS = 4_096

/** Counts requests by peer. */
export class Gate {
  readonly #limits: GateLimits
  readonly #monotonicMs: () => number
  readonly #peers = new Map<string, Peer>()
  #running = 0

  constructor(limits: GateLimits, monotonicMs: () => number) {
    this.#limits = limits
    this.#monotonicMs = monotonicMs
  }

  get running(): number {
    return this.#running
  }

  /** Peers that are remembered. */
  get peers(): number {
    return this.#peers.size
  }

  /** Runs `work` when there is room. Throws NodeError `node.busy`, and what `work` throws. */
  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const peer = this.#peer(name)
    const { perPeer, total } = this.#limits
    if (peer.tokens < 1 || peer.running >= perPeer || this.#running >= total)
      throw unable('node.busy', 'too many requests: ask again in a second')
    peer.tokens--
    peer.running++
    this.#running++
    try {
      return await work()
    } finally {
      peer.running--
      this.#running--
    }
  }

  #peer(name: string): Peer {
    const { perSecond } = this.#limits
    const atMs = this.#monotonicMs()
    const burst = perSecond * BURST_SECONDS
    const known = this.#peers.get(name) ?? { running: 0, tokens: burst, atMs }
    known.tokens = Math.min(burst, known.tokens + ((atMs - known.atMs) / 1_000) * perSecond)
    known.atMs = atMs
    this.#peers.set(name, known)
    for (const [other, { running }] of this.#peers) {
      if (this.#peers.size <= MAX_PEERS) break
      if (running === 0 && other !== name) this.#peers.delete(other)
    }
    return known
  }
}
