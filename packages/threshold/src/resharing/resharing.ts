// Resharing: members of one epoch deal their shares to those of the next, and the key stays the
// same (Desmedt and Jajodia 1997, with Feldman's commitments). A refresh is one to the same
// members. Pure.
import { ThresholdError } from '../error.ts'
import type { Group, RandomBytes, SecretScalar } from '../group/group.ts'
import { lagrangeAtZero } from '../group/scalar.ts'
import { checkDealing, type Dealing } from '../dkg/dealing.ts'
import { checkedSum, expectEnough, nonzero, type NetworkKey } from '../dkg/network-key.ts'
import { evaluateEverywhere } from '../dkg/public-shares.ts'
import type { Session } from '../dkg/session.ts'
import { samePoint } from '../dkg/share.ts'

/**
 * A dealing of a resharing, made by `deal` with the old share: as `checkDealing`, and what is dealt
 * is the dealer's old share. Throws ThresholdError `dealing.malformed`, `dealing.invalid`.
 */
export function checkResharing(
  group: Group,
  session: Session,
  old: NetworkKey,
  dealer: number,
  bytes: Uint8Array,
): Dealing {
  const dealing = checkDealing(group, session, dealer, bytes)
  const share = old.publicShares[dealer - 1]
  if (share === undefined || !samePoint(dealing.commitments[0], share))
    throw new ThresholdError('dealing.invalid', 'not the share that the dealer had')
  return dealing
}

/**
 * The key of the next epoch from qualified dealings: those of the first old members by index that
 * reach the old threshold. S and Y are the old ones. Throws ThresholdError `dealing.too-few` where
 * they are fewer (the old epoch goes on), `dealing.invalid` where one is not of an old share.
 */
export function resharedKey(
  group: Group,
  session: Session,
  old: NetworkKey,
  dealings: readonly Dealing[],
): NetworkKey {
  const used = [...dealings].sort((a, b) => a.dealer - b.dealer).slice(0, old.threshold)
  expectEnough(used.length, old.threshold)
  const qualified = used.map(({ dealer }) => dealer)
  const weights = lagrangeAtZero(qualified)
  const commitments = Array.from({ length: session.threshold }, (_, k) => {
    const points = used.map(({ commitments }) => commitments[k]!)
    return nonzero(group.multiplyMany(points, weights))
  })
  if (!samePoint(commitments[0]!, old.verificationKey))
    throw new ThresholdError('dealing.invalid', 'the dealings are not of this key')
  return {
    threshold: session.threshold,
    qualified,
    verificationKey: old.verificationKey,
    encryptionKey: old.encryptionKey,
    publicShares: evaluateEverywhere(group, commitments, session.members.length),
  }
}

/**
 * The new share of member `index`: the sum of the shares of the dealers that `resharedKey` used,
 * weighted by Lagrange. Throws ThresholdError `share.invalid` as `ownShare`.
 */
export function resharedShare(
  group: Group,
  key: NetworkKey,
  index: number,
  shares: ReadonlyMap<number, SecretScalar>,
  random: RandomBytes,
): SecretScalar {
  const weights = lagrangeAtZero(key.qualified)
  return checkedSum(group, key, index, shares, random, weights)
}
