// Nonces of proofs: from the secret, fresh randomness and the message, so that none of the three
// alone has to be right. Pure.
import { hkdf, secretBytes } from '@wetee/sealing/hashing'
import { ThresholdError } from '../error.ts'
import { SCALAR_BYTES, type Group, type RandomBytes, type SecretScalar } from '../group/group.ts'
import { frame, unsigned } from '../transcript/transcript.ts'

const NONCE_TAG = 'wetee/threshold/v1 nonce'
/** Fresh bytes that a nonce is drawn with. */
const FRESH_BYTES = 32
/** One attempt fails once in 2^128. */
const MAX_ATTEMPTS = 8

/**
 * A nonce for one message: HKDF-SHA256 of secret || 32 random bytes. With randomness that fails it
 * is still a secret that differs from message to message (as in RFC 6979); with randomness that
 * works, two proofs of one message differ too. The caller fills it with zeros. Throws
 * ThresholdError `argument.invalid` where `random` gives another number of bytes.
 */
export function hedgedNonce(
  group: Group,
  { secret, message }: { secret: SecretScalar; message: Uint8Array },
  random: RandomBytes,
): SecretScalar {
  const fresh = random(FRESH_BYTES)
  if (fresh.length !== FRESH_BYTES)
    throw new ThresholdError('argument.invalid', `random: expected ${FRESH_BYTES} bytes`)
  const material = secretBytes(SCALAR_BYTES + FRESH_BYTES)
  material.set(secret)
  material.set(fresh, SCALAR_BYTES)
  try {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const info = frame(NONCE_TAG, message, unsigned(attempt, 1))
      const bytes = hkdf(material, info, SCALAR_BYTES)
      try {
        return group.readSecret(bytes)
      } catch (error) {
        if (!(error instanceof ThresholdError && error.code === 'scalar.invalid')) throw error
      } finally {
        bytes.fill(0)
      }
    }
    throw new ThresholdError('scalar.invalid', `no nonce in ${MAX_ATTEMPTS} attempts`)
  } finally {
    material.fill(0)
    fresh.fill(0)
  }
}
