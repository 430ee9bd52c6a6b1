// Proof that two images have one logarithm to two bases (Chaum and Pedersen 1992). Pure.
import type { Group, Point, RandomBytes, SecretScalar } from '../group/group.ts'
import { proveEqual, verifyEqual, type Proof } from './proof.ts'

const DLEQ_TAG = 'wetee/threshold/v1 dleq'

/** images = [secret*A, secret*B] for bases = [A, B], said in a context that is bound. */
export type DleqStatement = {
  readonly bases: readonly [Point, Point]
  readonly images: readonly [Point, Point]
  /** A frame with a tag of its own and all that the proof must not be moved away from. */
  readonly context: Uint8Array
}

/** Proves equality of two logarithms; the nonce is hedged (nonce.ts). */
export function proveDleq(
  group: Group,
  { secret, ...statement }: DleqStatement & { readonly secret: SecretScalar },
  random: RandomBytes,
): Proof {
  return proveEqual(group, { ...statement, tag: DLEQ_TAG, secret }, random)
}

/** Whether a proof is one of the statement. */
export function verifyDleq(group: Group, statement: DleqStatement, proof: Proof): boolean {
  return verifyEqual(group, { ...statement, tag: DLEQ_TAG }, proof)
}
