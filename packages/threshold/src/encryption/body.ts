// The body of a ciphertext: ChaCha20-Poly1305 under a key of the shared point, with a commitment to
// that key. Pure.
import { chacha20poly1305 } from '@noble/ciphers/chacha.js'
import { hkdf } from '@wetee/sealing/hashing'
import type { Group, Point } from '../group/group.ts'
import { frame } from '../transcript/transcript.ts'
import { COMMITMENT_BYTES } from './ciphertext.ts'

const KEY_TAG = 'wetee/threshold/v1 encryption key'
const BODY_TAG = 'wetee/threshold/v1 encryption body'
const KEY_BYTES = 32
/** Zeros: each key encrypts once, r being drawn for each ciphertext. */
const NONCE = new Uint8Array(12)

/** What a body belongs to: the label, and U encoded. */
export type BodyContext = { readonly label: Uint8Array; readonly u: Uint8Array }

/** Encrypts under the key of a shared point, r*Y. */
export function sealBody(
  group: Group,
  shared: Point,
  context: BodyContext,
  plaintext: Uint8Array,
): { commitment: Uint8Array; body: Uint8Array } {
  const { key, commitment } = deriveKeys(group, shared, context)
  try {
    const body = chacha20poly1305(key, NONCE, associatedData(context)).encrypt(plaintext)
    return { commitment, body }
  } finally {
    key.fill(0)
  }
}

/** Decrypts, or gives undefined where the shared point is not the one it was sealed with. */
export function openBody(
  group: Group,
  shared: Point,
  context: BodyContext,
  sealed: { readonly commitment: Uint8Array; readonly body: Uint8Array },
): Uint8Array | undefined {
  const { key, commitment } = deriveKeys(group, shared, context)
  try {
    // One key at most passes this; ChaCha20-Poly1305 alone may open one body with two keys.
    if (!equalBytes(commitment, sealed.commitment)) return undefined
    return chacha20poly1305(key, NONCE, associatedData(context)).decrypt(sealed.body)
  } catch {
    return undefined
  } finally {
    key.fill(0)
  }
}

function deriveKeys(group: Group, shared: Point, { label, u }: BodyContext) {
  const encoded = group.encode(shared)
  const info = frame(KEY_TAG, label, u)
  const derived = hkdf(encoded, info, KEY_BYTES + COMMITMENT_BYTES)
  const keys = { key: derived.slice(0, KEY_BYTES), commitment: derived.slice(KEY_BYTES) }
  encoded.fill(0)
  derived.fill(0)
  return keys
}

function associatedData({ label, u }: BodyContext): Uint8Array {
  return frame(BODY_TAG, label, u)
}

/** In a time that does not depend on what differs. */
function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  return a.reduce((difference, byte, index) => difference | (byte ^ (b[index] ?? 0)), 0) === 0
}
