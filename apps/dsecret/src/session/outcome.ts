// What a session ends with for one node: the key, its share, and what it signs. Pure.
import type { CommitteeConfirmed } from '@wetee/chain'
import {
  confirmationDigest,
  networkKey,
  ownShare,
  resharedKey,
  resharedShare,
  ThresholdError,
  type Contribution,
  type Dealing,
  type Group,
  type NetworkKey,
  type SecretScalar,
  type Session,
} from '@wetee/threshold'
import { bytesToHex, concat, encodeAbiParameters, keccak256, type Hex } from 'viem'
import type { BoardMember } from './board.ts'
import type { Dealings } from './dealings.ts'
import { withDraw } from './draw.ts'

/** The key as everybody computes it from the board. */
export type Result = {
  readonly key: NetworkKey
  /** 32 bytes, `confirmationDigest`. */
  readonly transcriptDigest: Uint8Array
}

/** A result that this node has its share of. */
export type Outcome = Result & {
  /** 32 bytes. */
  readonly sessionId: Uint8Array
  /** Own index among the members. */
  readonly member: number
  /** The session's, until it is closed: whoever keeps it copies it. */
  readonly share: SecretScalar
  /** What this node signs, once its share is stored for good. */
  readonly confirmed: CommitteeConfirmed
}

/** The new key of these contributions; undefined where no key can come of them. */
export function newKey(
  group: Group,
  session: Session,
  contributions: readonly Contribution[],
): Result | undefined {
  return attempt(() => withDigest(group, session, networkKey(group, session, contributions)))
}

/** The old key, shared anew by these dealings; undefined where they are too few. */
export function sameKey(
  group: Group,
  session: Session,
  old: NetworkKey,
  dealings: readonly Dealing[],
): Result | undefined {
  return attempt(() => withDigest(group, session, resharedKey(group, session, old, dealings)))
}

/** The own share of a result; undefined where the shares that were dealt do not make it. */
export function shareOf(
  given: {
    readonly group: Group
    readonly session: Session
    readonly resharing: boolean
    readonly sessionSecret: SecretScalar
  },
  { key }: Result,
  member: number,
  dealings: Dealings,
): SecretScalar | undefined {
  const { group, session, resharing, sessionSecret } = given
  const sum = resharing ? resharedShare : ownShare
  return attempt(() =>
    withDraw(sessionSecret, { sessionId: session.id, what: 'sum' }, (random) =>
      sum(group, key, member, dealings.shares(), random),
    ),
  )
}

/** What members of a session sign about its result: `IQuorum.CommitteeConfirmed`. */
export function confirmedOf(
  group: Group,
  session: Session,
  members: readonly BoardMember[],
  { key, transcriptDigest }: Result,
): CommitteeConfirmed {
  const ids = members.map(({ nodeId }) => nodeId)
  return {
    session: hex(session.id),
    epoch: BigInt(session.epoch),
    threshold: session.threshold,
    membersDigest: keccak256(encodeAbiParameters([{ type: 'uint64[]' }], [ids])),
    networkKeyDigest: keccak256(
      concat([key.encryptionKey, key.verificationKey].map((point) => hex(group.encode(point)))),
    ),
    transcriptDigest: hex(transcriptDigest),
  }
}

function withDigest(group: Group, session: Session, key: NetworkKey): Result {
  return { key, transcriptDigest: confirmationDigest(group, session, key) }
}

function hex(bytes: Uint8Array): Hex {
  return bytesToHex(bytes)
}

/** The value, or undefined where shares or dealings are refused. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof ThresholdError) return undefined
    throw error
  }
}
