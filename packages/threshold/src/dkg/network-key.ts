// What a session ends with: the network's key, everybody's public shares and one's own share. Pure.
import { ThresholdError } from '../error.ts'
import type { Group, Point, RandomBytes, SecretScalar } from '../group/group.ts'
import { digestOf, unsigned } from '../transcript/transcript.ts'
import type { Dealing } from './dealing.ts'
import { sumPoints, sumSecrets } from './polynomial.ts'
import { evaluateEverywhere } from './public-shares.ts'
import { contextOf, indexBytes, type Session } from './session.ts'
import { samePoint } from './share.ts'

/** A key that `threshold` members hold together; all of it is public. */
export type NetworkKey = {
  readonly threshold: number
  /** Whose dealings it is made of, ascending. */
  readonly qualified: readonly number[]
  /** S = s*G: public shares interpolate to it. */
  readonly verificationKey: Point
  /** Y = s*H: what is encrypted to. */
  readonly encryptionKey: Point
  /**
   * V_i = s_i*G of members 1..n, also of one who registered no key: then nobody has s_i. Undefined
   * where s_i is zero: a dealer who deals last can bring that about for a member it controls, which
   * then can neither release nor reshare.
   */
  readonly publicShares: readonly (Point | undefined)[]
}

/** A qualified dealing with a_0*H of its dealer, from `revealedConstant`. */
export type Contribution = { readonly dealing: Dealing; readonly constant: Point }

/** The key of a final qualified set. Throws ThresholdError `dealing.too-few` below the threshold. */
export function networkKey(
  group: Group,
  session: Session,
  contributions: readonly Contribution[],
): NetworkKey {
  expectEnough(contributions.length, session.threshold)
  const total = (points: readonly Point[]) => nonzero(sumPoints(group, points))
  const commitments = Array.from({ length: session.threshold }, (_, k) =>
    total(contributions.map(({ dealing }) => dealing.commitments[k]!)),
  )
  return {
    threshold: session.threshold,
    qualified: ascending(contributions.map(({ dealing }) => dealing.dealer)),
    verificationKey: commitments[0]!,
    encryptionKey: total(contributions.map(({ constant }) => constant)),
    publicShares: evaluateEverywhere(group, commitments, session.members.length),
  }
}

/**
 * The own share of member `index`: the sum of those of the qualified dealers, and of no other.
 * Throws ThresholdError `share.invalid` where it is not the one that belongs to V_i: then a share
 * was wrong, and `badShares` says whose.
 */
export function ownShare(
  group: Group,
  key: NetworkKey,
  index: number,
  shares: ReadonlyMap<number, SecretScalar>,
  random: RandomBytes,
): SecretScalar {
  return checkedSum(group, key, index, shares, random)
}

/** The same with weights, for a resharing. */
export function checkedSum(
  group: Group,
  key: NetworkKey,
  index: number,
  shares: ReadonlyMap<number, SecretScalar>,
  random: RandomBytes,
  weights?: readonly bigint[],
): SecretScalar {
  const own = key.qualified.map((dealer) => {
    const share = shares.get(dealer)
    if (share === undefined)
      throw new ThresholdError('share.invalid', `no share of dealer ${dealer}`)
    return share
  })
  const sum = sumSecrets(group, own, random, weights)
  const expected = key.publicShares[index - 1]
  if (expected !== undefined && samePoint(group.multiplyBase(sum), expected)) return sum
  sum.fill(0)
  throw new ThresholdError('share.invalid', 'the shares do not add up to the public share')
}

/**
 * What members sign at the end, 32 bytes: session, epoch, threshold, qualified dealers, Y, S and
 * the root of all public shares.
 */
export function confirmationDigest(group: Group, session: Session, key: NetworkKey): Uint8Array {
  return digestOf(
    'wetee/threshold/v1 confirmation',
    ...contextOf(session, key.threshold),
    unsigned(session.epoch, 8),
    qualifiedDigest(key.qualified),
    group.encode(key.encryptionKey),
    group.encode(key.verificationKey),
    publicShareRoot(group, key),
  )
}

/** Digest of the dealers whose dealings make the key, ascending, 32 bytes. */
export function qualifiedDigest(qualified: readonly number[]): Uint8Array {
  return digestOf('wetee/threshold/v1 qualified', ...qualified.map(indexBytes))
}

/** Digest of V_1 .. V_n in order, 32 bytes; one that is zero is an empty field. */
export function publicShareRoot(group: Group, { publicShares }: NetworkKey): Uint8Array {
  const fields = publicShares.map((point) => (point ? group.encode(point) : new Uint8Array(0)))
  return digestOf('wetee/threshold/v1 public share root', ...fields)
}

/** Throws ThresholdError `dealing.too-few`. */
export function expectEnough(count: number, needed: number): void {
  if (count < needed)
    throw new ThresholdError('dealing.too-few', `dealings: expected ${needed}, got ${count}`)
}

/** A sum with an honest dealer's part is zero by chance only. */
export function nonzero(point: Point | undefined): Point {
  if (point === undefined)
    throw new ThresholdError('dealing.invalid', 'the commitments cancel each other')
  return point
}

function ascending(indexes: readonly number[]): number[] {
  return [...indexes].sort((a, b) => a - b)
}
