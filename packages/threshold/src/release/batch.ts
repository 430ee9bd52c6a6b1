// One proof for all images of one member: everything that is said chooses weights, and the weighted
// sums of bases and images are proven to have the member's share as their logarithm. Pure.
import { MAX_MEMBERS } from '../dkg/session.ts'
import { ThresholdError } from '../error.ts'
import { exactly } from '../encryption/label.ts'
import type { Group, Point, PublicScalar, RandomBytes, SecretScalar } from '../group/group.ts'
import { proveDleq, verifyDleq } from '../proof/dleq.ts'
import type { Proof } from '../proof/proof.ts'
import { challengeOf, digestOf, frame, unsigned } from '../transcript/transcript.ts'
import { KIND_NAMES, MAX_ITEMS, type ReleaseKind } from './wire.ts'

const BATCH_TAG = 'wetee/threshold/v1 release'
const WEIGHT_TAG = 'wetee/threshold/v1 release weight'

/** What a member was asked with; every proof is bound to it. */
export type ReleaseRequest = {
  /** Of the committee's sharing. */
  readonly epoch: bigint
  /** 32 bytes, never used twice. */
  readonly requestId: Uint8Array
  /** The reader's X25519 key out of appraised evidence, 32 bytes. */
  readonly readerKey: Uint8Array
}

/**
 * Who answers with a share: its number on chain and the key that it signs with. A proof binds both, so that whoever knows the share's
 * public part learns from its holder alone which key speaks for it.
 */
export type Holder = {
  /** From 0 to 2^64 - 1. */
  readonly nodeId: bigint
  /** Address of the statement key, 20 bytes. */
  readonly statementKey: Uint8Array
}

/** One base to multiply, and what it stands for. */
export type Item = {
  readonly base: Point
  /** The base, encoded. */
  readonly encoded: Uint8Array
  readonly context: Uint8Array
}

/** Everything that a proof says beside the images. */
export type Batch = {
  readonly kind: ReleaseKind
  readonly index: number
  readonly publicShare: Point
  readonly holder: Holder
  readonly request: ReleaseRequest
  /** 1 to 256. */
  readonly items: readonly Item[]
}

/** Multiplies and proves. Throws ThresholdError `argument.invalid` for a field out of its range. */
export function proveBatch(
  group: Group,
  batch: Batch,
  share: SecretScalar,
  random: RandomBytes,
): { images: Point[]; proof: Proof } {
  checkBatch(batch)
  const images = batch.items.map(({ base }) => group.multiplySecret(base, share))
  return { images, proof: proveImages(group, { ...batch, images }, share, random) }
}

/** The proof alone, for images that are already there; it holds where they are right. */
export function proveImages(
  group: Group,
  { images, ...batch }: Batch & { readonly images: readonly Point[] },
  share: SecretScalar,
  random: RandomBytes,
): Proof {
  const transcript = transcriptOf(group, batch, images)
  const weights = weightsOf(transcript, images.length)
  const base = group.multiplyMany(
    batch.items.map((item) => item.base),
    weights,
  )
  if (base === undefined) throw new ThresholdError('release.invalid', 'the weighted sum is nothing')
  const [only, ...others] = images
  const image = only && others.length === 0 ? only : group.multiplySecret(base, share)
  const sums = [base, image] as const
  const statement = statementOf(group, batch, transcript, sums)
  return proveDleq(group, { ...statement, secret: share }, random)
}

/** Whether a proof is one of these images. Throws ThresholdError `argument.invalid` as proveBatch. */
export function verifyBatch(
  group: Group,
  batch: Batch,
  { images, proof }: { readonly images: readonly Point[]; readonly proof: Proof },
): boolean {
  checkBatch(batch)
  if (images.length !== batch.items.length) return false
  const transcript = transcriptOf(group, batch, images)
  const weights = weightsOf(transcript, images.length)
  const base = group.multiplyMany(
    batch.items.map((item) => item.base),
    weights,
  )
  const image = group.multiplyMany(images, weights)
  if (base === undefined || image === undefined) return false
  return verifyDleq(group, statementOf(group, batch, transcript, [base, image]), proof)
}

function statementOf(
  group: Group,
  { publicShare }: Batch,
  transcript: Uint8Array,
  [base, image]: readonly [Point, Point],
) {
  return {
    bases: [group.generator, base],
    images: [publicShare, image],
    context: frame(BATCH_TAG, transcript),
  } as const
}

/** Everything that a proof of these images is bound to, 32 bytes. */
export function transcriptOf(group: Group, batch: Batch, images: readonly Point[]): Uint8Array {
  const { kind, index, publicShare, holder, request, items } = batch
  return digestOf(
    BATCH_TAG,
    KIND_NAMES[kind],
    unsigned(request.epoch, 8),
    request.requestId,
    request.readerKey,
    unsigned(index, 2),
    group.encode(publicShare),
    unsigned(holder.nodeId, 8),
    holder.statementKey,
    unsigned(items.length, 2),
    ...items.flatMap(({ encoded, context }) => [context, encoded]),
    ...images.map((image) => group.encode(image)),
  )
}

/**
 * Chosen after all images are: errors that cancel out under weights known before do not here. The first is 1: an error of the first
 * image alone stays what it is, any other is weighed, by one of 2^128 numbers.
 */
export function weightsOf(transcript: Uint8Array, count: number): PublicScalar[] {
  return Array.from({ length: count }, (_, item) =>
    item === 0 ? 1n : challengeOf(WEIGHT_TAG, transcript, unsigned(item, 2)),
  )
}

function checkBatch({ index, holder, request, items }: Batch): void {
  checkRequest(request, items)
  unsigned(holder.nodeId, 8)
  exactly('statementKey', holder.statementKey, 20)
  if (!Number.isSafeInteger(index) || index < 1 || index > MAX_MEMBERS)
    throw new ThresholdError('argument.invalid', `index: expected 1 to ${MAX_MEMBERS}`)
}

/** Throws ThresholdError `argument.invalid` for a field out of its range, or no or 257 items. */
export function checkRequest(request: ReleaseRequest, items: readonly Item[]): void {
  exactly('requestId', request.requestId, 32)
  exactly('readerKey', request.readerKey, 32)
  unsigned(request.epoch, 8)
  if (items.length < 1 || items.length > MAX_ITEMS)
    throw new ThresholdError('argument.invalid', `expected 1 to ${MAX_ITEMS} items`)
}
