// Signs batches of what this node has appraised, as a live member of the committee that speaks now. I/O through view and ledger.
import { createHash } from 'node:crypto'
import {
  leaseBatchTypedData,
  nodeProofBatchTypedData,
  type AttestationLease,
  type NodeProof,
  recordText,
  type StatementRecord,
} from '@wetee/chain'
import type { PrivateKeyAccount } from 'viem/accounts'
import { freshHead, type Clock } from '../appraise/freshness.ts'
import {
  ROLE_DSECRET,
  type Block,
  type ChainView,
  type Committee,
  type Hex,
} from '../chain/chain-view.ts'
import { NodeError, unable } from '../node-error.ts'
import type { Appraised } from '../store/appraised.ts'
import type { Ledger } from '../store/ledger.ts'

/** A signature over one batch; `member` is this node's bit in the bitmap, `expiry` in seconds. */
export type BatchSignature = {
  readonly epoch: bigint
  readonly expiry: bigint
  readonly member: number
  readonly signature: Hex
}

/** What the signer works with. */
export type SignerParts = {
  readonly nodeId: bigint
  readonly account: PrivateKeyAccount
  readonly view: ChainView
  readonly clock: Clock
  readonly leases: Appraised<AttestationLease>
  readonly proofs: Appraised<NodeProof>
  readonly ledger: Ledger
}

/** Signs for one node. Both calls throw NodeError and what the view throws. */
export class Signer {
  readonly #parts: SignerParts

  constructor(parts: SignerParts) {
    this.#parts = parts
  }

  /** Signs a LeaseBatch of 1 to 64 leases. */
  async signLeases(leases: readonly AttestationLease[]): Promise<BatchSignature> {
    const { view, account, leases: appraised } = this.#parts
    const head = await freshHead(view, this.#parts.clock)
    const expiry = expiryOf(leases, head)
    for (const lease of leases) appraised.require(lease)
    const { active } = await view.committees(head.number)
    const standing = await this.#standing(active, head, { proven: true })
    this.#record(leases)
    const message = { epoch: standing.epoch, expiry, leases }
    const signature = await account.signTypedData(leaseBatchTypedData(view.network, message))
    return { ...standing, expiry, signature }
  }

  /**
   * Signs a NodeProofBatch of 1 to 64 proofs. While genesis is open the newest named committee signs, for dsecret nodes
   * alone and without a proof of its own; else the active one.
   */
  async signProofs(proofs: readonly NodeProof[]): Promise<BatchSignature> {
    const { view, account, proofs: appraised } = this.#parts
    const head = await freshHead(view, this.#parts.clock)
    const expiry = expiryOf(proofs, head)
    for (const proof of proofs) appraised.require(proof)
    const { active, latest, genesisOpen, reopened } = await view.committees(head.number)
    if (genesisOpen && proofs.some(({ role }) => role !== ROLE_DSECRET))
      throw unable(
        'genesis.nodes-only',
        'the committee has to prove its own machines first: ask again when it is live',
      )
    const committee = genesisOpen ? (reopened ?? latest) : active
    const standing = await this.#standing(committee, head, { proven: !genesisOpen })
    this.#record(proofs)
    const message = { epoch: standing.epoch, expiry, proofs }
    const signature = await account.signTypedData(nodeProofBatchTypedData(view.network, message))
    return { ...standing, expiry, signature }
  }

  /** Throws NodeError `committee.none`, `node.not-member`, `node.keys-differ`, `node.not-proven`: one such signature spoils the batch. */
  async #standing(
    committee: Committee | undefined,
    { number, timestamp }: Block,
    { proven }: { readonly proven: boolean },
  ): Promise<{ epoch: bigint; member: number }> {
    const { view, nodeId, account } = this.#parts
    if (committee === undefined)
      throw unable('committee.none', 'no committee is active yet: nothing can be signed')
    const { epoch } = committee
    const member = committee.members.indexOf(nodeId)
    if (member < 0)
      throw unable('node.not-member', `node ${nodeId} is not in the committee of epoch ${epoch}`)
    const registered = await view.node(nodeId, number)
    if (registered?.statementKey.toLowerCase() !== account.address.toLowerCase())
      throw unable('node.keys-differ', `node ${nodeId} is registered with another statement key`)
    if (proven && (await view.liveProofUntil(ROLE_DSECRET, nodeId, number)) <= timestamp)
      throw unable('node.not-proven', `node ${nodeId} has no live proof of its own machine`)
    return { epoch, member }
  }

  #record(records: readonly StatementRecord[]): void {
    this.#parts.ledger.record(
      records.map((record) => ({
        evidenceDigest: record.evidenceDigest,
        hash: createHash('sha256').update(recordText(record)).digest('hex'),
      })),
      this.#parts.clock.now(),
    )
  }
}

/** The smallest notAfter. Throws NodeError `statement.expired` when it has passed. */
function expiryOf(records: readonly StatementRecord[], head: Block): bigint {
  const expiry = records.reduce(
    (least, { notAfter }) => (notAfter < least ? notAfter : least),
    2n ** 64n - 1n,
  )
  if (expiry <= head.timestamp)
    throw new NodeError('statement.expired', `a statement in the batch ran out at second ${expiry}`)
  return expiry
}
