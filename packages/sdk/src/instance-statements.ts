// What an instance's key signs for its application, and how anybody checks it (docs/reference/agent-socket.md). Pure.
import { evidenceDigest, frame, type EvidenceDocument, type Hex } from '@wetee/attestation'
import { recoverAddress, sha256, type Address } from 'viem'
import { SdkError } from './error.ts'

/** A caller's challenge has 16 to 64 bytes. */
const CHALLENGE_BYTES = { least: 16, most: 64 }
const DIGEST_BYTES = 32

/** SHA-256 of the frame in which an instance signs an application's 32 bytes. Throws SdkError `argument.invalid`. */
export function applicationDigest(digest: Uint8Array): Hex {
  if (digest.length !== DIGEST_BYTES)
    throw new SdkError('argument.invalid', `digest: expected ${DIGEST_BYTES} bytes`)
  return sha256(frame('wetee/app-signature/v1', digest))
}

/**
 * SHA-256 of the frame in which an instance signs a challenge (16 to 64 bytes) together with the evidence that answers it. Throws
 * SdkError `argument.invalid`.
 */
export function challengeDigest(challenge: Uint8Array, evidence: EvidenceDocument): Hex {
  const { least, most } = CHALLENGE_BYTES
  if (challenge.length < least || challenge.length > most)
    throw new SdkError('argument.invalid', `challenge: expected ${least} to ${most} bytes`)
  const digest = evidenceDigest(evidence, evidence.endorsements)
  return sha256(frame('wetee/challenge/v1', challenge, bytesOf(digest)))
}

/**
 * Who signed an application's 32 bytes: the instance key of a lease or of evidence, or the address of a derived key. Throws SdkError
 * `signature.invalid` for a signature that is nobody's.
 */
export function recoverApplicationSigner(digest: Uint8Array, signature: Hex): Promise<Address> {
  return recover(applicationDigest(digest), signature)
}

/**
 * Who answered a challenge with this evidence. It is the instance only if this is the address of `subject.signingKey` and the evidence
 * was verified (`verifyEvidence`). Throws SdkError `signature.invalid`.
 */
export function recoverChallengeSigner(
  challenge: Uint8Array,
  evidence: EvidenceDocument,
  signature: Hex,
): Promise<Address> {
  return recover(challengeDigest(challenge, evidence), signature)
}

async function recover(hash: Hex, signature: Hex): Promise<Address> {
  try {
    return await recoverAddress({ hash, signature })
  } catch (cause) {
    throw new SdkError('signature.invalid', 'expected a signature of 65 bytes: r, s, v', { cause })
  }
}

function bytesOf(hex: Hex): Uint8Array {
  return Uint8Array.from(hex.slice(2).match(/../g) ?? [], (byte) => parseInt(byte, 16))
}
