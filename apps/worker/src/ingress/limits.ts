// What one application may take of a worker's ingress: connections, new ones per second, bytes per second. Sets timers; time is given.

/** Limits of the ingress; every number is positive. */
export type IngressLimits = {
  /** Open connections of all applications together. */
  readonly totalConnections: number
  /** Open connections of one application. */
  readonly connections: number
  /** New connections of one application, in a second; as many at once. */
  readonly connectionsPerSecond: number
  /** Both directions of one application together; a second's worth at once. */
  readonly bytesPerSecond: number
}

/** Why a connection is not taken. */
export type LimitReached = 'connections' | 'rate' | 'share'

/** What an application has used since the worker started. */
export type IngressUsage = {
  readonly connections: number
  readonly accepted: number
  readonly refused: number
  readonly bytesIn: number
  readonly bytesOut: number
}

/** A bucket that fills with time; it may be overdrawn, and then has to fill again. */
class Bucket {
  readonly #perSecond: number
  #tokens: number
  #atMs: number

  constructor(perSecond: number, nowMs: number) {
    this.#perSecond = perSecond
    this.#tokens = perSecond
    this.#atMs = nowMs
  }

  /** Tokens now. */
  level(nowMs: number): number {
    const gained = (Math.max(0, nowMs - this.#atMs) / 1000) * this.#perSecond
    this.#tokens = Math.min(this.#perSecond, this.#tokens + gained)
    this.#atMs = Math.max(this.#atMs, nowMs)
    return this.#tokens
  }

  spend(tokens: number): void {
    this.#tokens -= tokens
  }

  /** Milliseconds until there is a token again. */
  waitMs(nowMs: number): number {
    return Math.max(0, Math.ceil((-this.level(nowMs) / this.#perSecond) * 1000) + 1)
  }
}

/** Who waits, and for how many bytes that it has read already. */
type Waiting = { readonly bytes: number; readonly resume: () => void }

/** One application's part. */
export class AppShare {
  connections = 0
  accepted = 0
  refused = 0
  bytesIn = 0
  bytesOut = 0
  readonly opening: Bucket
  readonly #bytes: Bucket
  readonly #nowMs: () => number
  #waiting: Waiting[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(limits: IngressLimits, nowMs: () => number) {
    this.#nowMs = nowMs
    this.opening = new Bucket(limits.connectionsPerSecond, nowMs())
    this.#bytes = new Bucket(limits.bytesPerSecond, nowMs())
  }

  /**
   * Pays for bytes that have been read. True: go on. False: they are paid for later; read nothing more until `resume` is
   * called, which happens in the order of asking.
   */
  spend(bytes: number, resume: () => void): boolean {
    if (this.#waiting.length === 0 && this.#bytes.level(this.#nowMs()) > 0) {
      this.#bytes.spend(bytes)
      return true
    }
    this.#waiting.push({ bytes, resume })
    this.#schedule()
    return false
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => this.#grant(), this.#bytes.waitMs(this.#nowMs())).unref()
  }

  #grant(): void {
    this.#timer = undefined
    const going: Waiting[] = []
    for (const waiting of this.#waiting) {
      if (this.#bytes.level(this.#nowMs()) <= 0) break
      this.#bytes.spend(waiting.bytes)
      going.push(waiting)
    }
    this.#waiting = this.#waiting.slice(going.length)
    if (this.#waiting.length > 0) this.#schedule()
    for (const { resume } of going) resume()
  }
}

/** Parts of all applications. */
export class Limits {
  readonly #limits: IngressLimits
  readonly #nowMs: () => number
  readonly #shares = new Map<bigint, AppShare>()
  #total = 0

  /** `nowMs`: a clock that only goes forward. */
  constructor(limits: IngressLimits, nowMs: () => number) {
    this.#limits = limits
    this.#nowMs = nowMs
  }

  /** Open connections of all applications. */
  get total(): number {
    return this.#total
  }

  /**
   * Takes a place for a new connection, or says why there is none. An application may hold as many as are still free and
   * no more (dynamic thresholds, Choudhury and Hahne 1998): one alone gets half, n that grow together leave one part of
   * n+1, and whoever comes after them finds places.
   */
  take(appId: bigint): AppShare | LimitReached {
    const share = this.#shareOf(appId)
    const reached = this.#reached(share)
    if (reached !== undefined) {
      share.refused++
      return reached
    }
    share.opening.spend(1)
    share.connections++
    share.accepted++
    this.#total++
    return share
  }

  /** Gives a place back, once for each that was taken. */
  release(share: AppShare): void {
    share.connections--
    this.#total--
  }

  /** What an application has used; zeros for one that has never been asked for. */
  usage(appId: bigint): IngressUsage {
    const { connections, accepted, refused, bytesIn, bytesOut } =
      this.#shares.get(appId) ?? new AppShare(this.#limits, this.#nowMs)
    return { connections, accepted, refused, bytesIn, bytesOut }
  }

  /** Forgets an application that has no connection. */
  forget(appId: bigint): void {
    if (this.#shares.get(appId)?.connections === 0) this.#shares.delete(appId)
  }

  #shareOf(appId: bigint): AppShare {
    const known = this.#shares.get(appId)
    if (known !== undefined) return known
    const made = new AppShare(this.#limits, this.#nowMs)
    this.#shares.set(appId, made)
    return made
  }

  #reached(share: AppShare): LimitReached | undefined {
    const { totalConnections, connections } = this.#limits
    if (share.connections >= connections) return 'connections'
    if (share.connections >= totalConnections - this.#total) return 'share'
    return share.opening.level(this.#nowMs()) < 1 ? 'rate' : undefined
  }
}
