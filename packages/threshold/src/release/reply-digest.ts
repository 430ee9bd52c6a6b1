// What a member signs of its releases beside the question: one digest of both kinds. Pure.
import { keccak_256 } from '@noble/hashes/sha3.js'

/** Bytes of releases as they go to the reader; absent where nothing of the kind was asked for. */
export type SignedReleases = {
  readonly secrets?: Uint8Array | undefined
  readonly keys?: Uint8Array | undefined
}

/**
 * 32 bytes: keccak256 of the two releases' own keccak256, secrets first, an absent one as no bytes.
 * Not of the bytes in a row: a judge must not be able to take them apart in another place.
 */
export function releaseDigest({ secrets, keys }: SignedReleases): Uint8Array {
  const digests = new Uint8Array(64)
  digests.set(keccak_256(secrets ?? new Uint8Array(0)))
  digests.set(keccak_256(keys ?? new Uint8Array(0)), 32)
  return keccak_256(digests)
}
