// What shows a contract whether a signed release is right. A contract cannot multiply points: it is
// given every product and checks each. Pure; the images, which it shows, are the reader's.
import { derivedItems, type DerivedKeyName } from '../derived/derived-key.ts'
import { qualifiedDigest } from '../dkg/network-key.ts'
import type { CheckedCiphertext } from '../encryption/check.ts'
import { ThresholdError } from '../error.ts'
import { ORDER, POINT_BYTES, type Group, type Point } from '../group/group.ts'
import { PROOF_BYTES } from '../proof/proof.ts'
import { frame } from '../transcript/transcript.ts'
import {
  checkRequest,
  transcriptOf,
  verifyBatch,
  weightsOf,
  type Batch,
  type Holder,
  type ReleaseRequest,
} from './batch.ts'
import { affine, numberOf, rootOfNoPoint, slopeOf, type Affine } from './field.ts'
import { itemsDigest } from './question.ts'
import { belongsTo, secretItems } from './release.ts'
import type { SignedReleases } from './reply-digest.ts'
import { parseRelease, type Release, type ReleaseKind } from './wire.ts'

/** Items of one release that the contract Misconduct judges, at most. */
export const MAX_JUDGED_ITEMS = 16
const IMAGES_AT = 14
const NOTHING: Affine = { x: 0n, y: 0n }

/** A reply of a member, the whole question that it answers, and what the member's epoch confirmed. */
export type JudgedReply = {
  readonly request: ReleaseRequest
  readonly ciphertexts: readonly CheckedCiphertext[]
  readonly names: readonly DerivedKeyName[]
  /** As they were signed. */
  readonly releases: SignedReleases
  /** Of the member, from 1. */
  readonly index: number
  /** Whose signature is under the reply. */
  readonly holder: Holder
  /** V_1 .. V_n, undefined for a share of zero. */
  readonly publicShares: readonly (Point | undefined)[]
  /** Indexes of the dealers, ascending. */
  readonly qualified: readonly number[]
}

/** Fields of `IMisconduct.SignedRelease` that follow from the reply. */
export type Accused = {
  /** 1 secrets, 2 derived keys. */
  readonly kind: number
  readonly count: number
  /** Context and base of each item, as fields of a frame. */
  readonly items: Uint8Array
  /** Digest of the other kind's items; zeros for none. */
  readonly otherItems: Uint8Array
  readonly release: Uint8Array
  /** Bytes of the other kind's release. */
  readonly otherRelease: Uint8Array
}

/** `IMisconduct.Hints`. */
export type ReleaseHints = {
  readonly publicShares: Uint8Array
  readonly qualified: Uint8Array
  readonly noPoint: number
  readonly root: bigint
  readonly products: readonly Affine[]
  readonly slopes: readonly bigint[]
  readonly firstCommitment: Affine
  readonly responseProduct: Affine
  readonly challengeProduct: Affine
}

/** What `Misconduct.reportRelease` needs beside epoch, node, request and signature. */
export type Judgement = {
  /** Whether it is what `checkRelease` takes; the contract refuses a report of such a release. */
  readonly right: boolean
  readonly accused: Accused
  readonly hints: ReleaseHints
}

/**
 * Judges a member's release of one kind. Throws ThresholdError `argument.invalid` for more than 16
 * items or none, for an index out of range and for a request that nobody could answer.
 */
export function judgeReply(group: Group, kind: ReleaseKind, reply: JudgedReply): Judgement {
  const { request, index, holder, publicShares, releases } = reply
  const asked = {
    secrets: secretItems(reply.ciphertexts),
    'derived keys': derivedItems(group, reply.names),
  }
  const items = asked[kind]
  checkRequest(request, items)
  if (items.length > MAX_JUDGED_ITEMS)
    throw new ThresholdError('argument.invalid', `expected at most ${MAX_JUDGED_ITEMS} items`)
  if (!Number.isInteger(index) || index < 1 || index > publicShares.length)
    throw new ThresholdError('argument.invalid', `index: expected 1 to ${publicShares.length}`)
  const other = kind === 'secrets' ? 'derived keys' : 'secrets'
  const [own, theirs] = [releases.secrets, releases.keys]
  const [release, otherRelease] = kind === 'secrets' ? [own, theirs] : [theirs, own]
  const bytes = release ?? new Uint8Array(0)
  const otherItems = new Uint8Array(32)
  otherItems.set(itemsDigest(other, asked[other]))
  const accused = {
    kind: kind === 'secrets' ? 1 : 2,
    count: items.length,
    // A frame without its tag: the four bytes of its length are left out.
    items: frame('', ...items.flatMap(({ encoded, context }) => [context, encoded])).slice(4),
    otherItems,
    release: bytes,
    otherRelease: otherRelease ?? new Uint8Array(0),
  }
  return { accused, ...hintsOf(group, { kind, request, index, holder, items }, reply, bytes) }
}

function hintsOf(
  group: Group,
  question: Omit<Batch, 'publicShare'>,
  { publicShares, qualified }: JudgedReply,
  bytes: Uint8Array,
): { right: boolean; hints: ReleaseHints } {
  const publicShare = publicShares[question.index - 1]
  const none = noHints(group, publicShares, qualified)
  const noPoint = findNoPoint(question, bytes)
  if (noPoint !== undefined) return { right: false, hints: { ...none, ...noPoint } }
  const release = tryParse(group, bytes)
  const plain = release === undefined || !belongsTo(release, question) || isUnfit(release)
  if (plain || publicShare === undefined) return { right: false, hints: none }
  const batch = { ...question, publicShare }
  const hints = { ...none, ...productsOf(group, batch, release) }
  return { right: verifyBatch(group, batch, release), hints }
}

/** Every product and sum of the verification, in the order in which the contract takes them. */
function productsOf(group: Group, batch: Batch, { images, proof }: Release) {
  const { challenge, response } = proof
  const weights = weightsOf(transcriptOf(group, batch, images), images.length)
  const weighted = (points: readonly Point[]) =>
    points.map((point, item) => group.multiply(point, weights[item]!))
  const bases = weighted(batch.items.map(({ base }) => base))
  const imageProducts = weighted(images)
  const [base, image] = [group.add(...bases), group.add(...imageProducts)]
  const responseProduct = group.multiply(base, response)
  const challengeProduct = group.multiply(image, challenge)
  const first = group.multiplyMany(
    [group.generator, batch.publicShare],
    [response, ORDER - challenge],
  )
  return {
    products: [...bases, ...imageProducts].map(affine),
    slopes: [
      ...slopesOf(group, bases),
      ...slopesOf(group, imageProducts),
      slopeOf(affine(responseProduct), affine(group.negate(challengeProduct))),
    ],
    firstCommitment: affine(first),
    responseProduct: affine(responseProduct),
    challengeProduct: affine(challengeProduct),
  }
}

/** Slope of each addition of a sum from the left. */
function slopesOf(group: Group, [first, ...rest]: readonly Point[]): bigint[] {
  let sum = first!
  return rest.map((point) => {
    const slope = slopeOf(affine(sum), affine(point))
    sum = group.add(sum, point)
    return slope
  })
}

/** The first image of well-formed bytes whose x no point has: the one flaw that needs a root. */
function findNoPoint({ items }: Omit<Batch, 'publicShare'>, bytes: Uint8Array) {
  if (bytes.length !== IMAGES_AT + items.length * POINT_BYTES + PROOF_BYTES) return undefined
  for (let item = 0; item < items.length; item++) {
    const at = IMAGES_AT + item * POINT_BYTES
    const root = rootOfNoPoint(numberOf(bytes.subarray(at + 1, at + POINT_BYTES)))
    if (root !== undefined) return { noPoint: item + 1, root }
  }
  return undefined
}

function noHints(
  group: Group,
  publicShares: readonly (Point | undefined)[],
  qualified: readonly number[],
): ReleaseHints {
  const shares = new Uint8Array(publicShares.length * POINT_BYTES)
  for (const [at, share] of publicShares.entries())
    if (share !== undefined) shares.set(group.encode(share), at * POINT_BYTES)
  return {
    publicShares: shares,
    qualified: qualifiedDigest(qualified),
    noPoint: 0,
    root: 0n,
    products: [],
    slopes: [],
    firstCommitment: NOTHING,
    responseProduct: NOTHING,
    challengeProduct: NOTHING,
  }
}

/** Numbers that no signature has: the contract takes them for wrong as they stand. */
function isUnfit({ images, proof }: Release): boolean {
  if (proof.challenge === 0n || proof.response === 0n) return true
  return images.some((image) => affine(image).x >= ORDER)
}

function tryParse(group: Group, bytes: Uint8Array): Release | undefined {
  try {
    return parseRelease(group, bytes)
  } catch (error) {
    if (error instanceof ThresholdError) return undefined
    throw error
  }
}
