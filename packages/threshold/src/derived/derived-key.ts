// Keys that the committee derives for an application without ever holding one: KDF(s*P), P a hash
// to the curve of the application and a path. Pure.
import { hkdf } from '@wetee/sealing/hashing'
import { ThresholdError } from '../error.ts'
import { exactly, nameBytes } from '../encryption/label.ts'
import type { Group, Point, RandomBytes } from '../group/group.ts'
import { proveBatch, verifyBatch, type Item, type ReleaseRequest } from '../release/batch.ts'
import {
  interpolate,
  proveCandidates,
  sortReplies,
  type Question,
  type Reply,
} from '../release/candidates.ts'
import type { Committee } from '../release/committee.ts'
import { belongsTo, type Member } from '../release/release.ts'
import { MAX_ITEMS, encodeRelease, parseRelease, type Release } from '../release/wire.ts'
import { frame, unsigned } from '../transcript/transcript.ts'

const POINT_TAG = 'wetee/threshold/v1 derived point'
const NAME_TAG = 'wetee/threshold/v1 derived key name'
const KEY_TAG = 'wetee/threshold/v1 derived key'
const KEY_BYTES = 32
const KIND = 'derived keys'

/** Which key: the application is that of the evidence, never one that a reader names. */
export type DerivedKeyName = {
  readonly chainId: bigint
  /** Contract Cloud, 20 bytes. */
  readonly cloud: Uint8Array
  readonly appId: bigint
  /** From 1 to 256 bytes of UTF-8. */
  readonly path: string
}

/** Keys of a request, and the members whose replies were found not to be valid. */
export type DerivedKeys = {
  /** 32 bytes each, in the order of the names; the caller fills them with zeros after use. */
  readonly keys: readonly Uint8Array[]
  /** Indexes, ascending. */
  readonly culprits: readonly number[]
}

/**
 * A member's shares of derived keys for the reader of a request, as bytes for the reader alone.
 * Throws ThresholdError `argument.invalid` for a field out of its range.
 */
export function releaseDerivedShares(
  group: Group,
  { index, share, publicShare, holder }: Member,
  { request, names }: { request: ReleaseRequest; names: readonly DerivedKeyName[] },
  random: RandomBytes,
): Uint8Array {
  const batch = {
    kind: KIND,
    index,
    publicShare,
    holder,
    request,
    items: derivedItems(group, names),
  } as const
  const proven = proveBatch(group, batch, share, random)
  return encodeRelease(group, { kind: KIND, index, epoch: request.epoch, ...proven })
}

/** Checks one member's shares. Throws ThresholdError `release.malformed`, `release.invalid`. */
export function checkDerivedRelease(
  group: Group,
  { index, publicShare, holder }: Omit<Member, 'share'>,
  { request, names }: { request: ReleaseRequest; names: readonly DerivedKeyName[] },
  bytes: Uint8Array,
): Release {
  const release = parseRelease(group, bytes)
  const batch = {
    kind: KIND,
    index,
    publicShare,
    holder,
    request,
    items: derivedItems(group, names),
  } as const
  if (!belongsTo(release, batch) || !verifyBatch(group, batch, release))
    throw new ThresholdError('release.invalid', `member ${index}: not a release of this request`)
  return release
}

/**
 * Combines replies into keys. Every proof is checked before a share is used: there is no body that
 * would not open if one member lied. Throws ThresholdError `release.too-few`, `argument.invalid`
 * for one member's reply twice, `share.invalid` for public shares that were not checked.
 */
export function combineDerived(
  group: Group,
  given: {
    readonly committee: Committee
    readonly request: ReleaseRequest
    readonly names: readonly DerivedKeyName[]
    readonly replies: readonly Reply[]
  },
): DerivedKeys {
  const { committee, request, names, replies } = given
  const question: Question = { committee, kind: KIND, request, items: derivedItems(group, names) }
  const sorted = sortReplies(group, question, replies)
  const { proven, culprits } = proveCandidates(group, question, sorted)
  const keys = interpolate(group, proven).map((shared, position) => {
    const context = question.items[position]?.context
    // Proven shares of a base that is not the identity sum up to s times it.
    if (shared === undefined || context === undefined)
      throw new ThresholdError('release.invalid', 'the combined point is nothing')
    const encoded = group.encode(shared)
    const key = hkdf(encoded, frame(KEY_TAG, context), KEY_BYTES)
    encoded.fill(0)
    shared.fill(0)
    return key
  })
  return { keys, culprits }
}

/** P of a name: nobody knows its logarithm to any base, so no ciphertext has it as its U. */
export function derivedPoint(group: Group, name: DerivedKeyName): Point {
  return group.hashToPoint(nameFrame(name), POINT_TAG)
}

/** Base P and the name's frame, for each. Throws ThresholdError `argument.invalid`. */
export function derivedItems(group: Group, names: readonly DerivedKeyName[]): Item[] {
  // Before any is hashed to the curve.
  if (names.length > MAX_ITEMS)
    throw new ThresholdError('argument.invalid', `expected at most ${MAX_ITEMS} names`)
  return names.map((name) => {
    const base = derivedPoint(group, name)
    return { base, encoded: group.encode(base), context: nameFrame(name) }
  })
}

function nameFrame({ chainId, cloud, appId, path }: DerivedKeyName): Uint8Array {
  return frame(
    NAME_TAG,
    unsigned(chainId, 32),
    exactly('cloud', cloud, 20),
    unsigned(appId, 32),
    nameBytes('path', path),
  )
}
