// Collects the rent of attested seconds: settles each application from time to time, when its escrow runs out and when it stops.
import { setTimeout as delay } from 'node:timers/promises'
import { zeroHash } from 'viem'
import type { Funds } from '../chain/records.ts'
import type { WorkerChain, WorkProof } from '../chain/worker-chain.ts'
import { appScope, type ConditionBoard } from '../condition/condition.ts'
import type { Log } from '../log.ts'
import type { DesiredApp } from '../reconcile/model.ts'
import { codeOf, messageOf } from '../worker-error.ts'

/** What the meter works with. */
export type MeterParts = {
  readonly workerId: bigint
  readonly chain: Pick<WorkerChain, 'head' | 'funds' | 'settle' | 'uploadWork'>
  readonly settleMs: number
  /** Whether each settlement is followed by its proof of work. */
  readonly uploadWork: boolean
  /** What has been counted of an application's usage so far; `undefined`: nothing. */
  readonly prove: (appId: bigint) => Promise<WorkProof | undefined>
  /** Told of every look at what an application can still pay. */
  readonly onFunds: (appId: bigint, funds: Funds) => void
  readonly board: ConditionBoard
  readonly log: Log
  readonly monotonicMs: () => number
  readonly signal: AbortSignal
}

/** Longest pause between two looks at who is due, milliseconds. */
const LOOK_MS = 5_000
/** From a renewal to a look at the escrow: the renewal should be final by then, milliseconds. */
const FINAL_MS = 15_000

type Entry = {
  readonly state: DesiredApp['state']
  dueAtMs: number
  /** When the escrow is looked at; absent until the next renewal. */
  lookAtMs?: number
}

/** Settles; withdrawing what was earned is the owner's business. */
export class Meter {
  readonly #parts: MeterParts
  readonly #apps = new Map<bigint, Entry>()

  constructor(parts: MeterParts) {
    this.#parts = parts
  }

  /** Notes what an application does; one that has stopped is settled soon, an unknown one after a full period. */
  note(appId: bigint, state: DesiredApp['state']): void {
    const { monotonicMs, settleMs } = this.#parts
    const known = this.#apps.get(appId)
    if (known?.state === state) return
    // A stopped application that was never seen running has been settled by an earlier run, or never was attested.
    if (known === undefined && state === 'ended') return
    const dueAtMs = monotonicMs() + (state === 'active' ? settleMs : 0)
    this.#apps.set(appId, { state, dueAtMs })
  }

  /** Notes a renewed lease: seconds have been earned, and the escrow may not reach much further. */
  renewed(appId: bigint): void {
    const entry = this.#apps.get(appId)
    if (entry !== undefined) entry.lookAtMs ??= this.#parts.monotonicMs() + FINAL_MS
  }

  /** Runs until the signal. */
  async run(): Promise<void> {
    const { signal, settleMs } = this.#parts
    while (!signal.aborted) {
      await this.settleDue()
      await delay(Math.min(settleMs, LOOK_MS), undefined, { signal }).catch(() => undefined)
    }
  }

  /** Settles every application that is due or about to run out of funds; one that fails is tried again after a period. */
  async settleDue(): Promise<void> {
    const { monotonicMs, settleMs, signal } = this.#parts
    for (const [appId, entry] of [...this.#apps]) {
      if (signal.aborted) return
      const due = entry.dueAtMs <= monotonicMs()
      if (!due && (entry.lookAtMs ?? Infinity) > monotonicMs()) continue
      delete entry.lookAtMs
      const settled = await this.#settle(appId, due)
      if (settled && entry.state === 'ended') this.#apps.delete(appId)
      else if (due || !settled) entry.dueAtMs = monotonicMs() + settleMs
    }
  }

  /** Whatever is owed when `due`; else only where less than one lease of rent would be left. */
  async #settle(appId: bigint, due: boolean): Promise<boolean> {
    const { chain, log, board } = this.#parts
    try {
      const { number } = await chain.head()
      const funds = await chain.funds(appId, number)
      this.#parts.onFunds(appId, funds)
      const { owedWei, escrowWei, leaseWei } = funds
      if (owedWei > 0n && (due || escrowWei - owedWei < leaseWei)) {
        await chain.settle(appId, number)
        log.info({ appId: String(appId) }, 'settled')
        await this.#uploadWork(appId, number)
      }
      board.set(appScope(appId), 'meter', [])
      return true
    } catch (error) {
      // Ended or paused meanwhile: the contract has settled by itself.
      if (/AppStateWrong|AppUnknown/.test(codeOf(error))) return true
      log.warn(
        { appId: String(appId), code: codeOf(error), error: messageOf(error) },
        'not settled',
      )
      board.set(appScope(appId), 'meter', [
        {
          code: 'meter.not-settled',
          severity: 'warning',
          text: `the rent could not be settled (${codeOf(error)}): ${messageOf(error)}`,
          remedy: 'nothing is lost: seconds stay on chain and are settled with the next try',
        },
      ])
      return false
    }
  }

  /** The rent is paid all the same: a proof that is not taken is said and left. */
  async #uploadWork(appId: bigint, at: bigint): Promise<void> {
    const { chain, workerId, uploadWork, prove, log } = this.#parts
    if (!uploadWork) return
    try {
      const proof = (await prove(appId)) ?? { digest: zeroHash, uri: '' }
      await chain.uploadWork(workerId, appId, proof, at)
    } catch (error) {
      log.warn(
        { appId: String(appId), code: codeOf(error), error: messageOf(error) },
        'proof of work not taken',
      )
    }
  }
}
