// The port between the worker and the chain: reads at a named finalized block, transactions by idempotency key. Types only.
import type {
  AppRecord,
  AttestationLease,
  Committee,
  Funds,
  Head,
  Hex,
  NetworkFacts,
  LiveKey,
  NodeProof,
  Signed,
  SkippedLease,
  Standing,
  VersionRecord,
} from './records.ts'

/** Reads; all throw ChainError, `chain.unreachable` among them, and return `undefined` for what does not exist. */
export type ChainReads = {
  readonly network: NetworkFacts
  /** Newest finalized block, or what it was at most `maxAgeMs` milliseconds ago (default 0). */
  head(maxAgeMs?: number): Promise<Head>
  worker(workerId: bigint, at: bigint): Promise<{ operator: Hex; endpoint: string } | undefined>
  /** Of a worker that exists; its complaints are looked for among the newest 1,000. */
  standing(workerId: bigint, at: bigint): Promise<Standing>
  /** Ids of all workers with this operator; at most the first 10,000 workers are looked at. */
  workersOf(operator: Hex, at: bigint): Promise<bigint[]>
  /** Every application that has a version on this worker. */
  appsOn(workerId: bigint, at: bigint): Promise<bigint[]>
  app(appId: bigint, at: bigint): Promise<AppRecord | undefined>
  version(appId: bigint, version: number, at: bigint): Promise<VersionRecord | undefined>
  /** Text from calldata, checked against the digest on chain. */
  manifestText(appId: bigint, version: number): Promise<string>
  /** `slot` 0 current, 1 pending. */
  lease(
    appId: bigint,
    replica: number,
    slot: 0 | 1,
    at: bigint,
  ): Promise<AttestationLease | undefined>
  committee(at: bigint): Promise<Committee>
  /** The committee whose shares are of a key that lives, by its S; epoch 0 and no members where there is none. */
  holders(verificationKey: Hex, at: bigint): Promise<Committee>
  maxLeaseSeconds(at: bigint): Promise<number>
  /** Oldest first; none before the first key generation, and where the network has no contract for keys. */
  liveKeys(at: bigint): Promise<readonly LiveKey[]>
  /** The worker's own machine: end of its proof (0 when none), lifetime of a proof. */
  platform(
    workerId: bigint,
    at: bigint,
  ): Promise<{ notAfter: bigint; platformId: Hex; proofSeconds: number }>
  /** What is owed for attested seconds, what the escrow holds, and what the current version costs for one lease. */
  funds(appId: bigint, at: bigint): Promise<Funds>
}

/** What is proven of an application's usage; digest 0 and no address where nothing was counted. */
export type WorkProof = { readonly digest: Hex; readonly uri: string }

/** Transactions, each sent at most once for the same content; they resolve once mined and throw ChainError. */
export type ChainWrites = {
  renew(leases: readonly AttestationLease[], signed: Signed): Promise<readonly SkippedLease[]>
  /** `evidenceUri`: where the evidence can be fetched, empty for nowhere. */
  proveNode(proof: NodeProof, evidenceUri: string, signed: Signed): Promise<void>
  /** `at`, here and below: the block at which the worker decided to; another decision is another transaction. */
  activate(appId: bigint, version: number, ready: Hex, at: bigint): Promise<void>
  dropPending(appId: bigint, version: number, at: bigint): Promise<void>
  settle(appId: bigint, at: bigint): Promise<void>
  /** Proof of work of the application's newest settlement: the digest of its chain of usage, and where that can be read. */
  uploadWork(workerId: bigint, appId: bigint, proof: WorkProof, at: bigint): Promise<void>
}

/** Everything the worker does with the chain. */
export type WorkerChain = ChainReads & ChainWrites
