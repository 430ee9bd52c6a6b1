// Confirmations of sessions: signs what this node computed itself, and collects the others' signatures. I/O by its parts.
import { createHash } from 'node:crypto'
import {
  assembleSignatures,
  committeeConfirmedTypedData,
  type CommitteeConfirmed,
} from '@wetee/chain'
import { codeOf, type Log } from '@wetee/daemon'
import type { Group, NetworkKey } from '@wetee/threshold'
import { bytesToHex, recoverTypedDataAddress } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { freshHead, type Clock } from '../appraise/freshness.ts'
import {
  ROLE_DSECRET,
  type Block,
  type ChainView,
  type Committee,
  type Hex,
  type NodeFacts,
} from '../chain/chain-view.ts'
import { NodeError, unable } from '../node-error.ts'
import type { BatchSignature } from '../sign/signer.ts'
import type { Ledger } from '../store/ledger.ts'
import type { EpochCall } from './transactions.ts'
import type { EpochPeer } from './epoch-peers.ts'

/** What a confirmer works with. */
export type ConfirmerParts = {
  readonly nodeId: bigint
  readonly account: PrivateKeyAccount
  readonly group: Group
  readonly view: ChainView
  readonly ledger: Ledger
  readonly openPeer: (node: NodeFacts) => EpochPeer
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  readonly signal: AbortSignal
}

/** A result that this node stands by: its share is on disk. */
export type Confirmable = {
  readonly session: bigint
  readonly confirmed: CommitteeConfirmed
  /** Own place in the committee, from 0. */
  readonly member: number
  readonly key: NetworkKey
}

/** A collected confirmation is of use for so long, seconds. */
const LIFETIME_SECONDS = 3_600n

/** Confirms for one node. */
export class Confirmer {
  readonly #parts: ConfirmerParts
  #confirmable: Confirmable | undefined

  constructor(parts: ConfirmerParts) {
    this.#parts = parts
  }

  /** From now on this is what is signed, until the next one. */
  offer(confirmable: Confirmable): void {
    this.#confirmable = confirmable
  }

  /**
   * The own signature; `member` is the bit in the bitmap. Recorded on disk before: no other result of this epoch is ever signed.
   * Throws NodeError `session.not-final` (409: ask again), `view.stale`, `statement.conflict`, `ledger.unwritable`, what the view throws.
   */
  async sign(session: bigint): Promise<BatchSignature> {
    const found = this.#confirmable
    if (found?.session !== session)
      throw new NodeError(
        'session.not-final',
        `this node has not come to the end of session ${session}`,
        { status: 409, retryable: true },
      )
    const { view, account, ledger, clock } = this.#parts
    const { confirmed, member } = found
    const { timestamp } = await freshHead(view, clock)
    const text = Object.values(confirmed).map(String).join('\n')
    const hash = createHash('sha256').update(text).digest('hex')
    ledger.record([{ evidenceDigest: `confirmed epoch ${confirmed.epoch}`, hash }], clock.now())
    const typedData = committeeConfirmedTypedData(view.network, confirmed)
    const signature = await account.signTypedData(typedData)
    return { epoch: confirmed.epoch, expiry: timestamp + LIFETIME_SECONDS, member, signature }
  }

  /** The call that confirms a session, with signatures of live members. Throws NodeError `quorum.too-few` (retryable), as `sign`. */
  async collect(committee: Committee, session: bigint, head: Block): Promise<EpochCall> {
    const own = await this.sign(session)
    const found = this.#confirmable!
    const { epoch, threshold, members } = committee
    const refusals: string[] = []
    const answers = await Promise.all(
      members.map((id, place) =>
        this.#signatureOf(id, place, { own, found, head }).catch((error: unknown) => {
          refusals.push(`node ${id} ${codeOf(error)}`)
          return undefined
        }),
      ),
    )
    const parts = answers.filter((part) => part !== undefined)
    if (parts.length < threshold)
      throw unable(
        'quorum.too-few',
        `fewer than ${threshold} of ${members.length} nodes confirm session ${session}: ${refusals.join(', ')}`,
      )
    const { encryptionKey, verificationKey } = found.key
    const hex = (point: NetworkKey['encryptionKey']) => bytesToHex(this.#parts.group.encode(point))
    const enough = parts.slice(0, threshold)
    return {
      call: 'confirm',
      session,
      confirmed: found.confirmed,
      key: { Y: hex(encryptionKey), S: hex(verificationKey) },
      signed: { epoch, expiry: own.expiry, ...assembleSignatures(enough) },
    }
  }

  async #signatureOf(
    id: bigint,
    place: number,
    asked: {
      readonly own: BatchSignature
      readonly found: Confirmable
      readonly head: Block
    },
  ): Promise<{ index: number; signature: Hex }> {
    const { nodeId, view, openPeer, signal } = this.#parts
    const { own, found, head } = asked
    const { number, timestamp } = head
    if ((await view.liveProofUntil(ROLE_DSECRET, id, number)) <= timestamp)
      throw unable('node.not-proven', `node ${id} has no live proof`)
    const node = await view.node(id, number)
    if (node === undefined) throw unable('node.not-member', `node ${id} is not registered`)
    const { signature } =
      id === nodeId ? own : await openPeer(node).confirmation(found.session, signal)
    const typedData = committeeConfirmedTypedData(view.network, found.confirmed)
    const signer = await recoverTypedDataAddress({ ...typedData, signature }).catch(() => undefined)
    if (signer?.toLowerCase() !== node.statementKey.toLowerCase())
      throw unable('peer.signature-wrong', `node ${id} signs another result`)
    return { index: place, signature }
  }
}
