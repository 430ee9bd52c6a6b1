// Turns appraisals of the worker's instances into leases on chain: one signed batch per period. Does I/O through its ports.
import { leaseBatchTypedData } from '@wetee/chain'
import type { AttestationLease, Committee, SkippedLease } from '../chain/records.ts'
import type { WorkerChain } from '../chain/worker-chain.ts'
import type { Condition } from '@wetee/daemon'
import { appScope, type ConditionBoard } from '../condition/condition.ts'
import type { InstanceKey } from '../instance/identity.ts'
import type { Log } from '../log.ts'
import { backOffMs } from '../reconcile/back-off.ts'
import { codeOf, messageOf } from '../worker-error.ts'
import { batchesOf, expiryOf, type PendingLease } from './batches.ts'
import type { NodeClient } from './node-client.ts'
import { collectSignatures, type NodeOutcome } from './signatures.ts'

/** Periods, milliseconds. */
export type LeaseCollectorOptions = {
  /** How long to wait for more leases before a batch is signed. */
  readonly batchMs: number
  /** Least time between two renewals; a sixth of a lease where that is longer. A key without a lease does not wait. */
  readonly renewMs: number
}

/** What the collector works with. */
export type LeaseCollectorParts = {
  readonly chain: Pick<WorkerChain, 'network' | 'head' | 'committee' | 'maxLeaseSeconds' | 'renew'>
  readonly nodes: Pick<NodeClient, 'signLeases'>
  readonly board: ConditionBoard
  readonly log: Log
  /** A clock that only goes forward, milliseconds. */
  readonly monotonicMs: () => number
  /** Told after every renewal that the contract took. */
  readonly onRenewed?: (lease: AttestationLease) => void
  readonly signal: AbortSignal
}

/** Nodes sign what they have appraised in the last 5 min; older offers are left to the agent's next round. */
const MAX_OFFER_AGE_MS = 280_000
/** Kept well below that age. */
const MAX_PERIOD_MS = 180_000
const MAX_PENDING = 4_096

const slotOf = ({ appId, version, replica }: InstanceKey) => `${appId}/${version}/${replica}`

/** Keeps the newest appraised lease of every instance until the contract has it. */
export class LeaseCollector {
  readonly #options: LeaseCollectorOptions
  readonly #parts: LeaseCollectorParts
  readonly #pending = new Map<string, PendingLease>()
  /** Instance key of the last renewal per slot: another key has no lease yet and must not wait. */
  readonly #renewedKeys = new Map<string, string>()
  /** Instance key of the last lease per slot that the contract has taken or left out. */
  readonly #judgedKeys = new Map<string, string>()
  #lastFlushMs = Number.NEGATIVE_INFINITY
  #failures = 0
  #periodMs: number
  #wake: (() => void) | undefined

  constructor(options: LeaseCollectorOptions, parts: LeaseCollectorParts) {
    this.#options = options
    this.#periodMs = options.renewMs
    this.#parts = parts
  }

  /** A threshold of nodes has said that it will sign this lease. A newer one replaces an older. */
  offer(lease: AttestationLease, nodes: readonly bigint[]): void {
    const slot = slotOf(lease)
    const known = this.#pending.get(slot)
    if (known !== undefined && known.lease.evidenceBlock > lease.evidenceBlock) return
    if (known === undefined && this.#pending.size >= MAX_PENDING) return
    const offeredAtMs = this.#parts.monotonicMs()
    this.#pending.set(slot, { lease, nodes: new Set(nodes), offeredAtMs })
    this.#wake?.()
  }

  /** Whether a lease of this key waits here, or the contract has taken or left out one while this process ran. */
  holds(instance: InstanceKey, instanceKey: string): boolean {
    const name = slotOf(instance)
    const held = this.#pending.get(name)?.lease.instanceKey ?? this.#judgedKeys.get(name)
    return held?.toLowerCase() === instanceKey.toLowerCase()
  }

  /** Forgets an instance that is no longer ours. */
  forget(appId: bigint, version: number, replica: number): void {
    const slot = slotOf({ appId, version, replica })
    this.#pending.delete(slot)
    this.#renewedKeys.delete(slot)
    this.#judgedKeys.delete(slot)
    this.#parts.board.set(appScope(appId), `lease-skip/${version}/${replica}`, [])
  }

  /** When the next batch is due on the clock of `monotonicMs`; `undefined` while nothing waits. */
  dueAtMs(): number | undefined {
    let firstOfferMs: number | undefined
    let urgent = false
    for (const [slot, { lease, offeredAtMs }] of this.#pending) {
      firstOfferMs = Math.min(firstOfferMs ?? offeredAtMs, offeredAtMs)
      urgent ||= this.#renewedKeys.get(slot) !== lease.instanceKey
    }
    if (firstOfferMs === undefined) return undefined
    const afterBatch = firstOfferMs + this.#options.batchMs
    if (this.#failures > 0) return Math.max(afterBatch, this.#retryAtMs())
    return urgent ? afterBatch : Math.max(afterBatch, this.#lastFlushMs + this.#periodMs)
  }

  /** Runs until the signal. */
  async run(): Promise<void> {
    const { signal, monotonicMs } = this.#parts
    while (!signal.aborted) {
      const dueMs = this.dueAtMs()
      const waitMs = dueMs === undefined ? undefined : dueMs - monotonicMs()
      if (waitMs !== undefined && waitMs <= 0) await this.flush()
      else await this.#sleep(waitMs)
    }
  }

  /** Has everything that waits signed and renewed; what fails stays for the next try. */
  async flush(): Promise<void> {
    const { chain, log, board } = this.#parts
    this.#lastFlushMs = this.#parts.monotonicMs()
    let complete = true
    try {
      const head = await chain.head()
      const committee = await chain.committee(head.number)
      const leaseMs = (await chain.maxLeaseSeconds(head.number)) * 1_000
      // Agents prove themselves every third of a lease: a sixth more still leaves half of it.
      this.#periodMs = Math.max(this.#options.renewMs, Math.min(leaseMs / 6, MAX_PERIOD_MS))
      this.#dropOld(head.timestamp)
      const waiting = [...this.#pending.values()]
      const outcomes = new Map<bigint, NodeOutcome>()
      for (const batch of batchesOf(waiting, committee.threshold))
        if (!(await this.#renewBatch(committee, batch, outcomes))) complete = false
      if (waiting.length > 0)
        board.set('worker', 'quorum', quorumConditions(committee, outcomes, complete))
    } catch (error) {
      complete = false
      log.warn({ code: codeOf(error), error: messageOf(error) }, 'renewal failed')
    }
    this.#failures = complete ? 0 : this.#failures + 1
  }

  /** True when the contract has taken the batch, or each lease of it by itself. */
  async #renewBatch(
    committee: Committee,
    batch: readonly PendingLease[],
    outcomes: Map<bigint, NodeOutcome>,
  ): Promise<boolean> {
    const { chain, nodes, log, signal } = this.#parts
    const leases = batch.map(({ lease }) => lease)
    const expiry = expiryOf(leases)
    const { signed, outcomes: answers } = await collectSignatures({
      committee,
      expiry,
      typedData: leaseBatchTypedData(chain.network, { epoch: committee.epoch, expiry, leases }),
      ask: (member, asked) => nodes.signLeases(member, leases, asked),
      signal,
    })
    for (const answer of answers) {
      const known = outcomes.get(answer.nodeId)
      if (known === undefined || known.kind === 'signed') outcomes.set(answer.nodeId, answer)
      if (answer.kind !== 'signed')
        log.warn(
          { nodeId: String(answer.nodeId), code: answer.code, reason: answer.text },
          'a node did not sign leases',
        )
    }
    if (signed === undefined) {
      // One lease that a node refuses must not hold back the others.
      const refused = answers.some(({ kind }) => kind === 'refused')
      if (!refused || batch.length === 1) return false
      let complete = true
      for (const item of batch)
        if (!(await this.#renewBatch(committee, [item], outcomes))) complete = false
      return complete
    }
    const skipped = await chain.renew(leases, signed)
    this.#renewed(batch, skipped)
    return true
  }

  #renewed(batch: readonly PendingLease[], skipped: readonly SkippedLease[]): void {
    const { board, log, onRenewed } = this.#parts
    const reasons = new Map<string, string>(
      skipped.map((s) => [`${s.appId}/${s.version}/${s.replica}`, s.reason] as const),
    )
    for (const item of batch) {
      const { lease } = item
      const slot = slotOf(lease)
      const reason = reasons.get(slot)
      if (this.#pending.get(slot) === item) this.#pending.delete(slot)
      const source = `lease-skip/${lease.version}/${lease.replica}`
      board.set(
        appScope(lease.appId),
        source,
        reason === undefined ? [] : [skippedCondition(lease, reason)],
      )
      this.#judgedKeys.set(slot, lease.instanceKey)
      if (reason !== undefined) continue
      this.#renewedKeys.set(slot, lease.instanceKey)
      onRenewed?.(lease)
    }
    log.info({ leases: batch.length, skipped: skipped.length }, 'leases renewed')
  }

  /** Leases that have run out or that the nodes have forgotten help nobody. */
  #dropOld(nowSeconds: bigint): void {
    const oldestMs = this.#parts.monotonicMs() - MAX_OFFER_AGE_MS
    for (const [slot, { lease, offeredAtMs }] of this.#pending)
      if (lease.notAfter <= nowSeconds || offeredAtMs < oldestMs) this.#pending.delete(slot)
  }

  #retryAtMs(): number {
    return this.#lastFlushMs + Math.min(backOffMs(this.#failures), 15_000)
  }

  #sleep(ms: number | undefined): Promise<void> {
    const { signal } = this.#parts
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        this.#wake = undefined
        resolve()
      }
      const timer = ms === undefined ? undefined : setTimeout(end, ms)
      this.#wake = end
      signal.addEventListener('abort', end, { once: true })
      if (signal.aborted) end()
    })
  }
}

function skippedCondition(lease: AttestationLease, reason: string): Condition {
  const kebab = reason.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()
  return {
    code: `lease.skipped.${kebab}`,
    severity: reason === 'EvidenceNotNewer' ? 'info' : 'error',
    text: `the contract left out the lease of version ${lease.version}, replica ${lease.replica}: ${reason}`,
    remedy:
      reason === 'PlatformNotLive'
        ? "the worker's own proof has lapsed: see the condition platform.not-proven"
        : reason === 'MeasurementNotAccepted'
          ? 'the agent image is not among the accepted reference values: install the released one'
          : '',
  }
}

/** Who did not sign, and whether it matters. */
export function quorumConditions(
  committee: Pick<Committee, 'threshold' | 'members'>,
  outcomes: ReadonlyMap<bigint, NodeOutcome>,
  complete: boolean,
): Condition[] {
  const failed = [...outcomes.values()].filter(({ kind }) => kind !== 'signed')
  const names = failed.map(({ nodeId, code }) => `${nodeId} (${code})`).join(', ')
  const { threshold, members } = committee
  if (!complete)
    return [
      {
        code: 'quorum.too-few',
        severity: 'error',
        text: `fewer than ${threshold} of ${members.length} dsecret nodes sign leases; failing: ${names || 'all'}`,
        remedy: 'leases lapse until the nodes are back; it recovers by itself. Ask their operators',
      },
    ]
  if (failed.length === 0) return []
  return [
    {
      code: 'quorum.node-unreachable',
      severity: 'warning',
      text: `${failed.length} of ${members.length} dsecret nodes do not sign leases: ${names}; ${threshold} are needed`,
      remedy: '',
    },
  ]
}
