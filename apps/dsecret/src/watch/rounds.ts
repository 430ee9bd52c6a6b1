// What waits to be read, what was followed, and whose turn it is to be looked at though nothing happened to it. Pure.
import type { Judged } from './diff.ts'
import type { Changes, SubjectKind } from './subjects.ts'

/** Causes that are remembered until what they touch is read; the oldest go first. */
const MAX_CAUSES = 4_096
/** Blocks whose time is read in one step; later ones are dated by the newest. */
const MAX_DATED = 64

const KINDS: readonly SubjectKind[] = ['lease', 'worker', 'node']

/** Where nothing happens, others are looked at in turn after so long, seconds of block time: in each block of the Polkadot Hub. */
const SWEEP_SECONDS = 6n

/** How many are read in one round, and how many of them though nothing has happened to them. */
export type Most = { readonly all: number; readonly swept: number }

/** The bookkeeping of a watcher. */
export class Rounds {
  readonly #causes = new Map<string, bigint>()
  /** Keys whose subjects have to be read. */
  readonly #touched = new Set<string>()
  /** What has to be read, in this order. */
  readonly #waiting = {
    lease: new Set<bigint>(),
    worker: new Set<bigint>(),
    node: new Set<bigint>(),
  }
  /** What the round that runs reads: it waits again when the round fails. */
  readonly #reading = {
    lease: new Set<bigint>(),
    worker: new Set<bigint>(),
    node: new Set<bigint>(),
  }
  /** The next one of each kind that is looked at in turn. */
  readonly #next = { lease: 1n, worker: 1n, node: 1n }
  /** Looked at in the first turn through all: until it ends, turns follow at once. */
  #firstTurn = true
  #followed: bigint | undefined
  #judged: Judged | undefined
  /** Block time of the last round that read anything. */
  #readAt: bigint | undefined

  constructor(start: {
    readonly judged: Judged | undefined
    readonly followed: bigint | undefined
  }) {
    this.#judged = start.judged
    this.#followed = start.followed
  }

  /** The block that was judged by last. */
  get judged(): Judged | undefined {
    return this.#judged
  }

  /** Every event up to this block is taken in. */
  get followed(): bigint | undefined {
    return this.#followed
  }

  /** How many wait to be read. */
  get waiting(): number {
    return Object.values(this.#waiting).reduce((sum, { size }) => sum + size, 0)
  }

  /** Whether a round leaves something to read that should not wait. */
  get isBehind(): boolean {
    return this.waiting > 0 || this.#firstTurn
  }

  /** Whether a block asks for reads: something waits or was touched, or others are to be looked at in turn. */
  isDue({ timestamp }: Judged): boolean {
    const isTurn = this.#readAt === undefined || timestamp - this.#readAt >= SWEEP_SECONDS
    return this.isBehind || isTurn || this.#touched.size > 0
  }

  /** Subjects that rest on any of these have to be read. */
  touch(keys: Iterable<string>): void {
    for (const key of keys) this.#touched.add(key)
  }

  /** Whether any of the keys was touched in this round. */
  isTouched(keys: readonly string[]): boolean {
    return keys.some((key) => this.#touched.has(key))
  }

  /** Block time of what took back a key last. */
  causeAt(key: string): bigint | undefined {
    return this.#causes.get(key)
  }

  /** Takes in what happened up to a block; causes are dated by the time of their blocks. */
  async take(
    { touched, causes }: Changes,
    last: bigint,
    timeOf: (block: bigint) => Promise<bigint>,
  ): Promise<void> {
    const times = new Map<bigint, bigint>()
    for (const block of [...new Set(causes.values())].sort((a, b) => (a < b ? -1 : 1)))
      if (times.size < MAX_DATED) times.set(block, await timeOf(block))
    for (const [key, block] of causes) {
      const at = times.get(block) ?? (await timeOf(last))
      this.#causes.delete(key)
      this.#causes.set(key, at)
    }
    for (const key of this.#causes.keys()) {
      if (this.#causes.size <= MAX_CAUSES) break
      this.#causes.delete(key)
    }
    this.touch(touched)
    for (const key of touched) this.#name(key)
    this.#followed = last
  }

  /** Nothing is known of the blocks up to this one: everything is looked at. */
  startOver(followed: bigint): void {
    this.#followed = followed
    this.#firstTurn = true
    this.#next.lease = 1n
    this.#next.worker = 1n
    this.#next.node = 1n
  }

  /** A round begins; what one before it did not come to the end of is read again. */
  begin(): void {
    for (const kind of KINDS) {
      for (const id of this.#reading[kind]) this.#waiting[kind].add(id)
      this.#reading[kind].clear()
    }
  }

  /** Machines to read in this round, of numbers 1 to `count`: the touched ones first, then others in turn. */
  machines(
    kind: 'worker' | 'node',
    touched: readonly bigint[],
    count: bigint,
    most: Most,
  ): readonly bigint[] {
    for (const id of touched) this.#waiting[kind].add(id)
    const ids = this.#take(kind, count, most.all)
    this.#sweep(kind, ids, count, Math.min(most.all, ids.size + most.swept))
    return [...ids]
  }

  /** Applications to read in this round, likewise; in the first turn as many as there is room for. */
  apps(touched: readonly bigint[], count: bigint, most: Most): readonly bigint[] {
    for (const id of touched) this.#waiting.lease.add(id)
    const ids = this.#take('lease', count, most.all)
    const swept = this.#firstTurn ? most.all : Math.min(most.all, ids.size + most.swept)
    if (this.#sweep('lease', ids, count, swept)) this.#firstTurn = false
    return [...ids]
  }

  /** A block that asked for nothing is judged by. */
  rest(judged: Judged): void {
    this.#judged = judged
  }

  /** A round is over. */
  end(judged: Judged): void {
    this.#judged = judged
    this.#readAt = judged.timestamp
    this.#touched.clear()
    for (const kind of KINDS) this.#reading[kind].clear()
    // All that they are about is read.
    if (this.waiting === 0) this.#causes.clear()
  }

  /** Takes out what is read now. */
  #take(kind: SubjectKind, count: bigint, most: number): Set<bigint> {
    const ids = this.#reading[kind]
    for (const id of this.#waiting[kind]) {
      if (ids.size >= most) break
      this.#waiting[kind].delete(id)
      if (id >= 1n && id <= count) ids.add(id)
    }
    return ids
  }

  /** Fills up with the next ones in turn; returns whether the last one was among them. */
  #sweep(kind: SubjectKind, ids: Set<bigint>, count: bigint, most: number): boolean {
    let id = this.#next[kind] > count ? 1n : this.#next[kind]
    const start = id
    let isThrough = count === 0n
    while (ids.size < most && count > 0n) {
      ids.add(id)
      if (id === count) isThrough = true
      id = id === count ? 1n : id + 1n
      if (id === start) break
    }
    this.#next[kind] = id
    return isThrough
  }

  /** Something that happened may be about a subject that was not live before. */
  #name(key: string): void {
    const [kind, id] = key.split('/')
    if (id === undefined || !/^[0-9]{1,20}$/.test(id)) return
    if (kind === 'app') this.#waiting.lease.add(BigInt(id))
    if (kind === 'worker' || kind === 'node') this.#waiting[kind].add(BigInt(id))
  }
}
