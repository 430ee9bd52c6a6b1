// Makes the calls of subscriptions that are due, for the fee that is paid for it. I/O through its parts.
import type { Hex } from 'viem'
import type { Head } from '../chain/records.ts'
import type { Log } from '../log.ts'
import { codeOf, messageOf } from '../worker-error.ts'
import type { SubscriptionChain, ToldSubscription } from './subscription-chain.ts'
import type { SubscriptionStore } from './subscription-store.ts'

/** What is counted. */
export type TriggerCounters = {
  readonly known: (subscriptions: number) => void
  readonly triggered: (outcome: 'made' | 'refused') => void
}

/** What they are made with. */
export type TriggersParts = {
  readonly chain: SubscriptionChain
  readonly head: () => Promise<Head>
  /** Applications of this worker. */
  readonly apps: () => readonly bigint[]
  readonly store: Pick<
    SubscriptionStore,
    'readTo' | 'keep' | 'ids' | 'args' | 'remove' | 'refusals' | 'countRefusal'
  >
  readonly pollMs: number
  /** Resolves after so many milliseconds, at once after the signal; never rejects. */
  readonly sleep: (ms: number) => Promise<void>
  readonly monotonicMs: () => number
  readonly counters: TriggerCounters
  readonly log: Log
  readonly signal: AbortSignal
}

/** Blocks whose events are read at once, and how many such pieces in a round. */
const RANGE_BLOCKS = 1_000n
const MAX_RANGES = 8
/** How far events were read is written down once in so many blocks, where they tell nothing. */
const SAVE_BLOCKS = 64n
/** Subscriptions that are read in a round. */
const MAX_READS = 64
/** Transactions on their way: leases and answers share the operator's queue. */
const MAX_SENDING = 8
/** After a call that the contract refuses: no money, too dear, paused, another version. */
const RETRY_MS = 10_000
const LONGEST_RETRY_MS = 600_000

type Entry = {
  readonly appId: bigint
  /** Nothing is to be done before this block, */
  fromBlock: bigint
  /** and this time. */
  fromMs: number
  /** Calls that were refused since the last one that was made. */
  refusals: number
  isSending: boolean
}

type DueCall = { readonly id: bigint; readonly args: Hex; readonly nextBlock: bigint }

/**
 * The chain says what is due; the store spares reading all blocks again. A call that is due has one key, made of the block that it is due
 * from: whoever is killed and asks again sends the same transaction.
 */
export class Triggers {
  readonly #parts: TriggersParts
  readonly #entries = new Map<bigint, Entry>()
  /** Applications whose subscriptions are in `entries`, and the last block whose events were read for each. */
  readonly #apps = new Map<bigint, bigint>()
  #head: bigint | undefined

  constructor(parts: TriggersParts) {
    this.#parts = parts
  }

  /** Runs until the signal. */
  async run(): Promise<void> {
    const { signal, sleep, pollMs, log } = this.#parts
    while (!signal.aborted) {
      try {
        await this.look()
      } catch (error) {
        log.warn({ code: codeOf(error), error: messageOf(error) }, 'subscriptions were not read')
      }
      await sleep(pollMs)
    }
  }

  /** One round: reads what was ordered, and makes the calls that are due at a finalized block. */
  async look(): Promise<void> {
    const head = await this.#parts.head()
    if (head.number === this.#head) return
    const isReadToEnd = await this.#readOrders(head.number)
    await this.#readDue(head.number)
    this.#parts.counters.known(this.#entries.size)
    if (isReadToEnd) this.#head = head.number
  }

  /** Reads on where it was left, a bounded piece; whether nothing is left. */
  async #readOrders(head: bigint): Promise<boolean> {
    const { apps, store, chain } = this.#parts
    const own = new Set(apps())
    for (const [id, { appId }] of this.#entries) if (!own.has(appId)) this.#entries.delete(id)
    for (const appId of this.#apps.keys()) if (!own.has(appId)) this.#apps.delete(appId)
    for (const appId of own)
      if (!this.#apps.has(appId)) {
        this.#apps.set(appId, store.readTo(appId) ?? chain.firstBlock - 1n)
        for (const id of store.ids(appId)) this.#add(id, appId)
      }
    for (let n = 0; n < MAX_RANGES; n++) {
      let from = head
      for (const block of this.#apps.values()) if (block < from) from = block
      if (from === head) return true
      // Those that have come equally far are read for together.
      const last = from + RANGE_BLOCKS < head ? from + RANGE_BLOCKS : head
      const equal = new Set<bigint>()
      for (const [appId, block] of this.#apps) if (block === from) equal.add(appId)
      const told = await chain.told(equal, from + 1n, last)
      // Blocks without any are read again by the next process, up to so many.
      if (told.length > 0 || from / SAVE_BLOCKS !== last / SAVE_BLOCKS)
        this.#keep(equal, told, last)
      for (const appId of equal) this.#apps.set(appId, last)
    }
    return false
  }

  #keep(appIds: ReadonlySet<bigint>, told: readonly ToldSubscription[], last: bigint): void {
    const { store, log } = this.#parts
    const refused = store.keep(appIds, told, last)
    for (const one of told) if (!refused.includes(one)) this.#add(one.subscriptionId, one.appId)
    for (const [appId, own] of Map.groupBy(refused, (one) => one.appId))
      log.warn(
        { appId: String(appId), refused: own.length },
        'an application has too many subscriptions',
      )
  }

  #add(subscriptionId: bigint, appId: bigint): void {
    if (this.#entries.has(subscriptionId)) return
    const idle = { fromBlock: 0n, fromMs: 0, refusals: 0, isSending: false }
    this.#entries.set(subscriptionId, { appId, ...idle })
  }

  async #readDue(head: bigint): Promise<void> {
    const { chain, store, monotonicMs, log } = this.#parts
    const now = monotonicMs()
    const due = [...this.#entries]
      .filter(([, one]) => !one.isSending && one.fromBlock <= head && one.fromMs <= now)
      // Who waits longest comes first: nobody keeps others from their turn.
      .toSorted(([, a], [, b]) => Number(a.fromBlock - b.fromBlock) || a.fromMs - b.fromMs)
      .slice(0, MAX_READS)
    let isPaid: boolean | undefined
    for (const [id, entry] of due) {
      const state = await chain.state(id, head)
      if (state === undefined) {
        this.#entries.delete(id)
        store.remove(id)
        continue
      }
      entry.fromBlock = state.nextBlock
      const args = store.args(id)
      if (state.nextBlock > head) continue
      if (args === undefined) {
        this.#pause(entry)
        continue
      }
      if ([...this.#entries.values()].filter(({ isSending }) => isSending).length >= MAX_SENDING)
        return
      isPaid ??= await chain.isPaid()
      if (!isPaid) {
        log.info({}, 'gas costs more than triggers are paid')
        return
      }
      entry.isSending = true
      void this.#trigger({ id, args, nextBlock: state.nextBlock }, entry).finally(
        () => (entry.isSending = false),
      )
    }
  }

  async #trigger({ id, args, nextBlock }: DueCall, entry: Entry): Promise<void> {
    const { chain, store, counters, log, signal } = this.#parts
    const fields = { subscriptionId: String(id), appId: String(entry.appId) }
    try {
      // A refusal that was mined is remembered under its key for ever: the next try has another one.
      const key = `trigger/${id}/${nextBlock}/${store.refusals(id)}`
      const minedBlock = await chain.trigger(key, id, args)
      // Until then the finalized view still says that it is due.
      entry.fromBlock = minedBlock
      entry.refusals = 0
      counters.triggered('made')
      log.info({ ...fields, blockNumber: String(minedBlock) }, 'call of a subscription made')
    } catch (error) {
      if (signal.aborted) return
      this.#pause(entry)
      const told = { ...fields, code: codeOf(error), error: messageOf(error) }
      if (error instanceof Error && 'retryable' in error && error.retryable === true) {
        log.warn(told, 'call of a subscription is not on chain yet')
        return
      }
      entry.refusals++
      store.countRefusal(id)
      counters.triggered('refused')
      log.info(told, 'call of a subscription refused')
    }
  }

  #pause(entry: Entry): void {
    const pauseMs = RETRY_MS * 2 ** Math.min(entry.refusals, 10)
    entry.fromMs = this.#parts.monotonicMs() + Math.min(pauseMs, LONGEST_RETRY_MS)
  }
}
