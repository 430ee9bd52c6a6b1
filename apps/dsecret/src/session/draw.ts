// Everything a node draws in a session once it has a key there, from that key and the session's id (a dealing of a resharing: from
// the old share): a node that starts again, or runs twice, draws the same again, and so never says two things. Pure.
import { extract, hkdf } from '@wetee/sealing/hashing'
import { frame, unsigned, type RandomBytes, type SecretScalar } from '@wetee/threshold'

const SEED_BYTES = 32

/** What bytes are drawn for: a kind of message or a step, and the dealer that it is about, else 0. A registration has a block's hash for an id. */
export type Purpose = {
  readonly sessionId: Uint8Array
  readonly what: 'register' | 'deal' | 'complain' | 'reveal' | 'recover' | 'sum'
  readonly subject?: number
}

/**
 * Runs with a source of bytes that only the holder of the secret can foresee, the same for the same purpose. HKDF-SHA256 of the
 * secret (no salt) to a seed, HMAC-SHA256 of it over a counter. The seed is zeros afterwards.
 */
export function withDraw<T>(
  secret: SecretScalar,
  { sessionId, what, subject = 0 }: Purpose,
  run: (random: RandomBytes) => T,
): T {
  const purpose = [sessionId, new TextEncoder().encode(what), unsigned(subject, 2)]
  const info = frame('wetee/session/v1 draw', ...purpose)
  const seed = hkdf(secret, info, SEED_BYTES)
  let blocks = 0
  try {
    return run((size) => {
      const bytes = new Uint8Array(size)
      for (let offset = 0; offset < size; offset += SEED_BYTES) {
        const counter = frame('wetee/session/v1 block', unsigned(blocks++, 8))
        // HMAC, which is what HKDF extracts with.
        const block = extract(seed, counter)
        bytes.set(block.subarray(0, size - offset), offset)
        block.fill(0)
      }
      return bytes
    })
  } finally {
    seed.fill(0)
  }
}
