// Calls of subscriptions over a chain in memory: each that is due is made once, whatever happens to the worker.
import { expect, test } from 'vitest'
import { ChainError } from '@wetee/chain'
import { keepLog } from '../testing/silent-log.ts'
import type {
  SubscriptionChain,
  SubscriptionState,
  ToldSubscription,
} from './subscription-chain.ts'
import { MAX_KEPT, SubscriptionStore } from './subscription-store.ts'
import { Triggers } from './triggers.ts'

const args = '0xa1'
const EVERY = 10n

/** Subscriptions, one worker with application 7, blocks by hand; a transaction is mined with the next block, all blocks are final. */
class World {
  head = 100n
  nowMs = 0
  gasIsDear = false
  /** Thrown in place of the next trigger. */
  failure: Error | undefined
  /** Set while transactions wait and are in no block. */
  isFull = false
  readonly apps = [7n]
  readonly store = new SubscriptionStore(':memory:')
  readonly told = new Map<bigint, ToldSubscription[]>()
  readonly states = new Map<bigint, SubscriptionState>()
  /** Keys of transactions, in the order in which they were sent first. */
  readonly sent = new Map<string, { id: bigint; block?: bigint }>()
  readonly reads: bigint[] = []
  readonly ranges: [bigint, bigint][] = []
  triggers!: Triggers
  #waiting: (() => void)[] = []
  #run = new AbortController()

  constructor() {
    this.restart()
  }

  order(id: bigint, { appId = 7n, isTold = true } = {}): void {
    this.tell({ subscriptionId: id, appId, args: isTold ? args : undefined })
    this.states.set(id, { nextBlock: this.head, balanceWei: 1n })
  }

  tell(one: ToldSubscription): void {
    this.told.set(this.head, [...(this.told.get(this.head) ?? []), one])
  }

  /** As `kill -9` and a start: the store and what was sent stay. */
  restart(): void {
    this.#run.abort()
    this.#run = new AbortController()
    const { signal } = this.#run
    this.triggers = new Triggers({
      chain: this.#chain(signal),
      head: () => Promise.resolve({ number: this.head, hash: '0x', timestamp: this.head }),
      apps: () => this.apps,
      store: this.store,
      pollMs: 1_000,
      sleep: () => Promise.resolve(),
      monotonicMs: () => this.nowMs,
      counters: { known: () => undefined, triggered: () => undefined },
      log: keepLog(),
      signal,
    })
  }

  /** So many blocks with a look after each. */
  async blocks(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      this.head++
      this.nowMs += 1_000
      if (!this.isFull) this.#mine()
      await this.look()
    }
  }

  async look(): Promise<void> {
    await this.triggers.look()
    for (let n = 0; n < 20; n++) await Promise.resolve()
  }

  made(): bigint[] {
    return [...this.sent.values()].flatMap(({ id, block }) => (block === undefined ? [] : [id]))
  }

  #mine(): void {
    for (const one of this.sent.values()) {
      if (one.block !== undefined) continue
      one.block = this.head
      const state = this.states.get(one.id)
      if (state) this.states.set(one.id, { ...state, nextBlock: this.head + EVERY })
    }
    for (const wake of this.#waiting.splice(0)) wake()
  }

  #chain(signal: AbortSignal): SubscriptionChain {
    return {
      firstBlock: 1n,
      told: (appIds, first, last) => {
        this.ranges.push([first, last])
        const found = [...this.told].flatMap(([at, all]) => (at >= first && at <= last ? all : []))
        return Promise.resolve(found.filter(({ appId }) => appIds.has(appId)))
      },
      state: (id) => {
        this.reads.push(id)
        return Promise.resolve(this.states.get(id))
      },
      isPaid: () => Promise.resolve(!this.gasIsDear),
      trigger: async (key, id, given) => {
        if (given !== args) throw new ChainError('contract.PayloadWrong', 'other arguments')
        const { failure } = this
        this.failure = undefined
        if (failure !== undefined) throw failure
        if (!this.sent.has(key)) this.sent.set(key, { id })
        while (this.sent.get(key)?.block === undefined)
          await new Promise<void>((wake) => this.#waiting.push(wake))
        if (signal.aborted) throw new ChainError('aborted', 'killed')
        return this.sent.get(key)!.block!
      },
    }
  }
}

test('a call that is due is made once, and again when its blocks have passed', async () => {
  const world = new World()
  world.order(1n)
  await world.blocks(3)
  expect(world.made()).toEqual([1n])
  await world.blocks(Number(EVERY) - 2)
  expect(world.made()).toEqual([1n])
  await world.blocks(3)
  expect(world.made()).toEqual([1n, 1n])
})

test('subscriptions to applications of other workers are left alone, until those come here', async () => {
  const world = new World()
  world.order(1n, { appId: 8n })
  await world.blocks(3)
  expect([...world.sent]).toEqual([])
  world.apps.push(8n)
  await world.blocks(3)
  expect(world.made()).toEqual([1n])
})

test('a worker that is killed while its transaction is on its way sends no other one', async () => {
  const world = new World()
  world.order(1n)
  world.isFull = true
  await world.blocks(2)
  expect(world.sent.size).toBe(1)
  world.restart()
  await world.blocks(3)
  world.isFull = false
  await world.blocks(3)
  expect(world.sent.size).toBe(1)
  expect(world.made()).toEqual([1n])
})

test('a worker that is killed after a refusal goes on with the key that it had then', async () => {
  const world = new World()
  world.order(1n)
  world.failure = new ChainError('contract.ProxyIsPaused', 'paused')
  await world.blocks(2)
  world.isFull = true
  await world.blocks(30)
  expect(world.sent.size).toBe(1)
  world.restart()
  await world.blocks(5)
  expect(world.sent.size).toBe(1)
})

test('what the contract refuses is tried again after pauses that grow, under another key', async () => {
  const world = new World()
  world.order(1n)
  const refuse = () => (world.failure = new ChainError('contract.SubscriptionEmpty', 'empty'))
  refuse()
  await world.blocks(1)
  expect(world.failure).toBeUndefined()
  refuse()
  await world.blocks(9)
  expect(world.failure).toBeDefined()
  await world.blocks(2)
  expect(world.failure).toBeUndefined()
  await world.blocks(18)
  expect(world.sent.size).toBe(0)
  await world.blocks(4)
  expect(world.made()).toEqual([1n])
  expect([...world.sent.keys()][0]).toMatch(/\/2$/)
})

test('without its arguments nothing is called; the first call of somebody else tells them', async () => {
  const world = new World()
  world.order(1n, { isTold: false })
  await world.blocks(15)
  expect(world.sent.size).toBe(0)
  world.head++
  world.tell({ subscriptionId: 1n, appId: 7n, args })
  await world.blocks(15)
  expect(world.made().length).toBeGreaterThan(0)
})

test('one that has ended is forgotten', async () => {
  const world = new World()
  world.order(1n)
  world.states.delete(1n)
  await world.blocks(5)
  expect(world.reads).toEqual([1n])
  expect(world.store.ids(7n)).toEqual([])
})

test('ATTACK nothing is sent while gas costs more than it is paid', async () => {
  const world = new World()
  world.order(1n)
  world.gasIsDear = true
  await world.blocks(5)
  expect(world.sent.size).toBe(0)
  world.gasIsDear = false
  await world.blocks(2)
  expect(world.made()).toEqual([1n])
})

test('ATTACK many subscriptions neither fill the queue nor a round, and each has its turn', async () => {
  const world = new World()
  for (let id = 1n; id <= 200n; id++) world.order(id)
  world.isFull = true
  await world.blocks(1)
  expect(world.sent.size).toBe(8)
  world.isFull = false
  await world.blocks(60)
  expect(new Set(world.made()).size).toBeGreaterThanOrEqual(80)
})

test('ATTACK of many subscriptions that are not due a round reads a bounded part', async () => {
  const world = new World()
  for (let id = 1n; id <= 200n; id++) world.order(id)
  for (const [id, state] of world.states) world.states.set(id, { ...state, nextBlock: 1_000n })
  await world.blocks(1)
  expect(world.reads).toHaveLength(64)
  await world.blocks(5)
  expect(new Set(world.reads).size).toBe(200)
  expect(world.reads).toHaveLength(200)
})

test('ATTACK an application has no more subscriptions here than there is room for', () => {
  const store = new SubscriptionStore(':memory:')
  const all = Array.from({ length: MAX_KEPT + 2 }, (_, n) => BigInt(n + 1))
  const told = all.map((subscriptionId) => ({ subscriptionId, appId: 7n, args: undefined }))
  expect(store.keep([7n], told, 5n)).toEqual(told.slice(-2))
  expect(store.ids(7n)).toHaveLength(MAX_KEPT)
  expect(store.readTo(7n)).toBe(5n)
})

test('blocks that tell nothing are not written down one by one, and a worker that is killed among them misses nothing', async () => {
  const world = new World()
  await world.look()
  const keep = world.store.keep.bind(world.store)
  let writes = 0
  world.store.keep = (...all) => {
    writes++
    return keep(...all)
  }
  await world.blocks(130)
  expect(writes).toBeLessThanOrEqual(3)
  world.head++
  world.order(1n)
  world.restart()
  await world.blocks(2)
  expect(world.made()).toEqual([1n])
})

test('a long history is read in bounded pieces, once', async () => {
  const world = new World()
  world.head = 20_000n
  world.order(1n)
  await world.look()
  expect(world.ranges).toHaveLength(8)
  await world.look()
  await world.look()
  expect(world.store.readTo(7n)).toBe(20_000n)
  world.restart()
  world.ranges.length = 0
  await world.blocks(1)
  expect(world.ranges).toEqual([[20_001n, 20_001n]])
})
