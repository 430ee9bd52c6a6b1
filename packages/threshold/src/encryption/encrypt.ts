// Encryption to the network's key (TDH2: Shoup and Gennaro 1998, 2002): offline, in a browser as on
// a server. Pure.
import { ThresholdError } from '../error.ts'
import { keyBase, proofBase } from '../group/bases.ts'
import type { Group, Point, RandomBytes } from '../group/group.ts'
import { proveEqual } from '../proof/proof.ts'
import { sealBody } from './body.ts'
import { boundLabel, proofStatement } from './check.ts'
import { MAX_PLAINTEXT_BYTES, encodeCiphertext } from './ciphertext.ts'

/** What is encrypted, to which key, as what. */
export type Encryption = {
  /** The network's encryption key Y = s*H. */
  readonly networkKey: Point
  /** At most 1024 bytes: secretLabel(...). */
  readonly label: Uint8Array
  /** At most 65,536 bytes. */
  readonly plaintext: Uint8Array
}

/**
 * Encrypts: U = r*H, Ubar = r*Hbar, a body under a key of r*Y, a proof that whoever made it knows r
 * and meant this label. The same randomness gives the same bytes on both back ends. Throws
 * ThresholdError `argument.invalid` for what is too long.
 */
export function encrypt(
  group: Group,
  { networkKey, label, plaintext }: Encryption,
  random: RandomBytes,
): Uint8Array {
  boundLabel(label)
  if (plaintext.length > MAX_PLAINTEXT_BYTES)
    throw new ThresholdError(
      'argument.invalid',
      `plaintext: expected <= ${MAX_PLAINTEXT_BYTES} bytes`,
    )
  const secret = group.randomSecret(random)
  const shared = group.multiplySecret(networkKey, secret)
  try {
    const u = group.multiplySecret(keyBase(), secret)
    const ubar = group.multiplySecret(proofBase(), secret)
    const sealed = sealBody(group, shared, { label, u: group.encode(u) }, plaintext)
    const parts = { u, ubar, ...sealed }
    const proof = proveEqual(group, { ...proofStatement(label, parts), secret }, random)
    return encodeCiphertext(group, { ...parts, proof })
  } finally {
    secret.fill(0)
    shared.fill(0)
  }
}
