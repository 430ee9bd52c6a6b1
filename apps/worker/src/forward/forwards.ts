// Takes requests of applications to the chain: one transaction each, followed until it is final. I/O through its parts.
import { keccak256, encodePacked, type Hex } from 'viem'
import type { Head } from '../chain/records.ts'
import type { Log } from '../log.ts'
import { codeOf, messageOf, WorkerError } from '../worker-error.ts'
import {
  lastingReasons,
  type ForwardChain,
  type ForwardReason,
  type SignedForward,
} from './forward-chain.ts'
import { type ForwardEntry, type ForwardStore } from './forward-store.ts'

/** What is counted. */
export type ForwardCounters = {
  readonly open: (requests: number) => void
  readonly ended: (outcome: 'finalized' | 'failed') => void
  readonly spent: (gas: bigint) => void
}

/** What they are taken there with. */
export type ForwardsParts = {
  readonly chain: ForwardChain
  readonly head: () => Promise<Head>
  readonly store: Pick<ForwardStore, 'save' | 'read' | 'open'>
  readonly pollMs: number
  /** Resolves after so many milliseconds, at once after the signal; never rejects. */
  readonly sleep: (ms: number) => Promise<void>
  readonly monotonicMs: () => number
  readonly counters: ForwardCounters
  readonly log: Log
  readonly signal: AbortSignal
}

/** What an application is told of its request; by the word of this machine. */
export type ForwardReport = Pick<
  ForwardEntry,
  'state' | 'reason' | 'transactionHash' | 'blockNumber'
>

/** Requests of one application, and of all, that have not ended. */
const MAX_OPEN_OF_APP = 64
const MAX_OPEN = 1_024
/** On their way and not final at the same time: leases and answers share the operator's queue of 64. */
const MAX_SENDING_OF_APP = 8
const MAX_SENDING = 24
const RETRY_MS = 1_000
const LONGEST_RETRY_MS = 15_000
/** How far back a request is looked for whose number was used up by somebody else. */
const LOOK_BACK_BLOCKS = 10_000n

type Running = {
  entry: ForwardEntry
  isBusy: boolean
  /** What it may cost its application while it is on its way. */
  reservedWei: bigint
  failures: number
  dueAtMs: number
}

/** Remembers nothing that its store does not have. */
export class Forwards {
  readonly #parts: ForwardsParts
  readonly #open = new Map<string, Running>()

  constructor(parts: ForwardsParts) {
    this.#parts = parts
    for (const entry of parts.store.open()) this.#open.set(nameOf(entry), running(entry))
  }

  /**
   * Takes a request, or says how far the one with its number has come. One that has failed without being forwarded is taken anew. Throws
   * WorkerError `forward.key-used` where the number stands for another call, `forward.full` (retryable).
   */
  submit(signed: SignedForward): ForwardReport {
    const { request } = signed
    const contentDigest = contentOf(signed)
    const known = this.#known(request)
    const isOver = known?.state === 'failed' && !isUsedUp(known)
    if (known !== undefined && !isOver) {
      if (known.contentDigest !== contentDigest)
        throw new WorkerError('forward.key-used', 'another transaction has this key')
      return reportOf(known)
    }
    const ofApp = [...this.#open.values()].filter(({ entry }) => entry.appId === request.appId)
    if (ofApp.length >= MAX_OPEN_OF_APP || this.#open.size >= MAX_OPEN)
      throw new WorkerError('forward.full', 'too many transactions are on their way', {
        retryable: true,
      })
    const { appId, nonce } = request
    const tries = known === undefined ? 0 : known.tries + 1
    const entry: ForwardEntry = { appId, nonce, contentDigest, signed, state: 'queued', tries }
    this.#parts.store.save(entry)
    this.#open.set(nameOf(entry), running(entry))
    return reportOf(entry)
  }

  /** How far a request has come; undefined for one that is not known here. */
  report(appId: bigint, nonce: bigint): ForwardReport | undefined {
    const known = this.#known({ appId, nonce })
    return known === undefined ? undefined : reportOf(known)
  }

  /** Runs until the signal. */
  async run(): Promise<void> {
    const { signal, sleep, pollMs, log, counters } = this.#parts
    while (!signal.aborted) {
      try {
        if (this.#open.size > 0) await this.look()
      } catch (error) {
        log.warn({ code: codeOf(error), error: messageOf(error) }, 'requests were not looked at')
      }
      counters.open(this.#open.size)
      await sleep(pollMs)
    }
  }

  /** One round: begins what is due, the oldest first. Resolves before it has ended. */
  async look(): Promise<void> {
    if (this.#open.size === 0) return
    const head = await this.#parts.head()
    for (const one of [...this.#open.values()]) {
      if (one.isBusy || one.dueAtMs > this.#parts.monotonicMs()) continue
      const { state, appId, blockNumber = 0n } = one.entry
      const isMined = state === 'mined'
      if (isMined && blockNumber > head.number) continue
      if (state === 'queued' && !this.#hasRoom(appId)) continue
      one.isBusy = true
      void (isMined ? this.#settle(one, head) : this.#advance(one, head))
        .catch((error: unknown) => this.#failed(one, error))
        .finally(() => (one.isBusy = false))
    }
  }

  #known({ appId, nonce }: { appId: bigint; nonce: bigint }): ForwardEntry | undefined {
    return this.#open.get(nameOf({ appId, nonce }))?.entry ?? this.#parts.store.read(appId, nonce)
  }

  #hasRoom(appId: bigint): boolean {
    const all = [...this.#open.values()]
    const busy = all.filter(({ isBusy, entry }) => isBusy || entry.state !== 'queued')
    const ofApp = busy.filter(({ entry }) => entry.appId === appId)
    return busy.length < MAX_SENDING && ofApp.length < MAX_SENDING_OF_APP
  }

  /** From `queued` or `relayed` on. */
  async #advance(one: Running, head: Head): Promise<void> {
    const { chain } = this.#parts
    const signed = one.entry.signed!
    // What was relayed before a restart is the same transaction: nothing is asked again before it is known what became of it.
    if (one.entry.state === 'queued') {
      const reason = await this.#hindrance(one, head)
      if (reason === 'nonce-used') return this.#settle(one, head)
      if (reason !== undefined) return this.#waits(one, reason)
      this.#save(one, { state: 'relayed', reason: undefined })
    }
    const key = keyOf(one.entry)
    const done = await chain.forward(key, signed).catch((error: unknown) => {
      if (isRetryable(error) || this.#parts.signal.aborted) throw error
      // The contract refuses it now, or another transaction has come first: the next try is another transaction.
      this.#save(one, { state: 'queued', tries: one.entry.tries + 1 })
      throw error
    })
    one.reservedWei = 0n
    one.failures = 0
    const { blockNumber, transactionHash, gasUsed, costWei } = done
    this.#save(one, { state: 'mined', blockNumber, transactionHash })
    this.#parts.counters.spent(gasUsed)
    const fields = { appId: String(one.entry.appId), transactionHash, gasUsed: String(gasUsed) }
    this.#parts.log.info({ ...fields, costWei: String(costWei) }, 'request forwarded')
  }

  async #hindrance(one: Running, head: Head): Promise<ForwardReason | undefined> {
    const { chain } = this.#parts
    const signed = one.entry.signed!
    const { appId, deadline } = signed.request
    // The newest block may be in time still, the next one will not.
    if (head.timestamp > deadline)
      return (await chain.isUsed(signed.request, head.number)) ? 'nonce-used' : 'expired'
    one.reservedWei = await chain.costWei(signed.request)
    const ofApp = [...this.#open.values()].filter(({ entry }) => entry.appId === appId)
    const othersWei = ofApp.reduce((sum, other) => sum + other.reservedWei, -one.reservedWei)
    const reason = await chain.hindrance(signed, othersWei)
    if (reason !== undefined) one.reservedWei = 0n
    return reason
  }

  /** Tried again until its deadline, unless that is over or waiting does not help. */
  #waits(one: Running, reason: ForwardReason): void {
    if (reason === 'expired') this.#end(one, 'failed', one.entry.reason ?? reason)
    else if (lastingReasons.has(reason)) this.#end(one, 'failed', reason)
    else {
      if (one.entry.reason !== reason) this.#save(one, { reason })
      this.#later(one)
    }
  }

  /** Its number is used up, or its transaction is final: what has become of it is in an event. */
  async #settle(one: Running, head: Head): Promise<void> {
    const { chain } = this.#parts
    const { appId, nonce, state, blockNumber, tries } = one.entry
    const back = head.number > LOOK_BACK_BLOCKS ? head.number - LOOK_BACK_BLOCKS : 0n
    const first = state === 'mined' ? (blockNumber ?? back) : back
    const outcome = await chain.outcome({ appId, nonce }, first, head.number)
    if (outcome !== undefined) {
      const { success, ...where } = outcome
      this.#save(one, where)
      this.#end(one, success ? 'finalized' : 'failed', success ? undefined : 'reverted')
    } else if (state === 'mined') this.#save(one, { state: 'queued', tries: tries + 1 })
    else if (await chain.isUsed({ appId, nonce }, head.number))
      this.#end(one, 'failed', 'nonce-used')
    else this.#later(one)
  }

  #failed(one: Running, error: unknown): void {
    const { appId } = one.entry
    const fields = { appId: String(appId), code: codeOf(error), error: messageOf(error) }
    if (this.#parts.signal.aborted) return
    this.#parts.log.warn(fields, 'a request is not on chain yet')
    if (one.entry.state === 'queued') one.reservedWei = 0n
    this.#later(one)
  }

  #later(one: Running): void {
    const pauseMs = Math.min(RETRY_MS * 2 ** Math.min(one.failures++, 10), LONGEST_RETRY_MS)
    one.dueAtMs = this.#parts.monotonicMs() + pauseMs
  }

  #save(one: Running, change: Partial<ForwardEntry>): void {
    one.entry = { ...one.entry, ...change }
    this.#parts.store.save(one.entry)
  }

  #end(one: Running, state: 'finalized' | 'failed', reason: string | undefined): void {
    const { signed: _, ...entry } = one.entry
    this.#parts.store.save({ ...entry, state, ...(reason === undefined ? {} : { reason }) })
    this.#open.delete(nameOf(entry))
    this.#parts.counters.ended(state)
    const fields = { appId: String(entry.appId), ...(reason === undefined ? {} : { reason }) }
    this.#parts.log.info(fields, state === 'failed' ? 'a request has failed' : 'a request is final')
  }
}

function running(entry: ForwardEntry): Running {
  return { entry, isBusy: false, reservedWei: 0n, failures: 0, dueAtMs: 0 }
}

function nameOf({ appId, nonce }: { readonly appId: bigint; readonly nonce: bigint }): string {
  return `${appId}/${nonce}`
}

/** Its deadline and signature may differ: one number stands for one call. */
function contentOf({ request: { to, valueWei, gas, data } }: SignedForward): Hex {
  const types = ['address', 'uint128', 'uint32', 'bytes'] as const
  return keccak256(encodePacked(types, [to, valueWei, gas, data]))
}

/** Whether the chain takes no other request with this number. */
function isUsedUp({ reason }: ForwardEntry): boolean {
  return reason === 'reverted' || reason === 'nonce-used'
}

/** Names a transaction: what was signed, and which try it is. */
function keyOf({ appId, signed, tries }: ForwardEntry): string {
  return `forward/${appId}/${keccak256(signed?.signature ?? '0x').slice(2, 34)}/${tries}`
}

function reportOf({ state, reason, transactionHash, blockNumber }: ForwardEntry): ForwardReport {
  return {
    state,
    ...(reason === undefined ? {} : { reason }),
    ...(transactionHash === undefined ? {} : { transactionHash }),
    ...(blockNumber === undefined ? {} : { blockNumber }),
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true
}
