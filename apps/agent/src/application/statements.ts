// What an instance's key signs for its application. Pure.
import { createHash } from 'node:crypto'
import { frame } from '@wetee/attestation'

/**
 * A hash that an application wants signed, SHA-256 of a frame of its own: the key also signs statements that contracts and nodes
 * read, all of them EIP-712 (keccak256), and none of those is ever such a hash.
 */
export function applicationDigest(digest: Uint8Array): Uint8Array {
  return sha256(frame('wetee/app-signature/v1', digest))
}

/** A caller's challenge (16 to 64 bytes) together with the evidence that answers it, 32 bytes. */
export function challengeDigest(challenge: Uint8Array, evidenceDigest: Uint8Array): Uint8Array {
  return sha256(frame('wetee/challenge/v1', challenge, evidenceDigest))
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash('sha256').update(bytes).digest())
}
