// A member's release of secrets to one reader: share * U for each ciphertext and one proof. Pure.
import { ThresholdError } from '../error.ts'
import { contentsOf, type CheckedCiphertext } from '../encryption/check.ts'
import type { Group, Point, RandomBytes, SecretScalar } from '../group/group.ts'
import { frame } from '../transcript/transcript.ts'
import { proveBatch, verifyBatch, type Holder, type Item, type ReleaseRequest } from './batch.ts'
import { encodeRelease, parseRelease, type Release } from './wire.ts'

const ITEM_TAG = 'wetee/threshold/v1 released secret'

/** The member that releases: its index from 1, its secret share and V = share*G, and who it is. */
export type Member = {
  readonly index: number
  readonly share: SecretScalar
  readonly publicShare: Point
  readonly holder: Holder
}

/**
 * Releases secrets to the reader of a request, as bytes for the reader alone: the caller encrypts
 * them to the request's reader key. Throws ThresholdError `ciphertext.invalid` for a ciphertext
 * that was not checked, `argument.invalid` for a field out of its range.
 */
export function releaseShares(
  group: Group,
  { index, share, publicShare, holder }: Member,
  { request, ciphertexts }: { request: ReleaseRequest; ciphertexts: readonly CheckedCiphertext[] },
  random: RandomBytes,
): Uint8Array {
  const kind = 'secrets' as const
  const items = secretItems(ciphertexts)
  const batch = { kind, index, publicShare, holder, request, items }
  const proven = proveBatch(group, batch, share, random)
  return encodeRelease(group, { kind, index, epoch: request.epoch, ...proven })
}

/**
 * Checks a release as anybody can that knows the member's public share: the reader, or a judge of
 * a member that lied. Throws ThresholdError `release.malformed`, `release.invalid`.
 */
export function checkRelease(
  group: Group,
  { index, publicShare, holder }: Omit<Member, 'share'>,
  { request, ciphertexts }: { request: ReleaseRequest; ciphertexts: readonly CheckedCiphertext[] },
  bytes: Uint8Array,
): Release {
  const release = parseRelease(group, bytes)
  const kind = 'secrets' as const
  const items = secretItems(ciphertexts)
  const batch = { kind, index, publicShare, holder, request, items }
  if (!belongsTo(release, batch) || !verifyBatch(group, batch, release))
    throw new ThresholdError('release.invalid', `member ${index}: not a release of this request`)
  return release
}

/** Whether a release says that it is of this member, epoch and number of items. */
export function belongsTo(
  { kind, index, epoch, images }: Release,
  batch: {
    readonly kind: Release['kind']
    readonly index: number
    readonly request: ReleaseRequest
    readonly items: readonly Item[]
  },
): boolean {
  return (
    kind === batch.kind &&
    index === batch.index &&
    epoch === batch.request.epoch &&
    images.length === batch.items.length
  )
}

/** Base U, and label and digest of the ciphertext, for each. */
export function secretItems(ciphertexts: readonly CheckedCiphertext[]): Item[] {
  return ciphertexts.map((ciphertext) => {
    const { u, encodedU, label, digest } = contentsOf(ciphertext)
    return { base: u, encoded: encodedU, context: frame(ITEM_TAG, label, digest) }
  })
}
