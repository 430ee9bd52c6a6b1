// Ciphertexts on the wire: strict, bounded. Nothing parsed is checked yet (check.ts). Pure.
import { ThresholdError } from '../error.ts'
import { POINT_BYTES, type Group, type Point } from '../group/group.ts'
import { PROOF_BYTES, encodeProof, parseProof, type Proof } from '../proof/proof.ts'

/** Bytes of a plaintext at most. */
export const MAX_PLAINTEXT_BYTES = 65_536
/** Bytes that ChaCha20-Poly1305 appends (RFC 8439). */
const AEAD_TAG_BYTES = 16
/** Bytes of the commitment to the key. */
export const COMMITMENT_BYTES = 32

/** A ciphertext's parts. */
export type Ciphertext = {
  /** U = r*H. */
  readonly u: Point
  /** Ubar = r*Hbar. */
  readonly ubar: Point
  /** One logarithm of both, the label and the body bound. */
  readonly proof: Proof
  /** 32 bytes that one key alone gives. */
  readonly commitment: Uint8Array
  /** ChaCha20-Poly1305: plaintext and tag, 16 to 65,552 bytes. */
  readonly body: Uint8Array
}

const VERSION = 1
const UBAR_AT = 1 + POINT_BYTES
const PROOF_AT = UBAR_AT + POINT_BYTES
const COMMITMENT_AT = PROOF_AT + PROOF_BYTES
const BODY_AT = COMMITMENT_AT + COMMITMENT_BYTES

/** Bytes of a ciphertext beside its plaintext. */
export const CIPHERTEXT_OVERHEAD_BYTES = BODY_AT + AEAD_TAG_BYTES
/** Bytes of a ciphertext at most. */
export const MAX_CIPHERTEXT_BYTES = CIPHERTEXT_OVERHEAD_BYTES + MAX_PLAINTEXT_BYTES

/** Version 1, U, Ubar, proof, commitment, body. */
export function encodeCiphertext(group: Group, ciphertext: Ciphertext): Uint8Array {
  const bytes = new Uint8Array(BODY_AT + ciphertext.body.length)
  bytes[0] = VERSION
  bytes.set(group.encode(ciphertext.u), 1)
  bytes.set(group.encode(ciphertext.ubar), UBAR_AT)
  bytes.set(encodeProof(ciphertext.proof), PROOF_AT)
  bytes.set(ciphertext.commitment, COMMITMENT_AT)
  bytes.set(ciphertext.body, BODY_AT)
  return bytes
}

/**
 * Reads a ciphertext, as copies. Throws ThresholdError `ciphertext.malformed`. Whoever holds a
 * share takes what checkCiphertext returns, never this.
 */
export function parseCiphertext(group: Group, bytes: Uint8Array): Ciphertext {
  if (bytes.length < CIPHERTEXT_OVERHEAD_BYTES || bytes.length > MAX_CIPHERTEXT_BYTES)
    throw malformed(`${CIPHERTEXT_OVERHEAD_BYTES} to ${MAX_CIPHERTEXT_BYTES} bytes`)
  if (bytes[0] !== VERSION) throw malformed(`version ${VERSION}`)
  try {
    return {
      u: group.decode(bytes.subarray(1, UBAR_AT)),
      ubar: group.decode(bytes.subarray(UBAR_AT, PROOF_AT)),
      proof: parseProof(bytes.subarray(PROOF_AT, COMMITMENT_AT)),
      // Not slice(): that of a Buffer is no copy.
      commitment: new Uint8Array(bytes.subarray(COMMITMENT_AT, BODY_AT)),
      body: new Uint8Array(bytes.subarray(BODY_AT)),
    }
  } catch (cause) {
    if (!(cause instanceof ThresholdError)) throw cause
    throw malformed('two points and two scalars', cause)
  }
}

function malformed(expected: string, cause?: ThresholdError): ThresholdError {
  return new ThresholdError('ciphertext.malformed', `a ciphertext: expected ${expected}`, { cause })
}
