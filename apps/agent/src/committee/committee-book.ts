// Which keys speak for the network: those that holders of shares of the launch's own network key have bound to themselves. Kept in
// memory. Pure.
import { hashTypedData, type TypedDataDefinition } from 'viem'
import { signerOf } from './signed-by.ts'

/** A member whose proof has bound its key. */
export type KnownMember = {
  /** In its committee, from 1. */
  readonly index: number
  readonly nodeId: bigint
  /** Lower case. */
  readonly statementKey: `0x${string}`
}

/** Members of one epoch that have proven themselves against public shares of the network key. */
export type EpochMembers = {
  readonly epoch: bigint
  readonly threshold: number
  readonly members: readonly KnownMember[]
}

/** A committee as far as it is known. */
export type QuorumView = {
  readonly epoch: bigint
  /** Members that speak for the network together. */
  readonly threshold: number
  readonly members: readonly KnownMember[]
}

/** Who speaks for the network, and whether they did. */
export type Quorum = {
  /** The newest epoch of which at least the threshold is known. */
  current(): QuorumView | undefined
  /** The member of the newest epoch that has signed, if one has. */
  memberOf(typedData: TypedDataDefinition, signature: `0x${string}`): KnownMember | undefined
  /**
   * The distinct members of one epoch that have signed a digest of 32 bytes: at least its threshold, else none. Of the newest epoch, or
   * for 15 minutes after that began of the one before.
   */
  verifyQuorum(
    digest: `0x${string}`,
    signatures: readonly `0x${string}`[],
  ): readonly KnownMember[] | undefined
}

type Entry = { threshold: number; readonly byIndex: Map<number, KnownMember>; sinceSeconds: number }

/** Signatures that are looked at, at most: as many as a committee has members. */
const MAX_SIGNATURES = 256
/** Statements of an epoch count for so long after the next one is known (protocol: 15 min), seconds. */
const GRACE_SECONDS = 900

/** Filled by release rounds, each of which brings at least the threshold of an epoch. */
export class CommitteeBook implements Quorum {
  readonly #nowSeconds: () => number
  /** The newest, and the one before. */
  #epochs: [bigint, Entry][] = []

  /** `nowSeconds`: chain time. */
  constructor(nowSeconds: () => number) {
    this.#nowSeconds = nowSeconds
  }

  /**
   * Takes members that have proven themselves. An epoch begins here with at least its threshold: fewer than that a host can make up, by
   * public shares of which it knows all but what the network key leaves it. One that is older than the newest adds nothing.
   */
  note({ epoch, threshold, members }: EpochMembers): void {
    const [newest] = this.#epochs
    if (newest !== undefined && epoch < newest[0]) return
    let entry = newest?.[0] === epoch ? newest[1] : undefined
    // Another threshold is another sharing: what was known of this epoch does not go on.
    if (entry === undefined || entry.threshold !== threshold) {
      if (new Set(members.map(({ index }) => index)).size < threshold) return
      entry = { threshold, byIndex: new Map(), sinceSeconds: this.#nowSeconds() }
      const before = this.#epochs.filter(([of]) => of !== epoch).slice(0, 1)
      this.#epochs = [[epoch, entry], ...before]
    }
    for (const member of members) entry.byIndex.set(member.index, member)
  }

  current(): QuorumView | undefined {
    const [newest] = this.#epochs
    if (newest === undefined) return undefined
    const [epoch, { threshold, byIndex }] = newest
    return { epoch, threshold, members: [...byIndex.values()] }
  }

  memberOf(typedData: TypedDataDefinition, signature: `0x${string}`): KnownMember | undefined {
    const [newest] = this.#epochs
    const signer = newest && signerOf(hashTypedData(typedData), signature)
    if (signer === undefined) return undefined
    return [...newest![1].byIndex.values()].find(({ statementKey }) => statementKey === signer)
  }

  verifyQuorum(
    digest: `0x${string}`,
    signatures: readonly `0x${string}`[],
  ): readonly KnownMember[] | undefined {
    if (signatures.length > MAX_SIGNATURES) return undefined
    const signers = new Set(signatures.map((signature) => signerOf(digest, signature)))
    const [newest, before] = this.#epochs
    const age = this.#nowSeconds() - (newest?.[1].sinceSeconds ?? 0)
    const candidates = before !== undefined && age <= GRACE_SECONDS ? [newest, before] : [newest]
    for (const candidate of candidates) {
      if (candidate === undefined) continue
      const { threshold, byIndex } = candidate[1]
      // By key, too: a member that names another one's key lends it no second voice.
      const signed = new Map<string, KnownMember>()
      for (const member of byIndex.values())
        if (signers.has(member.statementKey)) signed.set(member.statementKey, member)
      if (signed.size >= threshold) return [...signed.values()]
    }
    return undefined
  }
}
