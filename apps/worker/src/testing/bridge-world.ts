// For tests and simulations: a Bridge, its chain and agents in memory; blocks and time are the test's. No I/O.
import { setImmediate as turn } from 'node:timers/promises'
import { ChainError } from '@wetee/chain'
import type { Batch } from '../bridge/batch-store.ts'
import type { BridgeChain, CallAnswer, Fulfilled, OpenCall } from '../bridge/bridge-chain.ts'
import { Courier } from '../bridge/courier.ts'
import { keepLog } from './silent-log.ts'

type Hex = `0x${string}`
type Tx = { readonly key: string; readonly answers: readonly CallAnswer[] }
type Block = { readonly opened: readonly OpenCall[]; readonly txs: readonly Tx[] }
/** What is true after a block. */
type State = {
  readonly open: ReadonlyMap<bigint, OpenCall>
  readonly closed: ReadonlyMap<bigint, number>
  readonly receipts: ReadonlyMap<string, readonly bigint[]>
}
type Result = Omit<CallAnswer, 'call'> & { readonly callId: bigint }
type Agent = { key: number; results: Map<bigint, Result>; refusals: number }

const caller: Hex = `0x${'ca'.repeat(20)}`
/** Blocks from the newest to the newest final one. */
const FINALITY = 2
/** Time of a block, milliseconds. */
const BLOCK_MS = 1_000
const TICK_MS = 50
const zero: State = { open: new Map(), closed: new Map(), receipts: new Map() }

/** One worker with application 7, whose agent is replaced, killed and refused at will. */
export class BridgeWorld {
  onFulfil: () => void = () => undefined
  /** A transaction was sent, and is not mined yet. */
  onSent: () => void = () => undefined
  kills = 0
  #nowMs = 0
  #blocks: Block[] = []
  #states: State[] = [zero]
  #pool: Tx[] = []
  #opening: OpenCall[] = []
  #nextCall = 1n
  #known = new Map<string, Tx>()
  #executions = new Map<bigint, number>()
  #agents = new Map<bigint, Agent>([[7n, { key: 1, results: new Map(), refusals: 0 }]])
  #poisoned = new Set<bigint>()
  #store = new Map<string, Batch>()
  #run: AbortController | undefined
  #sleepers: { atMs: number; wake: () => void }[] = []
  /** Set while transactions wait and are in no block. */
  isFull = false
  /** Of every answer. */
  payload: Hex = '0x'
  /** Set while the chain does not answer. */
  isCutOff = false
  /** From a call to each answer, blocks. */
  readonly latencies: number[] = []
  #openedAtMs = new Map<bigint, number>()

  /** Opens a call in the next block. */
  open(appId: bigint, { timeoutBlocks = 1_000n }: { timeoutBlocks?: bigint } = {}): bigint {
    const callId = this.#nextCall++
    const height = BigInt(this.#blocks.length + 1)
    const order = {
      ...({ selector: '0xb2512004', callbackGas: 200_000, refundTo: caller } as const),
      ...{ apiId: 1, apiVersion: 1, deadline: height + timeoutBlocks, maxPayloadBytes: 16_384 },
      ...{ priceWei: 1n, allowanceWei: 1n, definedBlock: 0n },
      ...({ definitionDigest: '0x', argsDigest: '0x' } as const),
    }
    this.#opening.push({ callId, appId, caller, order, openedBlock: height })
    this.#openedAtMs.set(callId, this.#nowMs)
    return callId
  }

  isClosed(callId: bigint): boolean {
    return this.#newest().closed.has(callId)
  }

  /** How often the application was asked. */
  executions(callId: bigint): number {
    return this.#executions.get(callId) ?? 0
  }

  /** Calls that each mined transaction has answered. */
  transactions(): (readonly bigint[])[] {
    return [...this.#newest().receipts.values()]
  }

  /** Of all transactions that were ever sent. */
  keys(): string[] {
    return [...this.#known.keys()]
  }

  /** Instances of the application so far. */
  instances(appId: bigint): number {
    return this.#agents.get(appId)?.key ?? 0
  }

  /** Whether the worker runs. */
  get isRunning(): boolean {
    return this.#run !== undefined
  }

  answeredTwice(): bigint[] {
    return [...this.#newest().closed].filter(([, times]) => times > 1).map(([callId]) => callId)
  }

  /** Nobody can answer this call. */
  poison(callId: bigint): void {
    this.#poisoned.add(callId)
  }

  refuse(appId: bigint, times: number): void {
    this.#agents.get(appId)!.refusals = times
  }

  /** The instance ends; the next one has another key and remembers nothing. */
  replaceAgent(appId: bigint): void {
    const agent = this.#agents.get(appId)!
    agent.key++
    agent.results = new Map()
  }

  /** The newest blocks that are not final are made anew, without their transactions, which are sent again. */
  reorganize(): void {
    const dropped = this.#blocks.splice(-FINALITY)
    this.#states.splice(-dropped.length)
    this.#pool.push(...dropped.flatMap(({ txs }) => txs))
    this.#opening.unshift(...dropped.flatMap(({ opened }) => opened))
  }

  /** Starts the worker's courier; what was kept before is there. */
  start(): void {
    const run = new AbortController()
    this.#run = run
    const alive = <T>(value: T): T => {
      if (run.signal.aborted) throw new ChainError('aborted', 'killed')
      return value
    }
    const courier = new Courier({
      chain: this.#chain(alive),
      head: () => {
        if (this.isCutOff) return Promise.reject(unreachable())
        const number = Math.max(0, this.#blocks.length - FINALITY)
        return Promise.resolve({ number: BigInt(number), hash: '0x', timestamp: BigInt(number) })
      },
      apps: () => [...this.#agents.keys()],
      agents: (appId) => [{ call: (asked) => this.#carryOut(appId, asked.call.callId) }],
      store: {
        save: (batch) => void this.#store.set(alive(batch).key, batch),
        remove: (key) => void (run.signal.aborted || this.#store.delete(key)),
        all: () => [...this.#store.values()],
      },
      keepBody: () => undefined,
      pollMs: 500,
      sleep: (ms) => this.#sleep(ms),
      monotonicMs: () => this.#nowMs,
      counters: {
        open: () => undefined,
        answered: () => undefined,
        asked: () => undefined,
        spent: () => undefined,
      },
      log: keepLog(),
      signal: run.signal,
    })
    void courier.run()
  }

  /** As `kill -9`: nothing that was under way goes on; what is kept stays. */
  kill(): void {
    this.kills++
    this.#run?.abort()
    this.#run = undefined
  }

  stop(): void {
    this.#run?.abort()
    for (const { wake } of this.#sleepers.splice(0)) wake()
  }

  /** So many blocks pass. */
  async blocks(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      for (let ms = 0; ms < BLOCK_MS; ms += TICK_MS) await this.#tick()
      this.#mine()
    }
    await this.#tick()
  }

  /** Blocks pass until something holds; throws after a thousand. */
  async until(holds: () => boolean, limit = 1_000): Promise<void> {
    for (let n = 0; !holds(); n++) {
      if (n === limit) throw new Error(`not within ${limit} blocks`)
      await this.blocks(1)
    }
  }

  #newest(): State {
    return this.#states.at(-1) ?? zero
  }

  #opened(first: bigint, last: bigint): readonly OpenCall[] {
    return this.#blocks.slice(Number(first) - 1, Number(last)).flatMap(({ opened }) => opened)
  }

  #chain(alive: <T>(value: T) => T): BridgeChain {
    // oxlint-disable-next-line typescript/no-this-alias -- a generator has no `this` of its surroundings
    const world = this
    const answer = <T>(value: T): Promise<T> =>
      this.isCutOff ? Promise.reject(unreachable()) : Promise.resolve(alive(value))
    return {
      opened: (first, last) => answer(this.#opened(first, last)),
      history: async function* (this: void, { number }) {
        yield await answer(world.#opened(1n, number))
      },
      stillOpen: (calls, at) => {
        const open = this.#states[Number(at)]?.open
        return answer(
          new Set(calls.flatMap(({ callId }) => (open?.has(callId) === true ? [callId] : []))),
        )
      },
      args: () => answer<Hex>('0x'),
      definition: () => answer(''),
      fulfil: (key, answers) => this.#fulfil(key, answers, alive),
    }
  }

  /** As the outbox does it: the same key is the same transaction. */
  async #fulfil(
    key: string,
    answers: readonly CallAnswer[],
    alive: <T>(value: T) => T,
  ): Promise<Fulfilled> {
    alive(undefined)
    this.onFulfil()
    if (this.isCutOff) throw unreachable()
    if (!this.#known.has(key)) {
      alive(undefined)
      if (answers.some(({ call }) => this.#poisoned.has(call.callId)))
        throw new ChainError('contract.SizeWrong', 'poisoned')
      if (this.#effect(this.#newest(), answers).length === 0)
        throw new ChainError('contract.NothingAnswered', 'nothing')
      const tx = { key, answers }
      this.#known.set(key, tx)
      this.#pool.push(tx)
      this.onSent()
    }
    for (;;) {
      const mined = this.#blocks.findIndex(({ txs }) => txs.some((tx) => tx.key === key))
      if (mined >= 0)
        return {
          blockNumber: BigInt(mined + 1),
          answered: this.#newest().receipts.get(key) ?? [],
          ...{ gasUsed: 1n, costWei: 1n },
        }
      await this.#sleep(200)
      alive(undefined)
    }
  }

  #effect({ open }: Pick<State, 'open'>, answers: readonly CallAnswer[]): OpenCall[] {
    const height = BigInt(this.#blocks.length + 1)
    return answers.flatMap(({ call: { callId }, signature }) => {
      const call = open.get(callId)
      const isLive = signature === keyText(this.#agents.get(call?.appId ?? 0n)?.key ?? 0)
      return call !== undefined && isLive && call.order.deadline >= height ? [call] : []
    })
  }

  #mine(): void {
    const before = this.#newest()
    const opened = this.#opening.splice(0)
    const txs = this.isFull ? [] : this.#pool.splice(0)
    const open = new Map(before.open)
    const closed = new Map(before.closed)
    const receipts = new Map(before.receipts)
    for (const call of opened) open.set(call.callId, call)
    for (const { key, answers } of txs) {
      const answered = this.#effect({ open }, answers)
      receipts.set(
        key,
        answered.map(({ callId }) => callId),
      )
      for (const { callId } of answered) {
        open.delete(callId)
        closed.set(callId, (closed.get(callId) ?? 0) + 1)
        this.latencies.push((this.#nowMs - (this.#openedAtMs.get(callId) ?? 0)) / BLOCK_MS)
      }
    }
    this.#blocks.push({ opened, txs })
    this.#states.push({ open, closed, receipts })
    // Old states are nobody's any more.
    const old = this.#states.length - 20
    if (old > 0) this.#states[old] = zero
  }

  /** As an agent does it: one request of the application for each call while it lives. */
  async #carryOut(appId: bigint, callId: bigint) {
    const agent = this.#agents.get(appId)!
    const { key, results } = agent
    const signature = keyText(key)
    const isRefused = agent.refusals > 0
    if (isRefused) agent.refusals--
    else if (!results.has(callId)) {
      this.#executions.set(callId, this.executions(callId) + 1)
      results.set(callId, { callId, status: 200, payload: this.payload, signature })
    }
    await this.#sleep(50)
    const result = results.get(callId)
    if (isRefused || result === undefined || agent.key !== key)
      throw Object.assign(new Error('refused'), { code: 'call.not-stated' })
    return { apiVersion: 1, ...result }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.#sleepers.push({ atMs: this.#nowMs + ms, wake }))
  }

  async #tick(): Promise<void> {
    this.#nowMs += TICK_MS
    const due = this.#sleepers.filter(({ atMs }) => atMs <= this.#nowMs)
    this.#sleepers = this.#sleepers.filter(({ atMs }) => atMs > this.#nowMs)
    for (const { wake } of due) wake()
    await turn()
    await turn()
  }
}

function keyText(key: number): Hex {
  return `0x${String(key).padStart(130, '0')}`
}

function unreachable(): ChainError {
  return new ChainError('chain.unreachable', 'cut off', { retryable: true })
}
