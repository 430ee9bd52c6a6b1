// What a finalized block says about one key session, and what a node says back. Types only.
import type { NetworkKey } from '@wetee/threshold'
import type { MessageKind, SessionPhase } from '../chain/chain-view.ts'

/** A seat of a committee, with the account that was proven in the block that opened the session. */
export type BoardMember = {
  /** Place in the committee, from 1. */
  readonly index: number
  readonly nodeId: bigint
  /** 20 bytes: the address of the statement key. */
  readonly account: Uint8Array
}

/** The epoch whose key is reshared. */
export type PreviousEpoch = {
  /** Epoch that deals. */
  readonly epoch: bigint
  /** 32 bytes, of the session that made it (`Keys.confirmation`). */
  readonly sessionId: Uint8Array
  /** 32 bytes, as the chain confirmed it. */
  readonly transcriptDigest: Uint8Array
  /** Once the caller has it (a new member gets it from others); believed only if it is the one of that digest. */
  readonly key?: NetworkKey | undefined
}

/** A complaint or a recovery: `member` says something about `dealer`. */
export type BoardRemark = {
  readonly dealer: number
  readonly member: number
  readonly body: Uint8Array
}

/**
 * A session as of one finalized block. Later boards of a session hold all that earlier ones held. Every body whose event is
 * at or below that block is here; a caller that cannot read one makes no board.
 */
export type Board = {
  readonly chainId: number
  /** 20 bytes: the Keys contract. */
  readonly contract: Uint8Array
  readonly session: bigint
  /** Whose committee gets shares. */
  readonly epoch: bigint
  /** Whose committee deals: `epoch` for a new key. */
  readonly dealersEpoch: bigint
  readonly phase: SessionPhase
  /** 32 bytes: hash of the block that opened the session. */
  readonly openedBlockHash: Uint8Array
  /** Committee of `epoch`, ascending from index 1. */
  readonly members: readonly BoardMember[]
  /** Committee of `dealersEpoch`, likewise. */
  readonly dealers: readonly BoardMember[]
  /** Shares of the new epoch that are needed. */
  readonly threshold: number
  /** In a resharing, and only there. */
  readonly previous?: PreviousEpoch | undefined
  /** 32 bytes, what the chain confirmed for `epoch` in this session; in the phase `confirmed` only. */
  readonly transcriptDigest?: Uint8Array | undefined
  /** Bodies by member; those of the key that each has for this session. */
  readonly registrations: ReadonlyMap<number, Uint8Array>
  /** Bodies by dealer. */
  readonly dealings: ReadonlyMap<number, Uint8Array>
  readonly complaints: readonly BoardRemark[]
  readonly reveals: ReadonlyMap<number, Uint8Array>
  readonly recoveries: readonly BoardRemark[]
}

/** What a node wants on the board: body, and the fields of `IKeys.SessionMessage` but the session's number. */
export type SessionMessage = {
  readonly kind: MessageKind
  /** Index of this node: among the dealers for `deal` and `reveal`, among the members else. */
  readonly sender: number
  /** The dealer that a complaint or a recovery is about, else 0. */
  readonly subject: number
  readonly body: Uint8Array
}
