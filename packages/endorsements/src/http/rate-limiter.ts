// Spaces requests to one server out. State in memory; waits through the clock.
import type { Clock } from '../clock.ts'
import { EndorsementError } from '../error.ts'

/** Most callers that wait for one bucket. */
export const MAX_WAITING = 64

/** Which turn is asked for: a class of requests to a host, and how far apart they must be. */
export type Turn = {
  readonly host: string
  readonly bucket: string
  readonly intervalMs: number
  /** The turn is useless after this instant, milliseconds. */
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

type Bucket = { freeAtMs: number; waiting: number; tail: Promise<unknown> }

/** One request per bucket and interval, first come, first served; a pause holds a host back. */
export class RateLimiter {
  readonly #clock: Clock
  readonly #buckets = new Map<string, Bucket>()
  readonly #pausedUntilMs = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Waits for a turn. Throws EndorsementError `network.deadline` as soon as it is plain that the
   * turn comes after the deadline, `request.busy` when 64 wait already, `network.aborted`.
   */
  async turn(turn: Turn): Promise<void> {
    const { host, intervalMs, signal } = turn
    const bucket = this.#bucket(`${turn.bucket} ${host}`)
    if (bucket.waiting >= MAX_WAITING)
      throw new EndorsementError('request.busy', `${host}: ${MAX_WAITING} requests wait already`)
    this.#check(turn, this.#nextMs(host, bucket) + bucket.waiting * intervalMs)
    const before = bucket.tail
    let done = () => {}
    const mine = new Promise<void>((resolve) => (done = resolve))
    // Also after one that gave up while it waited, its successors keep their order.
    bucket.tail = Promise.all([before, mine])
    bucket.waiting++
    try {
      await unlessAborted(before, turn)
      for (;;) {
        const nowMs = this.#clock.nowMs()
        const nextMs = this.#nextMs(host, bucket)
        if (nextMs <= nowMs) break
        this.#check(turn, nextMs)
        await this.#clock.sleep(nextMs - nowMs, signal)
      }
      bucket.freeAtMs = this.#clock.nowMs() + intervalMs
    } finally {
      bucket.waiting--
      done()
    }
  }

  /** Nothing goes to this host before `untilMs`; an earlier pause is never shortened. */
  pause(host: string, untilMs: number): void {
    this.#pausedUntilMs.set(host, Math.max(untilMs, this.#pausedUntilMs.get(host) ?? 0))
  }

  #bucket(name: string): Bucket {
    const known = this.#buckets.get(name)
    if (known !== undefined) return known
    const bucket = { freeAtMs: 0, waiting: 0, tail: Promise.resolve() }
    this.#buckets.set(name, bucket)
    return bucket
  }

  #nextMs(host: string, { freeAtMs }: Bucket): number {
    return Math.max(freeAtMs, this.#pausedUntilMs.get(host) ?? 0)
  }

  #check({ host, deadlineMs }: Turn, atMs: number): void {
    if (atMs <= deadlineMs) return
    const inMs = atMs - this.#clock.nowMs()
    throw new EndorsementError(
      'network.deadline',
      `${host}: the next request is allowed in ${inMs} ms, after the deadline`,
    )
  }
}

function unlessAborted(before: Promise<unknown>, { host, signal }: Turn): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () =>
      reject(new EndorsementError('network.aborted', `${host}: aborted while waiting`))
    if (signal.aborted) return abort()
    signal.addEventListener('abort', abort, { once: true })
    void before.then(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
  })
}
