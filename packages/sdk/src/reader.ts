// The port through which the sdk reads the chain: every read names the finalized block it is about. Types only.
import type { Address, Hex } from 'viem'
import type { LiveKey } from '@wetee/chain'
import type { Terms } from '@wetee/manifest'
import type { ContractName, ViewArgs, ViewName, ViewResult } from './contracts.ts'

export type { LiveKey, NetworkKey } from '@wetee/chain'

/** A block as its header says; `timestamp` in seconds. */
export type Block = { readonly number: bigint; readonly hash: Hex; readonly timestamp: bigint }

/** What a network is for good, as written at its creation. */
export type SubnetFacts = {
  readonly kind: 'development' | 'test' | 'live'
  readonly simulated: boolean
  readonly trustStoreDigest: Hex
}

/** Parameters of the Cloud contract that the sdk needs; seconds. */
export type CloudParameters = {
  readonly maxLeaseSeconds: bigint
  readonly minEscrowSeconds: bigint
  readonly feeBps: number
}

/** What a worker asks, wei a second for each unit. */
export type Prices = {
  readonly cpuMilli: bigint
  readonly memoryMiB: bigint
  readonly diskMiB: bigint
  readonly gpu: bigint
}

/** What an application takes or a worker has: thousandths of a core, MiB, devices. */
export type Resources = {
  readonly cpuMilli: number
  readonly memoryMiB: number
  readonly diskMiB: number
  readonly gpu: number
}

/** A draining worker takes nothing new; one that is shut down serves nothing. */
export type WorkerStatus = 'active' | 'draining' | 'shutdown'

/** A worker as the Subnet contract has it; `teeClasses` bit 0 TDX, 1 SEV-SNP, 2 SGX. */
export type WorkerRecord = {
  readonly workerId: bigint
  readonly owner: Address
  readonly operator: Address
  readonly status: WorkerStatus
  readonly level: number
  readonly teeClasses: number
  /** Short name of where it stands; its own word. */
  readonly region: string
  /** Its own switch, beside the status: whether it takes new applications. */
  readonly open: boolean
  /** Bonded, without what is leaving. */
  readonly stakeWei: bigint
  /** In native DOT. */
  readonly prices: Prices
  readonly capacity: Resources
  readonly reserved: Resources
  readonly endpoint: string
}

/** A leaving node waits for its stake; a slashed one has lost some of it. */
export type NodeStatus = 'active' | 'leaving' | 'slashed'

/** A dsecret node as the Subnet contract has it. */
export type NodeRecord = {
  readonly nodeId: bigint
  readonly owner: Address
  readonly operator: Address
  readonly status: NodeStatus
  readonly stakeWei: bigint
  readonly endpoint: string
  readonly statementKey: Address
  readonly tlsKeyHash: Hex
}

/** A paused application keeps its volumes and pays no rent; an ended one is settled. */
export type AppState = 'active' | 'paused' | 'ended'

/** What an application is paid in; `address` zero is native DOT. */
export type Asset = {
  readonly address: Address
  readonly symbol: string
  readonly decimals: number
}

/** An application as the Cloud contract has it. Amounts in the smallest unit of its asset (wei of native DOT). */
export type AppRecord = {
  readonly appId: bigint
  readonly owner: Address
  readonly state: AppState
  readonly name: string
  /** Zero: native DOT. */
  readonly asset: Address
  /** Of the current version, now. */
  readonly replicas: number
  readonly currentVersion: number
  /** 0: none. */
  readonly pendingVersion: number
  /** Seconds; 0 without a pending version. */
  readonly pendingDeadline: bigint
  readonly createdAt: bigint
  /** Seconds; 0 unless it is paused. */
  readonly pausedAt: bigint
  /** End of its worker's notice, 0 without one. */
  readonly noticeUntil: bigint
  readonly escrowWei: bigint
  readonly graceDepositWei: bigint
  readonly paidWei: bigint
  readonly settledSeconds: bigint
}

/** A version of an application; `weiPerSecond` is per replica. */
export type VersionRecord = {
  readonly version: number
  readonly workerId: bigint
  readonly createdAt: bigint
  readonly createdBlock: bigint
  /** When it stopped being the current one, 0 before. */
  readonly endedAt: bigint
  /** The version whose transaction carries the manifest: another one after a migration. */
  readonly manifestVersion: number
  /** At its deadline it takes over even unready. */
  readonly security: boolean
  readonly manifestDigest: Hex
  readonly termsDigest: Hex
  readonly weiPerSecond: bigint
  readonly terms: Terms
}

/** An attestation lease slot; absent when empty. */
export type LeaseRecord = {
  readonly version: number
  readonly replica: number
  readonly workerId: bigint
  readonly platformId: Hex
  readonly instanceKey: Address
  readonly tlsKeyHash: Hex
  readonly evidenceBlock: bigint
  readonly notBefore: bigint
  readonly notAfter: bigint
  readonly evidenceDigest: Hex
}

/** What a worker asks for terms; `weiPerSecond` is per replica. */
export type Quote = {
  readonly weiPerSecond: bigint
  readonly minimumDepositWei: bigint
  readonly graceDepositWei: bigint
}

/** A decoded event; `args` by name, as in the contract. */
export type ContractEvent = {
  readonly eventName: string
  readonly args: Readonly<Record<string, unknown>>
  readonly blockNumber: bigint
  readonly transactionHash: Hex
}

/** Role numbers of the Subnet contract. */
export const workerRole = 1
/** Role number of dsecret nodes. */
export const dsecretRole = 2

/** Reads of the network at a named block. `undefined` means: the chain has no such thing. Throws SdkError. */
export type NetworkReader = {
  checkNetwork(): Promise<void>
  /** The newest, or what it was at most `maxAgeMs` milliseconds ago (default 0): reads that belong together share it. */
  finalized(maxAgeMs?: number): Promise<Block>
  latest(): Promise<Block>
  block(number: bigint): Promise<Block | undefined>
  subnet(at: bigint): Promise<SubnetFacts>
  parameters(at: bigint): Promise<CloudParameters>
  workers(at: bigint): Promise<readonly WorkerRecord[]>
  worker(workerId: bigint, at: bigint): Promise<WorkerRecord | undefined>
  nodes(at: bigint): Promise<readonly NodeRecord[]>
  /** End of the machine's live proof in seconds, 0 when none. */
  liveProofUntil(role: number, nodeId: bigint, at: bigint): Promise<bigint>
  isPlatformLive(role: number, nodeId: bigint, platformId: Hex, at: bigint): Promise<boolean>
  isReferenceAccepted(role: number, measurementId: Hex, at: bigint): Promise<boolean>
  /** The network's keys that live, oldest first: none, one or two. */
  liveKeys(at: bigint): Promise<readonly LiveKey[]>
  committee(at: bigint): Promise<{ epoch: bigint; members: readonly bigint[]; threshold: number }>
  appsOf(owner: Address, at: bigint): Promise<readonly bigint[]>
  appByName(owner: Address, name: string, at: bigint): Promise<bigint | undefined>
  app(appId: bigint, at: bigint): Promise<AppRecord | undefined>
  version(appId: bigint, version: number, at: bigint): Promise<VersionRecord | undefined>
  lease(appId: bigint, replica: number, slot: 0 | 1, at: bigint): Promise<LeaseRecord | undefined>
  /** Whether a lease of this key counts: also false once its key, machine, measurement, worker or application is revoked. */
  isLeaseLive(appId: bigint, instanceKey: Address, at: bigint): Promise<boolean>
  unsettled(appId: bigint, at: bigint): Promise<{ seconds: bigint; rentWei: bigint }>
  quote(workerId: bigint, asset: Address, terms: Terms, at: bigint): Promise<Quote>
  /** What the Cloud owes an account of an asset. */
  creditWei(account: Address, asset: Address, at: bigint): Promise<bigint>
  /** Symbol and decimals of an asset; zero is native DOT. Throws `asset.invalid` for what is no ERC20. */
  asset(asset: Address): Promise<Asset>
  balanceWei(account: Address): Promise<bigint>
  /** The manifest text of a version, from the calldata that created it; digest checked. */
  manifestText(appId: bigint, version: number): Promise<string>
  /** Any view of the network's contracts, in a block or the newest final one; throws `network.contract-missing`, `contract.<Error>`. */
  view<C extends ContractName, F extends ViewName<C>>(
    contract: C,
    functionName: F,
    args: ViewArgs<C, F>,
    at: bigint | 'finalized',
  ): Promise<ViewResult<C, F>>
  /** Events with these indexed arguments, oldest first, up to a block; `from` one, default since the network began. */
  events(
    contract: ContractName,
    eventName: string,
    indexed: Readonly<Record<string, unknown>>,
    at: bigint,
    from?: bigint,
  ): Promise<readonly ContractEvent[]>
}
