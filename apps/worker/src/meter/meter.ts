// Collects the rent of attested seconds: settles each application from time to time and when it stops. Sends transactions.
import { setTimeout as delay } from 'node:timers/promises'
import type { WorkerChain } from '../chain/worker-chain.ts'
import { appScope, type ConditionBoard } from '../condition/condition.ts'
import type { Log } from '../log.ts'
import type { DesiredApp } from '../reconcile/model.ts'
import { codeOf, messageOf } from '../worker-error.ts'

/** What the meter works with. */
export type MeterParts = {
  readonly chain: Pick<WorkerChain, 'head' | 'unsettledWei' | 'settle'>
  readonly settleMs: number
  readonly board: ConditionBoard
  readonly log: Log
  readonly monotonicMs: () => number
  readonly signal: AbortSignal
}

/** Longest pause between two looks at who is due, milliseconds. */
const LOOK_MS = 5_000

/** Settles; withdrawing what was earned is the owner's business. */
export class Meter {
  readonly #parts: MeterParts
  readonly #apps = new Map<bigint, { state: DesiredApp['state']; dueAtMs: number }>()

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

  /** Runs until the signal. */
  async run(): Promise<void> {
    const { signal, settleMs } = this.#parts
    while (!signal.aborted) {
      await this.settleDue()
      await delay(Math.min(settleMs, LOOK_MS), undefined, { signal }).catch(() => undefined)
    }
  }

  /** Settles every application that is due; one that fails is tried again after a period. */
  async settleDue(): Promise<void> {
    const { monotonicMs, settleMs, signal } = this.#parts
    for (const [appId, entry] of [...this.#apps]) {
      if (signal.aborted || entry.dueAtMs > monotonicMs()) continue
      const settled = await this.#settle(appId)
      if (settled && entry.state === 'ended') this.#apps.delete(appId)
      else entry.dueAtMs = monotonicMs() + settleMs
    }
  }

  async #settle(appId: bigint): Promise<boolean> {
    const { chain, log, board } = this.#parts
    try {
      const { number } = await chain.head()
      if ((await chain.unsettledWei(appId, number)) > 0n) {
        await chain.settle(appId, number)
        log.info({ appId: String(appId) }, 'settled')
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
}
