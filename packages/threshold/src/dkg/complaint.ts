// Complaints of a wrong share, and their verdict: the same for everybody from public bytes. Pure.
import { ThresholdError } from '../error.ts'
import {
  POINT_BYTES,
  type Group,
  type Point,
  type RandomBytes,
  type SecretScalar,
} from '../group/group.ts'
import { proveDleq, verifyDleq, type DleqStatement } from '../proof/dleq.ts'
import { encodeProof, parseProof, PROOF_BYTES, type Proof } from '../proof/proof.ts'
import { frame } from '../transcript/transcript.ts'
import { checkMemberDealing, type Dealing } from './dealing.ts'
import { contextOf, recipientAt, type Recipient, type Session } from './session.ts'
import { unsealShare } from './share-box.ts'
import { verifyShare } from './share.ts'

/** The opened point and its proof. */
const COMPLAINT_BYTES = POINT_BYTES + PROOF_BYTES

/** A complaint as it stands on the chain. */
export type Complaint = {
  /** The dealer that is complained of, as the message names it. */
  readonly dealer: number
  /** The member whose account sent it. */
  readonly complainer: number
  readonly bytes: Uint8Array
}

/** Who is out. */
export type Verdict = 'dealer' | 'complainer'

/**
 * A complaint of member `index`, 97 bytes: opens the point that its key shares with the dealer's
 * ephemeral key, and so this one share. Only for a share that is missing or wrong. Throws
 * ThresholdError `argument.invalid` for a member without a key, who gets none.
 */
export function complain(
  group: Group,
  session: Session,
  dealing: Dealing,
  index: number,
  decryptionKey: SecretScalar,
  random: RandomBytes,
): Uint8Array {
  const member = recipientAt(session, index)
  if (member === undefined)
    throw new ThresholdError('argument.invalid', 'a complaint: the member has no key')
  const point = group.multiplySecret(dealing.ephemeral, decryptionKey)
  const statement = statementOf(group, session, dealing, member, point)
  const proof = proveDleq(group, { ...statement, secret: decryptionKey }, random)
  const bytes = new Uint8Array(COMPLAINT_BYTES)
  bytes.set(group.encode(point))
  bytes.set(encodeProof(proof), POINT_BYTES)
  return bytes
}

/** Reads a complaint. Throws ThresholdError `complaint.malformed`. */
function parseComplaint(group: Group, bytes: Uint8Array): { point: Point; proof: Proof } {
  if (bytes.length !== COMPLAINT_BYTES)
    throw new ThresholdError(
      'complaint.malformed',
      `a complaint: expected ${COMPLAINT_BYTES} bytes, got ${bytes.length}`,
    )
  try {
    return {
      point: group.decode(bytes.slice(0, POINT_BYTES)),
      proof: parseProof(bytes.slice(POINT_BYTES)),
    }
  } catch (cause) {
    throw new ThresholdError('complaint.malformed', 'a complaint: no point or no proof', { cause })
  }
}

/** Reads a dealing and checks all that everybody can; throws ThresholdError. */
export type CheckDealing = (dealer: number, bytes: Uint8Array) => Dealing

/**
 * Who is out after a complaint. The dealer, where its dealing is missing or fails `check`
 * (`checkMemberDealing` or `checkResharing`), whatever the complaint; else the complainer,
 * where it has no key, the complaint is malformed or its point is not the shared one; else the dealer, where the
 * share under that point is none or wrong; else the complainer. Throws ThresholdError
 * `argument.invalid` for a complainer who is no member.
 */
export function judgeComplaint(
  group: Group,
  session: Session,
  dealing: Uint8Array | undefined,
  complaint: Complaint,
  check: CheckDealing = ofMembers(group, session),
): Verdict {
  const read = dealing && attempt(() => check(complaint.dealer, dealing))
  return judge(group, session, read, complaint)
}

/**
 * The dealers who remain, ascending: their dealing is there and passes the check, no complaint
 * against them was right, and none of their own was wrong. The order of the complaints does not
 * matter. In a resharing dealers are old members and complainers new ones: `complainerDeals` is
 * false then.
 */
export function qualified(
  group: Group,
  session: Session,
  dealings: ReadonlyMap<number, Uint8Array>,
  complaints: readonly Complaint[],
  options: { readonly check?: CheckDealing; readonly complainerDeals?: boolean } = {},
): Dealing[] {
  const check = options.check ?? ofMembers(group, session)
  const read = new Map<number, Dealing>()
  for (const [dealer, bytes] of dealings) {
    const dealing = attempt(() => check(dealer, bytes))
    if (dealing !== undefined) read.set(dealer, dealing)
  }
  const out = new Set<number>()
  for (const complaint of complaints) {
    const { dealer, complainer } = complaint
    const verdict = judge(group, session, read.get(dealer), complaint)
    if (verdict === 'dealer') out.add(dealer)
    else if (options.complainerDeals !== false) out.add(complainer)
  }
  return [...read.values()]
    .filter(({ dealer }) => !out.has(dealer))
    .sort((a, b) => a.dealer - b.dealer)
}

function judge(
  group: Group,
  session: Session,
  dealing: Dealing | undefined,
  complaint: Complaint,
): Verdict {
  const member = recipientAt(session, complaint.complainer)
  if (dealing === undefined) return 'dealer'
  if (member === undefined) return 'complainer'
  const opened = attempt(() => parseComplaint(group, complaint.bytes))
  if (opened === undefined) return 'complainer'
  const { point, proof } = opened
  if (!verifyDleq(group, statementOf(group, session, dealing, member, point), proof))
    return 'complainer'
  const { dealer, ephemeral, encryptedShares } = dealing
  const channel = { session, dealer, member, ephemeral, point }
  const encrypted = encryptedShares[member.index - 1]
  const share = encrypted && unsealShare(group, channel, encrypted)
  const right = share !== undefined && verifyShare(group, dealing, member.index, share)
  return right ? 'complainer' : 'dealer'
}

function ofMembers(group: Group, session: Session): CheckDealing {
  return (dealer, bytes) => checkMemberDealing(group, session, dealer, bytes)
}

function statementOf(
  group: Group,
  session: Session,
  { dealer, ephemeral }: Dealing,
  member: Recipient,
  point: Point,
): DleqStatement {
  return {
    bases: [group.generator, ephemeral],
    images: [member.encryptionKey, point],
    context: frame('wetee/threshold/v1 complaint', ...contextOf(session, dealer, member.index)),
  }
}

/** The value, or undefined where bytes are refused. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof ThresholdError) return undefined
    throw error
  }
}
