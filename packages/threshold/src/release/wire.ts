// A member's release on the wire: strict, bounded; nothing parsed is checked yet. Pure.
import { MAX_MEMBERS } from '../dkg/session.ts'
import { ThresholdError } from '../error.ts'
import { POINT_BYTES, type Group, type Point } from '../group/group.ts'
import { PROOF_BYTES, encodeProof, parseProof, type Proof } from '../proof/proof.ts'
import { unsigned } from '../transcript/transcript.ts'

/** Secrets, or keys, of one request at most. */
export const MAX_ITEMS = 256
/** What is released: images of ciphertexts, or of derived keys' points. */
export type ReleaseKind = 'secrets' | 'derived keys'

/** Kinds as fields of a frame, in UTF-8. */
export const KIND_NAMES: Readonly<Record<ReleaseKind, Uint8Array>> = {
  secrets: new TextEncoder().encode('secrets'),
  'derived keys': new TextEncoder().encode('derived keys'),
}

/** A release's parts. */
export type Release = {
  readonly kind: ReleaseKind
  /** Of the member, from 1. */
  readonly index: number
  readonly epoch: bigint
  /** share * base for each item of the request, 1 to 256. */
  readonly images: readonly Point[]
  /** One proof for all of them. */
  readonly proof: Proof
}

const VERSION = 1
const KINDS: readonly ReleaseKind[] = ['secrets', 'derived keys']
const EPOCH_AT = 4
const COUNT_AT = EPOCH_AT + 8
const IMAGES_AT = COUNT_AT + 2
const SMALLEST = IMAGES_AT + POINT_BYTES + PROOF_BYTES
const LARGEST = IMAGES_AT + MAX_ITEMS * POINT_BYTES + PROOF_BYTES

/** Version, kind, index, epoch, count, images, proof. */
export function encodeRelease(group: Group, release: Release): Uint8Array {
  const { kind, index, epoch, images, proof } = release
  const bytes = new Uint8Array(IMAGES_AT + images.length * POINT_BYTES + PROOF_BYTES)
  bytes[0] = VERSION
  bytes[1] = KINDS.indexOf(kind) + 1
  bytes.set(unsigned(index, 2), 2)
  bytes.set(unsigned(epoch, 8), EPOCH_AT)
  bytes.set(unsigned(images.length, 2), COUNT_AT)
  for (const [item, image] of images.entries())
    bytes.set(group.encode(image), IMAGES_AT + item * POINT_BYTES)
  bytes.set(encodeProof(proof), IMAGES_AT + images.length * POINT_BYTES)
  return bytes
}

/** Reads a release, as copies. Throws ThresholdError `release.malformed`. */
export function parseRelease(group: Group, bytes: Uint8Array): Release {
  if (bytes.length < SMALLEST || bytes.length > LARGEST)
    throw malformed(`${SMALLEST} to ${LARGEST} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint8(0) !== VERSION) throw malformed(`version ${VERSION}`)
  const kind = KINDS[view.getUint8(1) - 1]
  if (kind === undefined) throw malformed('a known kind')
  const index = view.getUint16(2)
  if (index < 1 || index > MAX_MEMBERS) throw malformed(`an index from 1 to ${MAX_MEMBERS}`)
  const count = view.getUint16(COUNT_AT)
  const proofAt = IMAGES_AT + count * POINT_BYTES
  if (count < 1 || count > MAX_ITEMS || bytes.length !== proofAt + PROOF_BYTES)
    throw malformed('as many images as its count')
  try {
    const images = Array.from({ length: count }, (_, item) => {
      const at = IMAGES_AT + item * POINT_BYTES
      return group.decode(bytes.subarray(at, at + POINT_BYTES))
    })
    const proof = parseProof(bytes.subarray(proofAt))
    return { kind, index, epoch: view.getBigUint64(EPOCH_AT), images, proof }
  } catch (cause) {
    if (!(cause instanceof ThresholdError)) throw cause
    throw malformed('points and two scalars', cause)
  }
}

function malformed(expected: string, cause?: ThresholdError): ThresholdError {
  return new ThresholdError('release.malformed', `a release: expected ${expected}`, { cause })
}
