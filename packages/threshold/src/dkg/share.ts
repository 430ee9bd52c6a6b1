// Shares as a member gets them: opened, and checked against the commitments (Feldman 1987). Pure.
import { ThresholdError } from '../error.ts'
import type { Group, Point, RandomBytes, SecretScalar } from '../group/group.ts'
import type { Dealing } from './dealing.ts'
import { evaluateCommitments, sumPoints, sumSecrets } from './polynomial.ts'
import { recipientAt, type Session } from './session.ts'
import { unsealShare } from './share-box.ts'

/** A dealing and the own share of it. */
export type DealtShare = { readonly dealing: Dealing; readonly share: SecretScalar }

/**
 * Opens the share of member `index` with its decryption key; undefined where the dealer encrypted
 * none, which is for a complaint. Whether it is right, `verifyShare` says.
 */
export function openShare(
  group: Group,
  session: Session,
  dealing: Dealing,
  index: number,
  decryptionKey: SecretScalar,
): SecretScalar | undefined {
  const member = recipientAt(session, index)
  const { dealer, ephemeral, encryptedShares } = dealing
  const encrypted = encryptedShares[index - 1]
  if (member === undefined || encrypted === undefined) return undefined
  const point = group.multiplySecret(ephemeral, decryptionKey)
  try {
    const channel = { session, dealer, member, ephemeral, point }
    return unsealShare(group, channel, encrypted)
  } finally {
    point.fill(0)
  }
}

/** Whether a share is f(index) of the committed polynomial. */
export function verifyShare(
  group: Group,
  dealing: Dealing,
  index: number,
  share: SecretScalar,
): boolean {
  const expected = evaluateCommitments(group, dealing.commitments, index)
  return expected !== undefined && samePoint(group.multiplyBase(share), expected)
}

/**
 * The dealers whose shares of member `index` are wrong: none where the sum of all shares fits the
 * sum of all commitments, else each is checked alone. The sum speaks for exactly this set, because
 * two wrong ones can cancel: call it again after every change of the set.
 */
export function badShares(
  group: Group,
  index: number,
  dealt: readonly DealtShare[],
  random: RandomBytes,
): number[] {
  if (dealt.length === 0 || fitTogether(group, index, dealt, random)) return []
  return dealt
    .filter(({ dealing, share }) => !verifyShare(group, dealing, index, share))
    .map(({ dealing }) => dealing.dealer)
}

/** Whether two points are the same; both are public. */
export function samePoint(a: Point, b: Point): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

function fitTogether(
  group: Group,
  index: number,
  dealt: readonly DealtShare[],
  random: RandomBytes,
): boolean {
  const degree = dealt[0]?.dealing.commitments.length ?? 0
  const sums: Point[] = []
  for (let k = 0; k < degree; k++) {
    const sum = sumPoints(
      group,
      dealt.map(({ dealing }) => dealing.commitments[k]!),
    )
    // Not a sum that honest dealers make: let each be looked at alone.
    if (sum === undefined) return false
    sums.push(sum)
  }
  const expected = evaluateCommitments(group, sums, index)
  if (expected === undefined) return false
  let total: SecretScalar | undefined
  try {
    total = sumSecrets(
      group,
      dealt.map(({ share }) => share),
      random,
    )
    return samePoint(group.multiplyBase(total), expected)
  } catch (error) {
    if (error instanceof ThresholdError && error.code === 'scalar.invalid') return false
    throw error
  } finally {
    total?.fill(0)
  }
}
