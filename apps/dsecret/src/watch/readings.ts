// What is read of the chain to watch it: the port and its answers. Types only.
import type { Block, ChainView, Hex, PlatformFacts, ReferenceFacts } from '../chain/chain-view.ts'
import type { Changes } from './subjects.ts'

/** What stands in one slot of a replica. */
export type LeaseReading = {
  readonly version: number
  readonly replica: number
  readonly workerId: bigint
  readonly platformId: Hex
  readonly instanceKey: Hex
  readonly measurementId: Hex
  readonly evidenceBlock: bigint
  readonly notAfter: bigint
  /** The Cloud's own word, `isLeaseLive`. */
  readonly live: boolean
}

/** An application with what stands in its slots. */
export type AppReading = {
  readonly appId: bigint
  readonly state: 'active' | 'paused' | 'ended'
  readonly replicas: number
  readonly currentVersion: number
  /** 0: none. */
  readonly pendingVersion: number
  readonly pendingDeadline: bigint
  /** None of one that is not active. */
  readonly leases: readonly LeaseReading[]
}

/** The machine that a worker or node has proven last. */
export type MachineReading = {
  readonly kind: 'worker' | 'node'
  readonly id: bigint
  /** End of the live proof, seconds; 0 without one. */
  readonly until: bigint
  readonly platformId: Hex
  readonly status: 'active' | 'draining' | 'shutdown' | 'leaving' | 'slashed'
}

/** What may be wrong with a machine, and with evidence that rests on it; read only of what counts no more. */
export type FaultReading = {
  readonly platform: PlatformFacts
  /** Absent where the measurement is not known. */
  readonly reference: ReferenceFacts | undefined
  /** Newest floor that the evidence is not above, with the time of its block; absent without one. */
  readonly floor: { readonly blockAt: bigint } | undefined
}

/** Reads at a finalized block; all throw ChainError. */
export type WatchView = Pick<
  ChainView,
  | 'head'
  | 'block'
  | 'reference'
  | 'platform'
  | 'revocationFloor'
  | 'nodeProofSeconds'
  | 'node'
  | 'workerOperator'
  | 'committees'
> & {
  counts(at: bigint): Promise<{
    readonly apps: bigint
    readonly workers: bigint
    readonly nodes: bigint
  }>
  /** Of blocks `from` to `to`, at most `MAX_RANGE_BLOCKS` of them. */
  changes(from: bigint, to: bigint): Promise<Changes>
  /** In any order; those that do not exist are left out. */
  apps(ids: readonly bigint[], at: Block): Promise<readonly AppReading[]>
  machines(
    kind: MachineReading['kind'],
    ids: readonly bigint[],
    at: bigint,
  ): Promise<readonly MachineReading[]>
  /** Attested seconds of an application that nobody has settled. */
  unsettledSeconds(appId: bigint, at: bigint): Promise<bigint>
}

/** Blocks in one read of events. */
export const MAX_RANGE_BLOCKS = 1_000n
