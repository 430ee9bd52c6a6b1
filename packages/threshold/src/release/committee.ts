// The public shares of a committee, checked against the network's key before any share of a member
// is believed. Pure.
import { MAX_MEMBERS } from '../dkg/session.ts'
import { ThresholdError } from '../error.ts'
import type { Group, Point } from '../group/group.ts'
import { modOrder } from '../group/scalar.ts'
import { challengeOf, unsigned } from '../transcript/transcript.ts'

const CHECK_TAG = 'wetee/threshold/v1 public shares'

/**
 * Public shares that are those of a sharing of the network's key. Only checkPublicShares makes one:
 * without that check a host could play the whole committee.
 */
export type Committee = {
  /** Shares that are needed. */
  readonly threshold: number
  /** Shares that were dealt; indexes are 1 to size. */
  readonly size: number
  readonly __checked: never
}

const sharesOf = new WeakMap<Committee, readonly (Point | undefined)[]>()

/**
 * Checks that V_1 to V_n lie on one polynomial of degree below the threshold whose value at zero is
 * the network's key S = s*G (of the reader's own configuration). Throws ThresholdError
 * `argument.invalid` for more than 256 shares or a threshold out of 1 to n, `share.invalid`.
 *
 * Every sharing of degree below t is orthogonal to every codeword of the dual code: m(i) times
 * (-1)^i * binomial(n, i) for i = 0 to n and any polynomial m of degree at most n-t (SCRAPE: Cascudo
 * and David 2017). The coefficients of m are a hash of all points, so one sum checks all shares.
 *
 * Undefined stands for a share of zero, which a dealer can bring about for a member it controls.
 */
export function checkPublicShares(
  group: Group,
  publicShares: readonly (Point | undefined)[],
  threshold: number,
  networkKey: Point,
): Committee {
  const size = publicShares.length
  if (size > MAX_MEMBERS || !Number.isSafeInteger(threshold) || threshold < 1 || threshold > size)
    throw new ThresholdError(
      'argument.invalid',
      `expected at most ${MAX_MEMBERS} public shares and a threshold from 1 to their number`,
    )
  const points = [networkKey, ...publicShares].map(
    (point) => point && (new Uint8Array(point) as Point),
  )
  const encoded = points.map((point) => (point ? group.encode(point) : new Uint8Array(0)))
  const seed = [unsigned(threshold, 2), unsigned(size, 2), ...encoded]
  const mask = Array.from({ length: size - threshold + 1 }, (_, degree) =>
    challengeOf(CHECK_TAG, unsigned(degree, 2), ...seed),
  )
  let binomial = 1n
  const codeword = points.map((_, index) => {
    const value = mask.reduceRight((sum, part) => modOrder(sum * BigInt(index) + part), 0n)
    const sign = index % 2 === 0 ? 1n : -1n
    const entry = modOrder(sign * binomial * value)
    binomial = (binomial * BigInt(size - index)) / BigInt(index + 1)
    return entry
  })
  const terms = points.flatMap((point, index) =>
    point && index > 0 ? [{ point, entry: codeword[index]! }] : [],
  )
  const sum = group.multiplyMany(
    terms.map(({ point }) => point),
    terms.map(({ entry }) => entry),
  )
  // Not whether all of it is the identity: a back end that fails would say so, too.
  const rest = group.multiply(networkKey, modOrder(-codeword[0]!))
  if (sum === undefined || sum.some((byte, position) => byte !== rest[position]))
    throw new ThresholdError('share.invalid', 'the public shares are not those of this network key')
  const committee = Object.freeze({ threshold, size }) as Committee
  sharesOf.set(committee, points.slice(1))
  return committee
}

/**
 * A member's public share, undefined where the share is zero: then the member can release nothing.
 * Throws ThresholdError `share.invalid` for a committee that was not checked, `argument.invalid`
 * for an index that it does not have.
 */
export function publicShareOf(committee: Committee, index: number): Point | undefined {
  const shares = sharesOf.get(committee)
  if (shares === undefined)
    throw new ThresholdError('share.invalid', 'these public shares were not checked')
  if (!Number.isInteger(index) || index < 1 || index > shares.length)
    throw new ThresholdError('argument.invalid', `index: expected 1 to ${shares.length}`)
  const share = shares[index - 1]
  return share && (new Uint8Array(share) as Point)
}
