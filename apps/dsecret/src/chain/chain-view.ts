// The port through which a node sees the chain: reads at a named finalized block. Types only.
import type { Terms } from '@wetee/manifest'

/** Lower-case hex with `0x`. */
export type Hex = `0x${string}`

/** Workers and dsecret nodes, `ISubnet.Role`. */
export const ROLE_WORKER = 1
/** See ROLE_WORKER. */
export const ROLE_DSECRET = 2

/** A finalized block; `timestamp` in seconds. */
export type Block = { readonly number: bigint; readonly hash: Hex; readonly timestamp: bigint }

/** Chain and contracts that every statement names. */
export type Network = {
  readonly chainId: number
  readonly contracts: { readonly subnet: Hex; readonly quorum: Hex; readonly cloud: Hex }
}

/** What counts of an application; the contract says so itself: a security version past its deadline is its current one. */
export type AppFacts = {
  readonly state: 'active' | 'paused' | 'ended'
  /** Of the current version, now; the owner may have changed it since the version began. */
  readonly replicas: number
  /** 0: none yet. */
  readonly currentVersion: number
  /** 0: none. */
  readonly pendingVersion: number
  /** Last second in which the pending version counts. */
  readonly pendingDeadline: bigint
}

/** What counts of a version. */
export type VersionFacts = {
  readonly workerId: bigint
  /** The version whose transaction carries the manifest: another one than its own after a migration. */
  readonly manifestVersion: number
  readonly createdBlock: bigint
  readonly manifestDigest: Hex
  readonly termsDigest: Hex
  readonly terms: Terms
}

/** A registered dsecret node. */
export type NodeFacts = {
  readonly status: 'active' | 'leaving' | 'slashed'
  readonly statementKey: Hex
  readonly encryptionKey: Hex
  readonly tlsKeyHash: Hex
  /** As registered: `https://host:port` or `host:port`. */
  readonly endpoint: string
}

/** To whom a machine was proven; role 0 for one that nobody has proven. `notAfter` 0 when its keys have changed since. */
export type PlatformFacts = {
  readonly role: number
  readonly nodeId: bigint
  readonly notAfter: bigint
  readonly denied: boolean
}

/** A measurement in the reference values; times in seconds. */
export type ReferenceFacts = {
  readonly status: 'none' | 'accepted' | 'deprecated' | 'revoked'
  /** One bit, `teeClassBits`: the hardware that the program is measured on. */
  readonly teeClass: number
  readonly validFrom: bigint
  readonly until: bigint
}

/** What a revocation floor is about; ids are numbers and addresses as 32 bytes. */
export type FloorSubject = 'key' | 'platform' | 'measurement' | 'worker' | 'application'

/** A committee by its epoch; a member's place is its bit in the bitmap of signers. */
export type Committee = {
  readonly epoch: bigint
  readonly threshold: number
  readonly members: readonly bigint[]
}

/** Who signs for the network. */
export type Committees = {
  /** Absent before the first epoch is active. */
  readonly active: Committee | undefined
  /** Absent before the first committee is named. */
  readonly latest: Committee | undefined
  /** Whether members of `latest` vouch for their own machines, without proofs of their own. */
  readonly genesisOpen: boolean
}

/**
 * The chain as one node sees it. `at` is a finalized block that `head` or `block` has named. All throw an error with a
 * code; those of a chain that does not answer have `retryable`.
 */
export type ChainView = {
  readonly network: Network
  /** Newest finalized block. */
  head(): Promise<Block>
  /** The finalized block of that number, at most the head's. */
  block(number: bigint): Promise<Block>
  app(appId: bigint, at: bigint): Promise<AppFacts | undefined>
  version(appId: bigint, version: number, at: bigint): Promise<VersionFacts | undefined>
  /** Lifetime of a lease, seconds. */
  maxLeaseSeconds(at: bigint): Promise<bigint>
  /** Lifetime of a NodeProof, seconds; fixed for good. */
  nodeProofSeconds(at: bigint): Promise<bigint>
  workerOperator(workerId: bigint, at: bigint): Promise<Hex | undefined>
  node(nodeId: bigint, at: bigint): Promise<NodeFacts | undefined>
  platform(platformId: Hex, at: bigint): Promise<PlatformFacts>
  /** Whether a machine counts for exactly this worker or node: proven, unexpired, not revoked. */
  isPlatformLive(role: number, nodeId: bigint, platformId: Hex, at: bigint): Promise<boolean>
  /** End of a node's own proof, seconds; 0 when it has none that counts. */
  liveProofUntil(role: number, nodeId: bigint, at: bigint): Promise<bigint>
  reference(role: number, measurementId: Hex, at: bigint): Promise<ReferenceFacts>
  /** Evidence of this block or an older one does not count for the subject. */
  revocationFloor(subject: FloorSubject, id: Hex, at: bigint): Promise<bigint>
  committees(at: bigint): Promise<Committees>
}
