// The port through which a node sees the chain: reads at a named finalized block. Types only.
import type { LiveKey } from '@wetee/chain'
import type { Terms } from '@wetee/manifest'

export type { LiveKey, NetworkKey as NetworkKeyFacts } from '@wetee/chain'

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
  readonly contracts: {
    readonly subnet: Hex
    readonly quorum: Hex
    readonly cloud: Hex
    /** Absent where the network has no key of its own. */
    readonly keys?: Hex
    /** Absent where the network keeps no secrets. */
    readonly secrets?: Hex
    /** Absent where contracts cannot call applications. */
    readonly bridge?: Hex
  }
}

/** What counts of an application; the contract says so itself: a security version past its deadline is its current one. */
export type AppFacts = {
  /** An account or a contract, lower case. */
  readonly owner: Hex
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
  /** Who vouches while it is open, where that is not `latest`: after `Quorum.reopen` the active committee. */
  readonly reopened?: Committee
}

/** When the active committee began, seconds, and whom it follows; both 0 before the first. */
export type Activation = { readonly activatedAt: bigint; readonly previousEpoch: bigint }

/** `IKeys.Phase` of a session that exists. */
export type SessionPhase =
  | 'register'
  | 'deal'
  | 'complain'
  | 'reveal'
  | 'recover'
  | 'confirm'
  | 'confirmed'
  | 'expired'

/** A key session as of the time of a block; see `IKeys.Session`. */
export type SessionFacts = {
  readonly number: bigint
  /** Whose committee gets shares. */
  readonly epoch: bigint
  /** Whose committee deals: `epoch` for a new key. */
  readonly dealersEpoch: bigint
  /** Accounts of members and dealers are those of this block; its hash is in the session's id. */
  readonly openedBlock: bigint
  readonly openedAt: bigint
  readonly phase: SessionPhase
  /** Last second of the phase; 0 for one without an end. */
  readonly phaseEnd: bigint
  /** Over every message taken so far, see `messagesDigestOf`; 32 zero bytes for none. */
  readonly messagesDigest: Hex
}

/** `IKeys.Kind`. */
export type MessageKind = 'register' | 'deal' | 'complain' | 'reveal' | 'recover'

/** A message of a session as its event names it; the body is in the calldata of the transaction. */
export type SessionEvent = {
  readonly kind: MessageKind
  /** Index from 1: of the dealers' committee for deal and reveal, of the new one else. */
  readonly sender: number
  /** The dealer that a complaint or recovery is about, else 0. */
  readonly subject: number
  /** keccak256 of the body. */
  readonly bodyDigest: Hex
  readonly blockNumber: bigint
  readonly transactionHash: Hex
}

/** How an epoch came to its shares. */
export type ConfirmationFacts = {
  readonly session: bigint
  /** Number of the key that it has shares of. */
  readonly key: number
  readonly sessionId: Hex
  readonly transcriptDigest: Hex
}

/** One version of a secret. */
export type SecretVersionFacts = {
  readonly ciphertextDigest: Hex
  readonly policyDigest: Hex
  /** Who set it, as its label names it. */
  readonly owner: Hex
  readonly setAt: bigint
  /** Number of the key that it is sealed to. */
  readonly key: number
}

/** A secret that is set. */
export type SecretFacts = {
  readonly name: string
  /** Number of the version that is released, from 1. */
  readonly current: number
  readonly latest: number
  /** The current version. */
  readonly version: SecretVersionFacts
}

/** The secret that a ciphertext belongs to. */
export type CiphertextFacts = {
  readonly appId: bigint
  readonly name: string
  readonly version: number
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
  /** The committee of an epoch, undefined for one that is not named. */
  committee(epoch: bigint, at: bigint): Promise<Committee | undefined>
  activation(at: bigint): Promise<Activation>
  /** Keys that live, oldest first: none, one, or the newest and the one before it. None where the network has no `keys` contract. */
  liveKeys(at: bigint): Promise<readonly LiveKey[]>
  /** Number of the newest session of an epoch, 0 for none. */
  sessionOf(epoch: bigint, at: bigint): Promise<bigint>
  /** Undefined for one that was not opened. */
  session(number: bigint, at: bigint): Promise<SessionFacts | undefined>
  /** Messages of a session in the blocks `from` to `to`, in their order; `to` is final. */
  sessionEvents(number: bigint, from: bigint, to: bigint): Promise<readonly SessionEvent[]>
  /** Calldata of a transaction that an event names, at most 262,144 bytes. */
  calldata(transactionHash: Hex): Promise<Hex>
  /** Undefined for an epoch that is not confirmed. */
  confirmation(epoch: bigint, at: bigint): Promise<ConfirmationFacts | undefined>
  /** Whether anybody may call `Quorum.renewCommittee` now. */
  isRenewalDue(at: bigint): Promise<boolean>
  /** Undefined for one that was never set or is removed. */
  secret(appId: bigint, name: string, at: bigint): Promise<SecretFacts | undefined>
  /** The same with the version that is released to instances of a key; undefined where there is none of it. */
  secretUnder(
    appId: bigint,
    name: string,
    key: number,
    at: bigint,
  ): Promise<SecretFacts | undefined>
  /** Any version of a secret, also after it was removed; undefined for a number that was never used. */
  secretVersion(
    appId: bigint,
    name: string,
    version: number,
    at: bigint,
  ): Promise<SecretVersionFacts | undefined>
  /** Undefined for a digest that nobody has set. */
  secretOf(ciphertextDigest: Hex, at: bigint): Promise<CiphertextFacts | undefined>
  /** Whether an application with that manifest may read a secret of another one. */
  isGranted(
    secret: { readonly appId: bigint; readonly name: string },
    reader: { readonly appId: bigint; readonly manifestDigest: Hex },
    at: bigint,
  ): Promise<boolean>
  /**
   * Whether a contract says that a digest was signed for it (ERC-1271), at most 3,000,000 gas; false for an account without code and for
   * whatever it answers else.
   */
  isSignatureOf(owner: Hex, digest: Hex, signature: Hex, at: bigint): Promise<boolean>
  /** Of each call that is open, answerable or not, what `callDigest` gives; zeros of the others. */
  openDigests(callIds: readonly bigint[], at: bigint): Promise<readonly Hex[]>
  /** Releases of a node whose receipts are in a root on chain. */
  receiptsPosted(nodeId: bigint, at: bigint): Promise<bigint>
}
