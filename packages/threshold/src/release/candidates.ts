// Replies of members to one request, sorted into what may be used and who lied. Pure.
import { ThresholdError } from '../error.ts'
import type { Group, Point } from '../group/group.ts'
import { lagrangeAtZero } from '../group/scalar.ts'
import { checkRequest, verifyBatch, type Holder, type Item, type ReleaseRequest } from './batch.ts'
import { publicShareOf, type Committee } from './committee.ts'
import { belongsTo } from './release.ts'
import { parseRelease, type Release, type ReleaseKind } from './wire.ts'

/** A member's reply; the index is the one of whoever was asked, not what the bytes say; the holder is who it says it is. */
export type Reply = {
  readonly index: number
  readonly holder: Holder
  readonly bytes: Uint8Array
}

/** A release that is not proven yet, and who says that it is its own. */
export type Candidate = Release & { readonly holder: Holder }

/** What was asked of a committee. */
export type Question = {
  readonly committee: Committee
  readonly kind: ReleaseKind
  readonly request: ReleaseRequest
  readonly items: readonly Item[]
}

/**
 * Replies that parse and say that they are of this request, in order, and the members whose do not.
 * Throws ThresholdError `argument.invalid` for an index twice or out of range, and for a request that
 * nobody could answer.
 */
export function sortReplies(
  group: Group,
  question: Question,
  replies: readonly Reply[],
): { candidates: Candidate[]; culprits: number[] } {
  // Else a mistake of the caller would be held against every member.
  checkRequest(question.request, question.items)
  if (new Set(replies.map(({ index }) => index)).size !== replies.length)
    throw new ThresholdError('argument.invalid', 'one reply of each member')
  const candidates: Candidate[] = []
  const culprits: number[] = []
  for (const { index, holder, bytes } of replies) {
    publicShareOf(question.committee, index)
    const release = tryParse(group, bytes)
    if (release !== undefined && belongsTo(release, { ...question, index }))
      candidates.push({ ...release, holder })
    else culprits.push(index)
  }
  return { candidates, culprits: culprits.sort((a, b) => a - b) }
}

/**
 * The first threshold of candidates whose proofs hold, and the members whose do not. Throws
 * ThresholdError `release.too-few`, its message naming every culprit.
 */
export function proveCandidates(
  group: Group,
  question: Question,
  { candidates, culprits }: { candidates: readonly Candidate[]; culprits: readonly number[] },
): { proven: Release[]; culprits: number[] } {
  const { threshold } = question.committee
  const proven: Release[] = []
  const named = [...culprits]
  for (const candidate of candidates) {
    if (proven.length === threshold) break
    const { index, holder } = candidate
    const publicShare = publicShareOf(question.committee, index)
    const holds =
      publicShare !== undefined &&
      verifyBatch(group, { ...question, index, publicShare, holder }, candidate)
    if (holds) proven.push(candidate)
    else named.push(index)
  }
  if (proven.length < threshold) throw tooFew(proven.length, threshold, named)
  return { proven, culprits: named.sort((a, b) => a - b) }
}

/** An error that names how many there are, how many are needed, and who lied. */
export function tooFew(
  have: number,
  threshold: number,
  culprits: readonly number[],
): ThresholdError {
  const lied = [...culprits].sort((a, b) => a - b).join(', ')
  const who = lied === '' ? '' : `; not valid: of members ${lied}`
  return new ThresholdError('release.too-few', `expected ${threshold} shares, got ${have}${who}`)
}

/** share * base summed up to secret * base, for each item; undefined where that is nothing. */
export function interpolate(group: Group, releases: readonly Release[]): (Point | undefined)[] {
  const weights = lagrangeAtZero(releases.map(({ index }) => index))
  return (releases[0]?.images ?? []).map((_, item) =>
    group.multiplyMany(
      releases.flatMap(({ images }) => images.slice(item, item + 1)),
      weights,
    ),
  )
}

function tryParse(group: Group, bytes: Uint8Array): Release | undefined {
  try {
    return parseRelease(group, bytes)
  } catch (error) {
    if (error instanceof ThresholdError) return undefined
    throw error
  }
}
