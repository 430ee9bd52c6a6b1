// Carries calls of contracts to the agents of their applications, and their answers to the chain. I/O through its parts.
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
/** Calls of one application that are known here; the oldest. */
const MAX_KNOWN = 1_000
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
/** All applications are read again after so long, whatever the events say, milliseconds. */
const RESYNC_MS = 60_000

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

/** Finds what is open on chain in every round: nothing that it remembers has to be right. */
export class Courier {
  readonly #parts: CourierParts
  readonly #entries = new Map<bigint, Map<bigint, Entry>>()
  /** On their way, by key; and the key by call. */
  readonly #deliveries = new Map<string, Delivery>()
  readonly #keyOf = new Map<bigint, string>()
  readonly #seen = new Set<bigint>()
  #head: Head | undefined
  #resyncAtMs = 0
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

  /** One round: reads what is open where something may be, and hands on what is due. */
  async look(): Promise<void> {
    const head = await this.#parts.head()
    if (head.number !== this.#head?.number) await this.#read(head)
    for (const appId of this.#entries.keys()) this.#askAll(appId)
  }

  async #read(head: Head): Promise<void> {
    const { chain, apps, monotonicMs, counters } = this.#parts
    const own = new Set(apps())
    const due = new Set(this.#entries.keys())
    const isResync = this.#head === undefined || monotonicMs() >= this.#resyncAtMs
    for (const appId of own) if (isResync || !this.#seen.has(appId)) due.add(appId)
    if (this.#head !== undefined)
      for (const appId of await chain.opened(this.#head.number + 1n, head.number))
        if (own.has(appId)) due.add(appId)
    for (const appId of due) {
      const calls = own.has(appId) ? await chain.openCalls(appId, head.number) : []
      this.#note(appId, calls, head)
      this.#seen.add(appId)
    }
    for (const appId of [...this.#seen]) if (!own.has(appId)) this.#seen.delete(appId)
    // What was sent is final now: calls that are open all the same are carried out again.
    for (const { key, minedBlock } of [...this.#deliveries.values()])
      if (minedBlock !== undefined && minedBlock <= head.number) this.#release(key)
    if (isResync) this.#resyncAtMs = monotonicMs() + RESYNC_MS
    this.#head = head
    counters.open([...this.#entries.values()].reduce((sum, { size }) => sum + size, 0))
  }

  /** Takes what is open now for what is known. Expired calls are nobody's business here. */
  #note(appId: bigint, calls: readonly OpenCall[], head: Head): void {
    const { monotonicMs, counters } = this.#parts
    const before = this.#entries.get(appId) ?? new Map<bigint, Entry>()
    const open = calls
      .filter(({ deadline }) => deadline >= head.timestamp)
      .toSorted((a, b) => (a.callId < b.callId ? -1 : 1))
      .slice(0, MAX_KNOWN)
    const now = monotonicMs()
    const entries = new Map<bigint, Entry>()
    for (const call of open) {
      const fresh = { asked: false, answer: undefined, tries: 0, dueAtMs: 0, alone: false }
      const known = before.get(call.callId)
      entries.set(call.callId, known ?? { call, sinceMs: now, ...fresh })
    }
    for (const [callId, { sinceMs }] of before)
      if (!entries.has(callId))
        counters.answered(this.#keyOf.has(callId) ? 'answered' : 'gone', (now - sinceMs) / 1_000)
    if (entries.size === 0) this.#entries.delete(appId)
    else this.#entries.set(appId, entries)
  }

  /** Hands the oldest calls on that nobody works on. */
  #askAll(appId: bigint): void {
    const { agents, monotonicMs } = this.#parts
    const entries = [...(this.#entries.get(appId)?.values() ?? [])]
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
        ...{ callId: call.callId, definition, args },
      })
      if (callId !== call.callId) throw new Error(`an answer to call ${callId}`)
      if (body !== undefined) this.#parts.keepBody(Buffer.from(body, 'base64'))
      entry.answer = { callId, status, payload, signature }
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
      .toSorted((a, b) => (a.call.callId < b.call.callId ? -1 : 1))
    const single = ready.find(({ alone }) => alone)
    if (single !== undefined) return [single]
    const batch: Entry[] = []
    let gas = 0
    let bytes = 0
    for (const entry of ready) {
      gas += entry.call.callbackGas
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
    for (const { callId } of batch.answers) this.#keyOf.set(callId, batch.key)
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
    let allowanceWei = 0n
    for (const entries of this.#entries.values())
      for (const { call } of entries.values())
        if (paid.has(call.callId)) allowanceWei += call.allowanceWei
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
    for (const { callId } of delivery.answers) {
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
  const text = answers.map(({ callId, signature }) => `${callId}/${signature}`).join()
  return `fulfil/${at}/${keccak256(toHex(text)).slice(2, 34)}`
}

/** Of one answer in a batch: payload, signature, and the ABI's words around them. */
function calldataBytes({ answer }: Entry): number {
  return 512 + (answer === undefined ? 0 : Math.ceil(size(answer.payload) / 32) * 32)
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true
}
