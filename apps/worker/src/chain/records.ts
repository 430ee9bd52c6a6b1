// What the worker reads from the contracts and sends to them. Types only.
import type { Terms } from '@wetee/manifest'

export type { AttestationLease, NodeProof } from '@wetee/chain'

/** Lower-case hex with `0x`. */
export type Hex = `0x${string}`

/** A finalized block; `timestamp` in seconds. */
export type Head = { readonly number: bigint; readonly hash: Hex; readonly timestamp: bigint }

/** An application on chain; a security version past its deadline is its current one, whether anybody has noted it there or not. */
export type AppRecord = {
  readonly owner: Hex
  readonly state: 'none' | 'active' | 'paused' | 'ended'
  /** Of the current version, now; the owner may have changed it since the version began. */
  readonly replicas: number
  /** True while its owner, and not an empty escrow, keeps it paused. */
  readonly pausedByOwner: boolean
  /** When this worker may end it, block time in seconds; 0 without a notice. */
  readonly noticeUntil: bigint
  /** 0: none yet. */
  readonly currentVersion: number
  /** 0: none. */
  readonly pendingVersion: number
  /** Block time, seconds. */
  readonly pendingDeadline: bigint
}

/** What the network holds for and against this worker, wei; only complaints that are open. */
export type Standing = {
  readonly status: 'active' | 'draining' | 'shutdown'
  /** Bonded, and not held back by a complaint. */
  readonly coverWei: bigint
  readonly requiredWei: bigint
  readonly complaints: readonly {
    readonly complaintId: bigint
    readonly appId: bigint
    readonly lockedWei: bigint
    readonly answered: boolean
    /** Block time, seconds. */
    readonly deadline: bigint
  }[]
}

/** Money of an application, wei; `leaseWei` is the rent of all replicas for the length of one lease. */
export type Funds = {
  readonly owedWei: bigint
  readonly escrowWei: bigint
  readonly leaseWei: bigint
}

/** A version on chain. */
export type VersionRecord = {
  readonly workerId: bigint
  /** It replaces what must not run on: an older version has no lease any more, whether this one is ready or not. */
  readonly security: boolean
  /** The version whose transaction carries the manifest: another one than its own after a migration. */
  readonly manifestVersion: number
  /** Block time, seconds. */
  readonly createdAt: bigint
  /** It is launched under the newest key that was made before this block, see `launchKeyOf`. */
  readonly createdBlock: bigint
  readonly manifestDigest: Hex
  readonly termsDigest: Hex
  readonly terms: Terms
}

/** A dsecret node of the active committee. */
export type Member = {
  readonly nodeId: bigint
  /** Its bit in the signers' bitmap. */
  readonly index: number
  readonly statementKey: Hex
  readonly tlsKeyHash: Hex
  /** As registered: `https://host:port` or `host:port`. */
  readonly endpoint: string
}

/** The active committee; epoch 0 and no members before the first. */
export type Committee = {
  readonly epoch: bigint
  readonly threshold: number
  readonly members: readonly Member[]
}

/** `IQuorum.Signed`. */
export type Signed = {
  readonly epoch: bigint
  readonly expiry: bigint
  readonly bitmap: bigint
  readonly signatures: Hex
}

/** An entry of a renewal that the contract has left out. */
export type SkippedLease = {
  readonly appId: bigint
  readonly version: number
  readonly replica: number
  /** Name of ICloud.LeaseCode, for example `PlatformNotLive`. */
  readonly reason: string
}

export type { LiveKey, NetworkKey } from '@wetee/chain'

/** Contracts and chain, as in the network profile. */
export type NetworkFacts = {
  readonly chainId: number
  readonly contracts: { readonly subnet: Hex; readonly quorum: Hex; readonly cloud: Hex }
}
