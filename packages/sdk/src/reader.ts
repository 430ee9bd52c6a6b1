// The port through which the sdk reads the chain: every read names the finalized block it is about. Types only.
import type { Address, Hex } from 'viem'
import type { Terms } from '@wetee/manifest'

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

export type Prices = {
  readonly cpuMilli: bigint
  readonly memoryMiB: bigint
  readonly diskMiB: bigint
  readonly gpu: bigint
}

export type Resources = {
  readonly cpuMilli: number
  readonly memoryMiB: number
  readonly diskMiB: number
  readonly gpu: number
}

/** A worker as the Subnet contract has it; `teeClasses` bit 0 TDX, 1 SEV-SNP, 2 SGX. */
export type WorkerRecord = {
  readonly workerId: bigint
  readonly owner: Address
  readonly level: number
  readonly teeClasses: number
  readonly open: boolean
  readonly prices: Prices
  readonly capacity: Resources
  readonly reserved: Resources
  readonly endpoint: string
}

/** A dsecret node as the Subnet contract has it. */
export type NodeRecord = {
  readonly nodeId: bigint
  readonly endpoint: string
  readonly tlsKeyHash: Hex
}

export type AppState = 'active' | 'paused' | 'ended'

/** An application as the Cloud contract has it. Amounts in wei. */
export type AppRecord = {
  readonly appId: bigint
  readonly owner: Address
  readonly state: AppState
  readonly name: string
  readonly currentVersion: number
  /** 0: none. */
  readonly pendingVersion: number
  readonly createdAt: bigint
  readonly escrowWei: bigint
  readonly graceDepositWei: bigint
  readonly paidWei: bigint
  readonly settledSeconds: bigint
}

/** A version of an application; `weiPerSecond` is per replica. */
export type VersionRecord = {
  readonly version: number
  readonly workerId: bigint
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

/** Role numbers of the Subnet contract. */
export const workerRole = 1
export const dsecretRole = 2

/** Reads of the network at a named block. `undefined` means: the chain has no such thing. Throws SdkError. */
export type NetworkReader = {
  checkNetwork(): Promise<void>
  finalized(): Promise<Block>
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
  committee(at: bigint): Promise<{ epoch: bigint; members: readonly bigint[]; threshold: number }>
  appsOf(owner: Address, at: bigint): Promise<readonly bigint[]>
  appByName(owner: Address, name: string, at: bigint): Promise<bigint | undefined>
  app(appId: bigint, at: bigint): Promise<AppRecord | undefined>
  version(appId: bigint, version: number, at: bigint): Promise<VersionRecord | undefined>
  lease(appId: bigint, replica: number, slot: 0 | 1, at: bigint): Promise<LeaseRecord | undefined>
  /** Whether a lease of this key counts: also false once its key, machine, measurement, worker or application is revoked. */
  isLeaseLive(appId: bigint, instanceKey: Address, at: bigint): Promise<boolean>
  unsettled(appId: bigint, at: bigint): Promise<{ seconds: bigint; rentWei: bigint }>
  quote(workerId: bigint, terms: Terms, at: bigint): Promise<Quote>
  creditWei(account: Address, at: bigint): Promise<bigint>
  balanceWei(account: Address): Promise<bigint>
  /** The manifest text of a version, from the calldata that created it; digest checked. */
  manifestText(appId: bigint, version: number): Promise<string>
}
