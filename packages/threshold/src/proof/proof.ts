// Proof that images have one logarithm to several bases (Chaum and Pedersen 1992; Schnorr 1991 for
// one base), not interactive by Fiat and Shamir, the whole statement in its challenge. Pure.
import { ThresholdError } from '../error.ts'
import {
  SCALAR_BYTES,
  type Group,
  type Point,
  type PublicScalar,
  type RandomBytes,
  type SecretScalar,
} from '../group/group.ts'
import { modOrder, readScalar, scalarBytes } from '../group/scalar.ts'
import { challengeOf, digestOf } from '../transcript/transcript.ts'
import { hedgedNonce } from './nonce.ts'

/** Challenge and response; the commitments follow from them. */
export type Proof = { readonly challenge: PublicScalar; readonly response: PublicScalar }

/** What is proven: images[i] = secret * bases[i], said in a context that is bound. */
export type Statement = {
  /** Domain tag of this kind of proof. */
  readonly tag: string
  /** A frame of all that the proof must not be moved away from. */
  readonly context: Uint8Array
  readonly bases: readonly Point[]
  readonly images: readonly Point[]
}

/** Bytes of a proof on the wire: challenge, response. */
export const PROOF_BYTES = 2 * SCALAR_BYTES

/**
 * Proves a statement. The images must be those of the secret, else the proof does not verify.
 * Throws ThresholdError `argument.invalid` where bases and images differ in number.
 */
export function proveEqual(
  group: Group,
  statement: Statement & { readonly secret: SecretScalar },
  random: RandomBytes,
): Proof {
  const { secret, bases } = statement
  const message = statementDigest(group, statement)
  const nonce = hedgedNonce(group, { secret, message }, random)
  const commitments = bases.map((base) => group.multiplySecret(base, nonce))
  const challenge = challengeFor(group, statement.tag, message, commitments)
  const scaled = group.scaleSecret(secret, challenge)
  try {
    return { challenge, response: readScalar(group.addSecrets(nonce, scaled)) }
  } finally {
    nonce.fill(0)
    scaled.fill(0)
  }
}

/** Whether a proof is one of the statement. */
export function verifyEqual(group: Group, statement: Statement, proof: Proof): boolean {
  const { bases, images } = statement
  const minus = modOrder(-proof.challenge)
  const commitments: Point[] = []
  for (const [index, base] of bases.entries()) {
    const image = images[index]
    if (image === undefined) return false
    const commitment = group.multiplyMany([base, image], [proof.response, minus])
    if (commitment === undefined) return false
    commitments.push(commitment)
  }
  return (
    bases.length > 0 &&
    images.length === bases.length &&
    challengeFor(group, statement.tag, statementDigest(group, statement), commitments) ===
      proof.challenge
  )
}

/** 64 bytes: challenge, response. */
export function encodeProof({ challenge, response }: Proof): Uint8Array {
  const bytes = new Uint8Array(PROOF_BYTES)
  bytes.set(scalarBytes(challenge))
  bytes.set(scalarBytes(response), SCALAR_BYTES)
  return bytes
}

/** Reads 64 bytes. Throws ThresholdError `scalar.invalid`. */
export function parseProof(bytes: Uint8Array): Proof {
  if (bytes.length !== PROOF_BYTES)
    throw new ThresholdError('scalar.invalid', `a proof: expected ${PROOF_BYTES} bytes`)
  return {
    challenge: readScalar(bytes.subarray(0, SCALAR_BYTES)),
    response: readScalar(bytes.subarray(SCALAR_BYTES)),
  }
}

function statementDigest(group: Group, { tag, context, bases, images }: Statement): Uint8Array {
  if (bases.length === 0 || bases.length !== images.length)
    throw new ThresholdError('argument.invalid', 'a statement: as many images as bases, at least 1')
  return digestOf(tag, context, ...[...bases, ...images].map((point) => group.encode(point)))
}

function challengeFor(
  group: Group,
  tag: string,
  digest: Uint8Array,
  commitments: readonly Point[],
): PublicScalar {
  const encoded = commitments.map((point) => group.encode(point))
  return challengeOf(tag, digest, ...encoded)
}
