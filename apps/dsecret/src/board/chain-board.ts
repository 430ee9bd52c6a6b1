// The board of a key session, filled from the chain at a finalized head. I/O through the view.
import { encodeAbiParameters, hexToBytes, keccak256 } from 'viem'
import {
  ROLE_DSECRET,
  type Block,
  type ChainView,
  type Committee,
  type Hex,
  type MessageKind,
  type SessionEvent,
  type SessionFacts,
} from '../chain/chain-view.ts'
import { NodeError, unable } from '../node-error.ts'
import type { Board, BoardMember, PreviousEpoch } from '../session/board.ts'
import { bodyInCalldata } from './bodies.ts'

/** What never changes of a session: read once. */
type Fixed = {
  readonly members: readonly BoardMember[]
  readonly dealers: readonly BoardMember[]
  readonly threshold: number
  readonly openedBlockHash: Uint8Array
}

type Message = SessionEvent & { readonly body: Uint8Array }

/** A session that is read on from where it was. */
type Followed = {
  readonly fixed: Fixed
  readonly messages: Message[]
  /** Blocks up to this one are in `messages`. */
  readTo: bigint
  /** Over `messages`, as the contract counts them. */
  digest: Hex
}

/** Sessions that are remembered: the one that runs and the one before. */
const MAX_SESSIONS = 2
/** Calldata that is read at the same time. */
const PARALLEL_READS = 16
const NO_BODY = new Uint8Array(0)
const NO_MESSAGES: Hex = `0x${'00'.repeat(32)}`
/** `IKeys.Kind`. */
const KINDS: Readonly<Record<MessageKind, number>> = {
  register: 1,
  deal: 2,
  complain: 3,
  reveal: 4,
  recover: 5,
}

/** Number of a kind of message, as the contract and what is signed name it. */
export function kindNumber(kind: MessageKind): number {
  return KINDS[kind]
}

/** What the contract has in `Session.messagesDigest` after one more message. */
export function nextDigest(digest: Hex, event: SessionEvent): Hex {
  const { kind, sender, subject, bodyDigest } = event
  const types = ['bytes32', 'uint8', 'uint16', 'uint16', 'bytes32'].map((type) => ({ type }))
  return keccak256(encodeAbiParameters(types, [digest, KINDS[kind], sender, subject, bodyDigest]))
}

/** Reads boards of one chain. Calls must not overlap. */
export class ChainBoards {
  readonly #view: ChainView
  readonly #followed = new Map<bigint, Followed>()

  constructor(view: ChainView) {
    this.#view = view
  }

  /**
   * The board of a session as of a finalized block, which `facts` is of too. `previous` is the epoch that deals, as far as it is
   * known. Throws NodeError `board.unreadable` (retryable), `board.member-not-live` (for good), what the
   * view throws; a board is whole or is none.
   */
  async read(facts: SessionFacts, head: Block, previous?: PreviousEpoch): Promise<Board> {
    const { keys } = this.#view.network.contracts
    if (keys === undefined) throw unable('board.unreadable', 'this network has no keys contract')
    const followed = await this.#follow(facts)
    await this.#readOn(facts.number, followed, head.number)
    if (followed.digest !== facts.messagesDigest.toLowerCase()) {
      this.#followed.delete(facts.number)
      throw unable(
        'board.unreadable',
        `the events of session ${facts.number} are not those that the contract took: the RPC is asked again`,
      )
    }
    const confirmation =
      facts.phase === 'confirmed'
        ? await this.#view.confirmation(facts.epoch, head.number)
        : undefined
    const { messages, fixed } = followed
    const of = (kind: SessionEvent['kind']) => messages.filter((message) => message.kind === kind)
    const bySender = (kind: SessionEvent['kind']) =>
      new Map(of(kind).map(({ sender, body }) => [sender, body] as const))
    const remarks = (kind: SessionEvent['kind']) =>
      of(kind).map(({ subject: dealer, sender: member, body }) => ({ dealer, member, body }))
    return {
      chainId: this.#view.network.chainId,
      contract: hexToBytes(keys),
      session: facts.number,
      epoch: facts.epoch,
      dealersEpoch: facts.dealersEpoch,
      phase: facts.phase,
      ...fixed,
      previous,
      transcriptDigest: confirmation && hexToBytes(confirmation.transcriptDigest),
      registrations: bySender('register'),
      dealings: bySender('deal'),
      complaints: remarks('complain'),
      reveals: bySender('reveal'),
      recoveries: remarks('recover'),
    }
  }

  async #follow(facts: SessionFacts): Promise<Followed> {
    const known = this.#followed.get(facts.number)
    if (known !== undefined) return known
    const fixed = await this.#fixed(facts)
    const followed: Followed = {
      fixed,
      messages: [],
      readTo: facts.openedBlock - 1n,
      digest: NO_MESSAGES,
    }
    this.#followed.set(facts.number, followed)
    for (const number of this.#followed.keys()) {
      if (this.#followed.size <= MAX_SESSIONS) break
      this.#followed.delete(number)
    }
    return followed
  }

  async #fixed({ epoch, dealersEpoch, openedBlock }: SessionFacts): Promise<Fixed> {
    const { hash, timestamp } = await this.#view.block(openedBlock)
    const committee = await this.#committee(epoch, openedBlock)
    const members = await this.#seats(committee, openedBlock)
    const dealers =
      dealersEpoch === epoch
        ? members
        : await this.#seats(await this.#committee(dealersEpoch, openedBlock), openedBlock)
    await this.#expectLive(committee, openedBlock, timestamp)
    const { threshold } = committee
    return { members, dealers, threshold, openedBlockHash: hexToBytes(hash) }
  }

  async #committee(epoch: bigint, at: bigint): Promise<Committee> {
    const found = await this.#view.committee(epoch, at)
    if (found !== undefined) return found
    throw unable(
      'board.unreadable',
      `the chain names no committee of epoch ${epoch} in block ${at}`,
    )
  }

  /** Accounts that were proven when the session was opened may have been replaced in the same block: then nobody takes part. */
  async #expectLive({ members }: Committee, at: bigint, seconds: bigint): Promise<void> {
    const until = await Promise.all(
      members.map((nodeId) => this.#view.liveProofUntil(ROLE_DSECRET, nodeId, at)),
    )
    const lapsed = members.filter((_, place) => (until[place] ?? 0n) <= seconds)
    if (lapsed.length > 0)
      throw new NodeError(
        'board.member-not-live',
        `node ${lapsed.join(', ')} had no live proof any more in block ${at}, which opened the session: it expires, and a new epoch is named`,
        { status: 503, retryable: false },
      )
  }

  #seats({ members }: Committee, at: bigint): Promise<BoardMember[]> {
    return Promise.all(
      members.map(async (nodeId, place) => {
        const node = await this.#view.node(nodeId, at)
        if (node === undefined)
          throw unable('board.unreadable', `node ${nodeId} is not registered in block ${at}`)
        return {
          index: place + 1,
          nodeId,
          account: hexToBytes(node.statementKey),
        }
      }),
    )
  }

  /** All or nothing: a block counts as read once every body in it is there. */
  async #readOn(number: bigint, followed: Followed, to: bigint): Promise<void> {
    if (to <= followed.readTo) return
    const events = await this.#view.sessionEvents(number, followed.readTo + 1n, to)
    const calldata = new Map<Hex, Promise<Hex>>()
    const found: Message[] = []
    for (let first = 0; first < events.length; first += PARALLEL_READS) {
      const some = events.slice(first, first + PARALLEL_READS)
      found.push(...(await Promise.all(some.map((event) => this.#withBody(event, calldata)))))
    }
    followed.messages.push(...found)
    followed.digest = events.reduce(nextDigest, followed.digest)
    followed.readTo = to
  }

  async #withBody(event: SessionEvent, calldata: Map<Hex, Promise<Hex>>): Promise<Message> {
    const { transactionHash: hash } = event
    const asked = calldata.get(hash) ?? this.#view.calldata(hash)
    calldata.set(hash, asked)
    // Whoever sends it through a contract that makes the body up can keep it from the calldata. Its message was taken, and without
    // a body it says nothing: a node that waited for one would leave the session, as would all others.
    return { ...event, body: bodyInCalldata(await asked, event) ?? NO_BODY }
  }
}
