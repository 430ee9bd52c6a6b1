// Carries calls of contracts to the agents of their applications, and their answers to the chain. I/O through its parts.
import type { BridgeCall } from '@wetee/chain'
import { keccak256, size, toHex } from 'viem'
import type { Head } from '../chain/records.ts'
import type { AgentClient } from '../instance/agent-client.ts'
import type { Log } from '../log.ts'
import { codeOf, messageOf } from '../worker-error.ts'
import type { Batch, BatchStore } from './batch-store.ts'
import type { BridgeChain, CallAnswer, OpenCall } from './bridge-chain.ts'

/** What is counted. */
export type CourierCounters = {
  readonly open: (calls: number) => void
  readonly answered: (outcome: 'answered' | 'gone', seconds: number) => void
  readonly asked: (outcome: 'ok' | 'refused') => void
  readonly spent: (gas: bigint) => void
}

/** What the courier works with. */
export type CourierParts = {
  readonly chain: BridgeChain
  readonly head: () => Promise<Head>
  /** Applications of this worker. */
  readonly apps: () => readonly bigint[]
  /** Attested instances of an application's current version, in an order that stays. */
  readonly agents: (appId: bigint) => readonly Pick<AgentClient, 'call'>[]
  readonly store: Pick<BatchStore, 'save' | 'remove' | 'all'>
  /** Keeps bytes of which only the digest goes on chain. */
  readonly keepBody: (body: Uint8Array) => void
  readonly pollMs: number
  /** Resolves after so many milliseconds, at once after the signal; never rejects. */
  readonly sleep: (ms: number) => Promise<void>
  readonly monotonicMs: () => number
  readonly counters: CourierCounters
  readonly log: Log
  readonly signal: AbortSignal
}

/** Calls of one application that its agents work on at the same time. */
const MAX_ASKED = 64
/** Calls of one application that are known here; there are more on chain when these are done. */
const MAX_KNOWN = 4_096
const MAX_BATCH = 20
/** Gas of callbacks in one transaction, unless one alone has more. */
const MAX_BATCH_GAS = 8_000_000
/** Of calldata; a transaction of the Hub has room for 131,072. */
const MAX_BATCH_BYTES = 98_304
const MAX_DELIVERIES = 16
/** Answers wait so long for others, milliseconds. */
const GATHER_MS = 150
const RETRY_MS = 1_000
const LONGEST_RETRY_MS = 30_000

type Entry = {
  readonly call: OpenCall
  readonly sinceMs: number
  asked: boolean
  answer: CallAnswer | undefined
  tries: number
  dueAtMs: number
  /** It has spoilt a batch, or may. */
  alone: boolean
}

type Delivery = Batch & { minedBlock: bigint | undefined }

/**
 * Hears of calls by their events, from as far back as one can be open, and asks the chain in every round which of them are open still:
 * no state that it keeps has to be right.
 */
export class Courier {
  readonly #parts: CourierParts
  readonly #entries = new Map<bigint, Map<bigint, Entry>>()
  /** On their way, by key; and the key by call. */
  readonly #deliveries = new Map<string, Delivery>()
  readonly #keyOf = new Map<bigint, string>()
  /** Applications whose older calls were looked for. */
  readonly #seen = new Set<bigint>()
  /** Those that have more than are known here. */
  readonly #partial = new Set<bigint>()
  #head: Head | undefined
  #gathering = false
  #sending = 0

  constructor(parts: CourierParts) {
    this.#parts = parts
  }

  /** Runs until the signal. */
  async run(): Promise<void> {
    const { signal, sleep, pollMs, log } = this.#parts
    for (const batch of this.#parts.store.all()) this.#deliver(batch)
    while (!signal.aborted) {
      try {
        await this.look()
      } catch (error) {
        log.warn({ code: codeOf(error), error: messageOf(error) }, 'open calls were not read')
      }
      await sleep(pollMs)
    }
  }

  /** One round: reads what was opened and what is open still, and hands on what is due. */
  async look(): Promise<void> {
    const head = await this.#parts.head()
    if (head.number !== this.#head?.number) await this.#read(head)
    for (const appId of this.#entries.keys()) this.#askAll(appId)
  }

  async #read(head: Head): Promise<void> {
    const { chain, apps, counters } = this.#parts
    const own = new Set(apps())
    const from = this.#head?.number
    const opened = from === undefined ? [] : await chain.opened(from + 1n, head.number)
    await this.#check(own, head)
    this.#add(opened, own, head)
    for (const appId of this.#partial)
      if ((this.#entries.get(appId)?.size ?? 0) < MAX_KNOWN / 2) this.#seen.delete(appId)
    for (const appId of this.#seen) if (!own.has(appId)) this.#seen.delete(appId)
    const fresh = new Set([...own].filter((appId) => !this.#seen.has(appId)))
    if (fresh.size > 0) void this.#recall(fresh, head)
    // What was sent is final now: calls that are open all the same are carried out again.
    for (const { key, minedBlock } of [...this.#deliveries.values()])
      if (minedBlock !== undefined && minedBlock <= head.number) this.#release(key)
    this.#head = head
    counters.open([...this.#entries.values()].reduce((sum, { size }) => sum + size, 0))
  }

  /** Looks for older calls of applications that are new here. */
  async #recall(appIds: ReadonlySet<bigint>, head: Head): Promise<void> {
    const { chain, log } = this.#parts
    for (const appId of appIds) {
      this.#seen.add(appId)
      this.#partial.delete(appId)
    }
    try {
      for await (const page of chain.history(head)) {
        const calls = page.filter((call) => appIds.has(call.appId) && isInTime(call, head))
        const open = await chain.stillOpen(calls, head.number)
        this.#add(
          calls.filter(({ callId }) => open.has(callId)),
          appIds,
          head,
        )
      }
    } catch (error) {
      // The next round begins anew.
      for (const appId of appIds) this.#seen.delete(appId)
      log.warn({ code: codeOf(error), error: messageOf(error) }, 'older calls were not read')
    }
  }

  /** Forgets what is answered, late or no more of this worker. */
  async #check(own: ReadonlySet<bigint>, head: Head): Promise<void> {
    const { chain, monotonicMs, counters } = this.#parts
    const all = [...this.#entries.values()].flatMap((entries) => [...entries.values()])
    const calls = all.map(({ call }) => call)
    const open = calls.length === 0 ? new Set() : await chain.stillOpen(calls, head.number)
    const now = monotonicMs()
    for (const { call, sinceMs } of all) {
      const { callId, appId } = call
      if (open.has(callId) && own.has(appId) && isInTime(call, head)) continue
      const entries = this.#entries.get(appId)
      entries?.delete(callId)
      if (entries?.size === 0) this.#entries.delete(appId)
      counters.answered(this.#keyOf.has(callId) ? 'answered' : 'gone', (now - sinceMs) / 1_000)
    }
  }

  #add(calls: readonly OpenCall[], appIds: ReadonlySet<bigint>, head: Head): void {
    const sinceMs = this.#parts.monotonicMs()
    for (const call of calls) {
      const { appId, callId } = call
      if (!appIds.has(appId) || !isInTime(call, head)) continue
      const entries = this.#entries.get(appId) ?? new Map<bigint, Entry>()
      if (entries.size >= MAX_KNOWN) this.#partial.add(appId)
      else if (!entries.has(callId))
        entries.set(callId, {
          ...{ call, sinceMs, asked: false, answer: undefined, tries: 0, dueAtMs: 0, alone: false },
        })
      this.#entries.set(appId, entries)
    }
  }

  /** Hands the oldest calls on that nobody works on. */
  #askAll(appId: bigint): void {
    const { agents, monotonicMs } = this.#parts
    const entries = [...(this.#entries.get(appId)?.values() ?? [])].toSorted(byAge)
    const choice = agents(appId)
    let room = MAX_ASKED - entries.filter(({ asked }) => asked).length
    const now = monotonicMs()
    for (const entry of entries) {
      if (room <= 0 || choice.length === 0) break
      const { callId } = entry.call
      const isBusy = entry.asked || entry.answer !== undefined || this.#keyOf.has(callId)
      if (isBusy || entry.dueAtMs > now) continue
      const agent = choice[Number((callId + BigInt(entry.tries)) % BigInt(choice.length))]
      room--
      entry.asked = true
      void this.#ask(entry, agent!)
    }
  }

  async #ask(entry: Entry, agent: Pick<AgentClient, 'call'>): Promise<void> {
    const { chain, counters, log } = this.#parts
    const { call } = entry
    try {
      const [definition, args] = await Promise.all([chain.definition(call), chain.args(call)])
      const { callId, status, payload, signature, body } = await agent.call({
        ...{ call: madeOf(call), definition, args },
      })
      if (callId !== call.callId) throw new Error(`an answer to call ${callId}`)
      if (body !== undefined) this.#parts.keepBody(Buffer.from(body, 'base64'))
      entry.answer = { call: madeOf(call), status, payload, signature }
      counters.asked('ok')
      void this.#gather()
    } catch (error) {
      counters.asked('refused')
      this.#later(entry)
      const fields = { callId: String(call.callId), appId: String(call.appId) }
      log.warn({ ...fields, code: codeOf(error), error: messageOf(error) }, 'call not carried out')
    } finally {
      entry.asked = false
    }
  }

  #later(entry: Entry): void {
    const pauseMs = Math.min(RETRY_MS * 2 ** Math.min(entry.tries++, 10), LONGEST_RETRY_MS)
    entry.dueAtMs = this.#parts.monotonicMs() + pauseMs
  }

  /** Waits for more answers, then sends all there are. */
  async #gather(): Promise<void> {
    if (this.#gathering) return
    this.#gathering = true
    await this.#parts.sleep(GATHER_MS)
    this.#gathering = false
    if (this.#parts.signal.aborted) return
    while (this.#sending < MAX_DELIVERIES) {
      const entries = this.#nextBatch()
      if (entries.length === 0) return
      const answers = entries.map(({ answer }) => answer!)
      for (const entry of entries) entry.answer = undefined
      const batch = { key: keyOf(answers, this.#head?.number ?? 0n), answers }
      try {
        this.#parts.store.save(batch)
      } catch (error) {
        // Nothing is sent that is not kept.
        for (const entry of entries) this.#later(entry)
        const fields = { code: codeOf(error), error: messageOf(error) }
        this.#parts.log.error(fields, 'answers cannot be kept')
        return
      }
      this.#deliver(batch)
    }
  }

  #nextBatch(): readonly Entry[] {
    const ready = [...this.#entries.values()]
      .flatMap((entries) => [...entries.values()])
      .filter(({ answer }) => answer !== undefined)
      .toSorted(byAge)
    const single = ready.find(({ alone }) => alone)
    if (single !== undefined) return [single]
    const batch: Entry[] = []
    let gas = 0
    let bytes = 0
    for (const entry of ready) {
      gas += callbackGas(entry.call)
      bytes += calldataBytes(entry)
      const isFull = batch.length === MAX_BATCH || gas > MAX_BATCH_GAS || bytes > MAX_BATCH_BYTES
      if (isFull && batch.length > 0) break
      batch.push(entry)
    }
    return batch
  }

  /** Sends a batch, which is kept already. */
  #deliver(batch: Batch): void {
    const delivery: Delivery = { ...batch, minedBlock: undefined }
    this.#deliveries.set(batch.key, delivery)
    for (const { call } of batch.answers) this.#keyOf.set(call.callId, batch.key)
    this.#sending++
    void this.#send(delivery)
      .catch((error: unknown) => {
        const fields = { code: codeOf(error), error: messageOf(error) }
        this.#parts.log.error(fields, 'a batch of answers was lost')
      })
      .finally(() => {
        this.#sending--
        void this.#gather()
      })
  }

  async #send(delivery: Delivery): Promise<void> {
    const { chain, sleep, signal, log } = this.#parts
    const { key, answers } = delivery
    while (!signal.aborted) {
      try {
        const done = await chain.fulfil(key, answers)
        delivery.minedBlock = done.blockNumber
        this.#account(answers, done)
        return
      } catch (error) {
        const code = codeOf(error)
        if (signal.aborted) return
        const fields = { code, calls: answers.length, error: messageOf(error) }
        if (isRetryable(error)) {
          log.warn(fields, 'answers are not on chain yet')
          await sleep(RETRY_MS)
          continue
        }
        if (code === 'contract.NothingAnswered') log.info(fields, 'answers are needed no more')
        else log.warn(fields, 'answers were refused')
        this.#release(key, code !== 'contract.NothingAnswered')
        return
      }
    }
  }

  /** What a transaction has cost, and what its sender was paid for it. */
  #account(
    answers: readonly CallAnswer[],
    { answered, gasUsed, costWei, blockNumber }: Awaited<ReturnType<BridgeChain['fulfil']>>,
  ): void {
    const paid = new Set(answered)
    const allowanceWei = answers
      .filter(({ call }) => paid.has(call.callId))
      .reduce((sum, { call }) => sum + call.order.allowanceWei, 0n)
    this.#parts.counters.spent(gasUsed)
    this.#parts.log.info(
      {
        ...{ calls: answers.length, answered: answered.length, blockNumber: String(blockNumber) },
        ...{ gasUsed: String(gasUsed), costWei: String(costWei), paidWei: String(allowanceWei) },
      },
      'answers on chain',
    )
  }

  /** Forgets a delivery; those of its calls that are open are due again after a pause. */
  #release(key: string, isSpoilt = false): void {
    const delivery = this.#deliveries.get(key)
    if (delivery === undefined) return
    this.#deliveries.delete(key)
    this.#parts.store.remove(key)
    for (const { call } of delivery.answers) {
      const { callId } = call
      this.#keyOf.delete(callId)
      for (const entries of this.#entries.values()) {
        const entry = entries.get(callId)
        if (entry === undefined) continue
        this.#later(entry)
        if (isSpoilt) entry.alone = true
      }
    }
  }
}

/** Names a transaction by what is in it, and by the block of the decision: another decision is another transaction. */
function keyOf(answers: readonly CallAnswer[], at: bigint): string {
  const text = answers.map(({ call, signature }) => `${call.callId}/${signature}`).join()
  return `fulfil/${at}/${keccak256(toHex(text)).slice(2, 34)}`
}

/** Of one answer in a batch: the call, payload, signature, and the ABI's words around them. */
function calldataBytes({ answer }: Entry): number {
  return 1_024 + (answer === undefined ? 0 : Math.ceil(size(answer.payload) / 32) * 32)
}

function byAge(a: Entry, b: Entry): number {
  return a.call.callId < b.call.callId ? -1 : 1
}

/** Expired calls are nobody's business here. */
function isInTime({ order }: OpenCall, head: Head): boolean {
  return order.deadline >= head.timestamp
}

/** The call as the contract and the agent take it. */
function madeOf({ callId, appId, caller, order }: OpenCall): BridgeCall {
  return { callId, appId, caller, order }
}

/** Of the transaction; none where nothing is called back. */
function callbackGas({ order }: OpenCall): number {
  return /[^0x]/.test(order.selector) ? order.callbackGas : 0
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true
}
