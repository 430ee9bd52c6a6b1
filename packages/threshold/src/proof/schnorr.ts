// Proof of knowing the logarithm of one point: proof of possession (Schnorr 1991). Pure.
import type { Group, Point, RandomBytes, SecretScalar } from '../group/group.ts'
import { proveEqual, verifyEqual, type Proof } from './proof.ts'

const SCHNORR_TAG = 'wetee/threshold/v1 schnorr'

/** image = secret*base, said in a context that is bound. */
export type SchnorrStatement = {
  readonly base: Point
  readonly image: Point
  /** A frame with a tag of its own and all that the proof must not be moved away from. */
  readonly context: Uint8Array
}

/** Proves knowledge of a logarithm; the nonce is hedged (nonce.ts). */
export function proveSchnorr(
  group: Group,
  { secret, base, image, context }: SchnorrStatement & { readonly secret: SecretScalar },
  random: RandomBytes,
): Proof {
  const statement = { tag: SCHNORR_TAG, context, bases: [base], images: [image] }
  return proveEqual(group, { ...statement, secret }, random)
}

/** Whether a proof is one of the statement. */
export function verifySchnorr(
  group: Group,
  { base, image, context }: SchnorrStatement,
  proof: Proof,
): boolean {
  return verifyEqual(group, { tag: SCHNORR_TAG, context, bases: [base], images: [image] }, proof)
}
