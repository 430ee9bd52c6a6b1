// A board as one node reads it: the session that it names, and the node's seats in it. Pure.
import {
  checkMemberDealing,
  checkResharing,
  confirmationDigest,
  openSession,
  registeredMembers,
  ThresholdError,
  type CheckDealing,
  type Group,
  type NetworkKey,
  type RegistrationPlace,
  type SecretScalar,
  type Session,
} from '@wetee/threshold'
import type { Board, BoardMember, PreviousEpoch } from './board.ts'
import { SessionError } from './session-error.ts'
import type { SessionTrouble } from './state.ts'

/** What a node brings to a session. All of it stays the caller's, who fills it with zeros. */
export type OwnSecrets = {
  /** 20 bytes: the address of the statement key. */
  readonly account: Uint8Array
  /** Its share in `dealersEpoch`, for a resharing. */
  readonly previousShare?: SecretScalar | undefined
}

/** Where a node stands in a session. */
export type Place = {
  readonly session: Session
  readonly resharing: boolean
  /** Index among the members, where it is one and has the key that is registered for that seat. */
  readonly member?: number
  /** Index among the dealers. */
  readonly dealer?: number
  readonly trouble?: SessionTrouble
}

/**
 * The place of a node once registering is over; undefined where the members cannot make a session, which is the same for everybody.
 * `sessionSecret` is that of the key that it has made for this session, if it has one. Throws SessionError `session.board-invalid`.
 */
export function placeOf(
  group: Group,
  board: Board,
  own: OwnSecrets,
  sessionSecret: SecretScalar | undefined,
): Place | undefined {
  expectBoard(board)
  const session = sessionOf(group, board)
  if (session === undefined) return undefined
  const resharing = isResharing(board)
  const seat = seatOf(board.members, own)
  const dealer = resharing ? seatOf(board.dealers, own)?.index : seat?.index
  const place = { session, resharing }
  const key = seat && session.members[seat.index - 1]?.encryptionKey
  const isOwn =
    sessionSecret !== undefined &&
    key !== undefined &&
    sameBytes(group.multiplyBase(sessionSecret), key)
  if (seat !== undefined && !isOwn)
    // No shares are for a key that it has: whatever it said of them would be wrong. It can deal all the same in a resharing.
    return {
      ...place,
      ...(resharing && dealer !== undefined && { dealer }),
      trouble: key === undefined ? 'key.not-registered' : 'key.differs',
    }
  return {
    ...place,
    ...(seat && { member: seat.index }),
    ...(dealer !== undefined && { dealer }),
  }
}

/** What registrations of a board are for. Throws SessionError `session.board-invalid`. */
export function registrationPlace(board: Board): RegistrationPlace {
  expectBoard(board)
  const { chainId, contract, epoch, openedBlockHash: blockHash } = board
  return { chainId, contract, epoch, blockHash }
}

/** The seat of a node, where it has one. */
export function seatOf(
  seats: readonly BoardMember[],
  own: Pick<OwnSecrets, 'account'>,
): BoardMember | undefined {
  return seats.find(({ account }) => sameBytes(account, own.account))
}

/** Whether old members deal their shares of a key that there is. */
function isResharing({ epoch, dealersEpoch }: Board): boolean {
  return epoch !== dealersEpoch
}

/** How dealings of a session are checked; in a resharing against the old key, undefined while that is not known. */
export function dealingCheck(
  group: Group,
  { session, resharing }: Place,
  old: NetworkKey | undefined,
): CheckDealing | undefined {
  if (!resharing) return (dealer, bytes) => checkMemberDealing(group, session, dealer, bytes)
  return old && ((dealer, bytes) => checkResharing(group, session, old, dealer, bytes))
}

/** The old key of a board, where it has one. Throws SessionError `session.previous-differs`. */
export function oldKeyOf(group: Group, { previous }: Board): NetworkKey | undefined {
  if (previous?.key === undefined) return undefined
  if (!isConfirmedKey(group, previous, previous.key))
    throw new SessionError('session.previous-differs', 'the old key is not the confirmed one')
  return previous.key
}

/** Whether a key is the one of the transcript that the chain confirmed for its epoch. */
export function isConfirmedKey(
  group: Group,
  { sessionId, epoch, transcriptDigest }: Omit<PreviousEpoch, 'key'>,
  key: NetworkKey,
): boolean {
  const session = { id: sessionId, epoch, threshold: key.threshold, members: [] }
  return sameBytes(confirmationDigest(group, session, key), transcriptDigest)
}

/** Whether two byte strings are the same; both are public. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

function sessionOf(group: Group, board: Board): Session | undefined {
  const { threshold, previous, registrations } = board
  const place = registrationPlace(board)
  try {
    const members = registeredMembers(group, place, board.members, registrations)
    const resharing = previous && { previous: previous.transcriptDigest }
    return openSession(group, members, { ...place, threshold, ...resharing })
  } catch (error) {
    if (error instanceof ThresholdError) return undefined
    throw error
  }
}

function expectBoard(board: Board): void {
  const { contract, openedBlockHash, members, dealers, threshold, previous } = board
  const invalid = (what: string) => new SessionError('session.board-invalid', what)
  if (contract.length !== 20) throw invalid('contract: expected 20 bytes')
  if (openedBlockHash.length !== 32) throw invalid('openedBlockHash: expected 32 bytes')
  if (isResharing(board) !== (previous !== undefined))
    throw invalid('previous: expected in a resharing, and only there')
  for (const seats of [members, dealers])
    seats.forEach(({ index, account }, at) => {
      if (index !== at + 1) throw invalid('members: expected indexes 1..n in order')
      if (account.length !== 20) throw invalid('account: expected 20 bytes')
    })
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > members.length)
    throw invalid(`threshold: expected 1..${members.length}`)
}
