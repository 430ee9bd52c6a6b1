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

/** A span in which nothing goes out. */
type Hold = { fromMs: number; untilMs: number }

type Bucket = { hold: Hold | undefined; waiting: number; tail: Promise<unknown> }

/** One request per bucket and interval, first come, first served; a pause holds a host back. */
export class RateLimiter {
  readonly #clock: Clock
  readonly #buckets = new Map<string, Bucket>()
  readonly #pauses = new Map<string, Hold>()

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
      bucket.hold = this.#holdUntil(this.#clock.nowMs() + intervalMs)
    } finally {
      bucket.waiting--
      done()
    }
  }

  /** Nothing goes to this host before `untilMs`; an earlier pause is never shortened. */
  pause(host: string, untilMs: number): void {
    const endMs = Math.max(untilMs, this.#endMs(this.#pauses.get(host)))
    this.#pauses.set(host, this.#holdUntil(endMs))
  }

  #bucket(name: string): Bucket {
    const known = this.#buckets.get(name)
    if (known !== undefined) return known
    const bucket: Bucket = { hold: undefined, waiting: 0, tail: Promise.resolve() }
    this.#buckets.set(name, bucket)
    return bucket
  }

  #nextMs(host: string, { hold }: Bucket): number {
    return Math.max(this.#endMs(hold), this.#endMs(this.#pauses.get(host)))
  }

  #holdUntil(untilMs: number): Hold {
    return { fromMs: this.#clock.nowMs(), untilMs }
  }

  /** When a hold ends. One that begins in the future is of a clock that was set back: it begins now. */
  #endMs(hold: Hold | undefined): number {
    if (hold === undefined) return 0
    const aheadMs = Math.max(0, hold.fromMs - this.#clock.nowMs())
    hold.fromMs -= aheadMs
    hold.untilMs -= aheadMs
    return hold.untilMs
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
