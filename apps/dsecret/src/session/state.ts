// The states of a key session for people, and who was found out in it. Pure.

/** Every state, with what it means for the node that is in it; docs/reference/dsecret.md has the same sentences. */
export const SESSION_STATES = {
  'not-a-member':
    'The session has no seat for this node, or its key for it is not registered or lost; it does nothing.',
  registering:
    'This node has made its key for this session, and that is not on the board of a finalized block yet.',
  registered: 'The key of this node is on the board; others may still register theirs.',
  waiting:
    'Nothing is expected of this node now: it waits for dealings of others, or for the public shares of the old epoch.',
  dealing: 'This node has to deal, and its dealing is not on the board of a finalized block yet.',
  dealt:
    'This node is a member of the old epoch alone and has dealt, or may no more: its part is over.',
  checking: 'Dealings are final; wrong shares may be complained of.',
  revealing: 'The set of dealers is final; each shows its part of the public key.',
  recovering:
    'Members show their shares of dealers who are silent, so that their parts of the key come out all the same.',
  confirming:
    'This node knows the key and its share, and signs them for whoever asks; a quorum is not on chain yet.',
  'without-share':
    'The share of this node does not belong to the key: it confirms nothing and cannot release in this epoch.',
  confirmed:
    'The chain has confirmed the session; this node has its share where it is a member of the new epoch.',
  failed:
    'Nothing can come of the session any more: it ends by expiring, and the old epoch goes on.',
  expired: 'The session ended without a quorum; the old epoch goes on.',
} as const

/** One of those. */
export type SessionState = keyof typeof SESSION_STATES

/** Why a session is `failed`, `without-share`, or this node cannot do its part in it; stable. */
export type SessionTrouble =
  /** Two members have one account, or fewer than are needed have registered a key that counts. */
  | 'members.unusable'
  /** Another key is registered in this node's name than it has: its state folder was lost or is older, or it runs twice. */
  | 'key.differs'
  /** This node's key is not on the board, or does not count there, and registering is over: it gets no share in this epoch. */
  | 'key.not-registered'
  /** The node has no share of the old epoch, or one that does not belong to it, so it cannot deal. */
  | 'old-share.missing'
  /** A dealing stands in this node's name that it did not make. */
  | 'dealing.not-own'
  /** Fewer dealers are qualified than are needed. */
  | 'dealers.too-few'
  /** A silent dealer's part of the key is missing and too few members have shown their shares of it. */
  | 'recoveries.too-few'
  /** The shares that this node was dealt do not make its share of the key. */
  | 'share.wrong'
  /** The chain confirmed another transcript than the board gives. */
  | 'transcript.differs'

/** What somebody did that no honest node does; all of it follows from the board. */
export type SessionFault = {
  readonly committee: 'dealers' | 'members'
  /** Index in that committee, from 1. */
  readonly index: number
  readonly nodeId: bigint
  readonly code:
    /** A registration that is none, without its proof, or of a key that another member has registered too. */
    | 'registration.invalid'
    /** A dealing that is none, or without its proofs, or of another key than the old share. */
    | 'dealing.invalid'
    /** A complaint showed that a member got a wrong share, or none. */
    | 'share.wrong'
    /** A complaint of a share that was right, or one without its proof. */
    | 'complaint.false'
    /** A reveal that is not what was dealt. */
    | 'reveal.invalid'
    /** A recovery that is not the member's share. */
    | 'recovery.invalid'
  /** The dealer that it was about, where it was about one. */
  readonly dealer?: number
}
