// The proof of a ciphertext (TDH2: Shoup and Gennaro 1998, 2002), checked before any share is used
// on it. Pure.
import { ThresholdError } from '../error.ts'
import { keyBase, proofBase } from '../group/bases.ts'
import type { Group, Point } from '../group/group.ts'
import { verifyEqual, type Statement } from '../proof/proof.ts'
import { digestOf, frame } from '../transcript/transcript.ts'
import { parseCiphertext, type Ciphertext } from './ciphertext.ts'
import { MAX_LABEL_BYTES } from './label.ts'

const TDH2_TAG = 'wetee/threshold/v1 tdh2'
const BODY_DIGEST_TAG = 'wetee/threshold/v1 ciphertext body'
const CIPHERTEXT_DIGEST_TAG = 'wetee/threshold/v1 ciphertext'

/**
 * A ciphertext whose proof held for its label. Only checkCiphertext makes one, and what takes one
 * looks whether it did: whoever could have a share multiplied with any point of their choice would
 * have another tenant's secret opened.
 */
export type CheckedCiphertext = { readonly __checked: never }

type Contents = Ciphertext & {
  readonly label: Uint8Array
  /** U, encoded. */
  readonly encodedU: Uint8Array
  /** ciphertextDigest of its bytes. */
  readonly digest: Uint8Array
}

/** Kept where nobody can change them after the check. */
const contents = new WeakMap<CheckedCiphertext, Contents>()

/**
 * Checks the proof of a ciphertext for the label that it is expected to have. Throws ThresholdError
 * `argument.invalid` for a label above 1024 bytes, `ciphertext.malformed`, `ciphertext.invalid`
 * where the proof is not one of this label and these bytes.
 */
export function checkCiphertext(
  group: Group,
  label: Uint8Array,
  bytes: Uint8Array,
): CheckedCiphertext {
  boundLabel(label)
  const ciphertext = parseCiphertext(group, bytes)
  if (!verifyEqual(group, proofStatement(label, ciphertext), ciphertext.proof))
    throw new ThresholdError('ciphertext.invalid', 'the proof is not of this label and these bytes')
  const checked = Object.freeze({}) as CheckedCiphertext
  contents.set(checked, {
    ...ciphertext,
    label: new Uint8Array(label),
    encodedU: group.encode(ciphertext.u),
    digest: ciphertextDigest(bytes),
  })
  return checked
}

/** Contents of a checked ciphertext. Throws ThresholdError `ciphertext.invalid` for another object. */
export function contentsOf(checked: CheckedCiphertext): Contents {
  const found = contents.get(checked)
  if (found === undefined)
    throw new ThresholdError('ciphertext.invalid', 'this ciphertext was not checked')
  return found
}

/** Name of a ciphertext, 32 bytes: what the chain keeps of it. */
export function ciphertextDigest(bytes: Uint8Array): Uint8Array {
  return digestOf(CIPHERTEXT_DIGEST_TAG, bytes)
}

/** U and Ubar have one logarithm; label, commitment and body are bound. */
export function proofStatement(
  label: Uint8Array,
  { u, ubar, commitment, body }: Omit<Ciphertext, 'proof'>,
): Statement & { readonly bases: readonly [Point, Point] } {
  return {
    tag: TDH2_TAG,
    context: frame(TDH2_TAG, label, digestOf(BODY_DIGEST_TAG, commitment, body)),
    bases: [keyBase(), proofBase()],
    images: [u, ubar],
  }
}

/** Throws ThresholdError `argument.invalid` for a label above 1024 bytes. */
export function boundLabel(label: Uint8Array): void {
  if (label.length > MAX_LABEL_BYTES)
    throw new ThresholdError('argument.invalid', `label: expected <= ${MAX_LABEL_BYTES} bytes`)
}
