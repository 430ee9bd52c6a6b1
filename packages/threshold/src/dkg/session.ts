// What a key generation or a resharing is about: its members, its threshold and its identifier.
// Pure.
import { ThresholdError } from '../error.ts'
import type { Group, Point } from '../group/group.ts'
import { digestOf, unsigned } from '../transcript/transcript.ts'

/** Members of a session, at most: an index has two bytes, a dealing grows with them. */
export const MAX_MEMBERS = 256
const DIGEST_BYTES = 32
const ACCOUNT_BYTES = 20

/** A seat in a session. */
export type SessionMember = {
  /** From 1, without a gap. */
  readonly index: number
  /** 20 bytes, of the chain. */
  readonly account: Uint8Array
  /** What its shares are encrypted to: made for this session alone. A member without one gets no share. */
  readonly encryptionKey: Point | undefined
}

/** A member that gets a share. */
export type Recipient = SessionMember & { readonly encryptionKey: Point }

/** What names a session: nothing signed or proven in one counts in another. */
export type SessionName = {
  readonly chainId: number | bigint
  /** 20 bytes: the contract that the messages are sent to. */
  readonly contract: Uint8Array
  readonly epoch: number | bigint
  /** From `memberRoot`. */
  readonly memberRoot: Uint8Array
  /** Shares that are needed to use the key. */
  readonly threshold: number
  /** 32 bytes: the final block that fixed the members. */
  readonly blockHash: Uint8Array
  /** `confirmationDigest` of the epoch whose key is reshared; absent for a new key. */
  readonly previous?: Uint8Array
}

/** One session, as everybody reads it from the chain. */
export type Session = {
  /** 32 bytes, from `sessionId`. */
  readonly id: Uint8Array
  readonly epoch: number | bigint
  readonly threshold: number
  /** In the order of their indexes. */
  readonly members: readonly SessionMember[]
}

/** Digest of all members, 32 bytes; of one without a key that field is empty. */
export function memberRoot(group: Group, members: readonly SessionMember[]): Uint8Array {
  const fields = members.flatMap(({ index, account, encryptionKey }) => [
    indexBytes(index),
    account,
    encryptionKey ? group.encode(encryptionKey) : new Uint8Array(0),
  ])
  return digestOf('wetee/threshold/v1 members', ...fields)
}

/** 32 bytes that name a session. Throws ThresholdError `argument.invalid`. */
export function sessionId(name: SessionName): Uint8Array {
  const { contract, memberRoot: root, blockHash, previous } = name
  expectBytes('contract', contract, ACCOUNT_BYTES)
  expectBytes('memberRoot', root, DIGEST_BYTES)
  expectBytes('blockHash', blockHash, DIGEST_BYTES)
  if (previous !== undefined) expectBytes('previous', previous, DIGEST_BYTES)
  return digestOf(
    'wetee/threshold/v1 session',
    unsigned(name.chainId, 32),
    contract,
    unsigned(name.epoch, 8),
    root,
    indexBytes(name.threshold),
    blockHash,
    previous ?? new Uint8Array(0),
  )
}

/**
 * The session of those members. Throws ThresholdError `argument.invalid` unless there are 1..256
 * members in the order 1..n, no two with the same account or key, and a threshold of 1 to the number
 * of those with a key.
 */
export function openSession(
  group: Group,
  members: readonly SessionMember[],
  name: Omit<SessionName, 'memberRoot'>,
): Session {
  const size = members.length
  if (size < 1 || size > MAX_MEMBERS)
    throw new ThresholdError('argument.invalid', `members: expected 1..${MAX_MEMBERS}, got ${size}`)
  const recipients = recipientsOf(members).length
  if (!Number.isInteger(name.threshold) || name.threshold < 1 || name.threshold > recipients)
    throw new ThresholdError('argument.invalid', `threshold: expected 1..${recipients}`)
  members.forEach(({ index, account }, at) => {
    expectBytes('account', account, ACCOUNT_BYTES)
    if (index !== at + 1)
      throw new ThresholdError('argument.invalid', 'members: expected indexes 1..n in order')
  })
  expectDistinct('accounts', members, ({ account }) => account)
  expectDistinct('encryption keys', recipientsOf(members), ({ encryptionKey }) => encryptionKey)
  const root = memberRoot(group, members)
  return {
    id: sessionId({ ...name, memberRoot: root }),
    epoch: name.epoch,
    threshold: name.threshold,
    members,
  }
}

/** An index on the wire, two bytes. Throws ThresholdError `argument.invalid`. */
export function indexBytes(index: number): Uint8Array {
  return unsigned(index, 2)
}

/** Session, dealer and member: what a message is bound to. */
export function contextOf(session: Session, ...indexes: readonly number[]): Uint8Array[] {
  return [session.id, ...indexes.map(indexBytes)]
}

/** The member of that index. Throws ThresholdError `argument.invalid` where there is none. */
function memberAt(session: Session, index: number): SessionMember {
  const member = session.members[index - 1]
  if (member === undefined)
    throw new ThresholdError('argument.invalid', `index: expected 1..${session.members.length}`)
  return member
}

/** The members that get a share, ascending. */
export function recipientsOf(members: readonly SessionMember[]): Recipient[] {
  return members.flatMap((member) => {
    const { encryptionKey } = member
    return encryptionKey ? [{ ...member, encryptionKey }] : []
  })
}

/** The member of that index where it gets a share. Throws ThresholdError as `memberAt`. */
export function recipientAt(session: Session, index: number): Recipient | undefined {
  return recipientsOf([memberAt(session, index)])[0]
}

function expectBytes(what: string, bytes: Uint8Array, size: number): void {
  if (bytes.length !== size)
    throw new ThresholdError('argument.invalid', `${what}: expected ${size} bytes`)
}

function expectDistinct<T>(
  what: string,
  members: readonly T[],
  bytesOf: (member: T) => Uint8Array,
): void {
  if (new Set(members.map((member) => bytesOf(member).toString())).size !== members.length)
    throw new ThresholdError('argument.invalid', `members: two have the same ${what}`)
}
