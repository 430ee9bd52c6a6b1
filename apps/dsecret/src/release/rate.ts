// How many releases one application is given. No I/O.
import { NodeError } from '../node-error.ts'

/** Releases of one application per second on average, and at once. */
export type ReleaseRate = { readonly perSecond: number; readonly burst: number }

/** A thousand replicas that all start anew get theirs in a minute and a half. */
const RELEASE_RATE: ReleaseRate = { perSecond: 10, burst: 100 }
/** Applications that are remembered; the one that was quiet longest goes first. */
const MAX_APPS = 16_384

/** Counts by application. Only whoever has appraised evidence of an application counts for it. */
export class AppRate {
  readonly #rate: ReleaseRate
  readonly #monotonicMs: () => number
  readonly #apps = new Map<bigint, { tokens: number; atMs: number }>()

  constructor(monotonicMs: () => number, rate: ReleaseRate = RELEASE_RATE) {
    this.#rate = rate
    this.#monotonicMs = monotonicMs
  }

  get size(): number {
    return this.#apps.size
  }

  /** Throws NodeError `release.too-many`. */
  take(appId: bigint): void {
    const { perSecond, burst } = this.#rate
    const atMs = this.#monotonicMs()
    const known = this.#apps.get(appId) ?? { tokens: burst, atMs }
    const tokens = Math.min(burst, known.tokens + ((atMs - known.atMs) / 1_000) * perSecond)
    this.#apps.delete(appId)
    this.#apps.set(appId, { tokens: tokens < 1 ? tokens : tokens - 1, atMs })
    for (const oldest of this.#apps.keys()) {
      if (this.#apps.size <= MAX_APPS) break
      this.#apps.delete(oldest)
    }
    if (tokens < 1)
      throw new NodeError(
        'release.too-many',
        `application ${appId} asks for more than ${perSecond} releases a second`,
        { status: 429 },
      )
  }
}
