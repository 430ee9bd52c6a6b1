// Dealings as no honest dealer makes them, for tests. Pure.
import { deal } from '../dkg/dealing.ts'
import { evaluateSecret } from '../dkg/polynomial.ts'
import { recipientAt, recipientsOf, type Session } from '../dkg/session.ts'
import { ENCRYPTED_SHARE_BYTES, sealShare } from '../dkg/share-box.ts'
import type { Group, RandomBytes, SecretScalar } from '../group/group.ts'
import { modOrder, readScalar, scalarBytes } from '../group/scalar.ts'
import { seeded } from './ceremony.ts'

/** Where the parts of a dealing lie; see docs/reference/threshold.md. */
export function layout({ threshold, members }: Session): {
  readonly commitment: (k: number) => number
  readonly possession: number
  readonly ephemeral: number
  readonly ephemeralPossession: number
  readonly share: (index: number) => number
  readonly end: number
} {
  const possession = 33 * threshold
  const ephemeral = possession + 64
  const ephemeralPossession = ephemeral + 33
  const shares = ephemeralPossession + 64
  return {
    commitment: (k) => 33 * k,
    possession,
    ephemeral,
    ephemeralPossession,
    share: (index) =>
      shares + ENCRYPTED_SHARE_BYTES * recipientsOf(members.slice(0, index - 1)).length,
    end: shares + ENCRYPTED_SHARE_BYTES * recipientsOf(members).length,
  }
}

/** Bytes with others in their place from an offset on. */
export function spliced(bytes: Uint8Array, offset: number, part: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy.set(part, offset)
  return copy
}

/** A dealing whose coefficients from a_1 on are those given, and then what the seed says. */
export function scripted(seed: string, ...coefficients: readonly bigint[]): RandomBytes {
  const rest = seeded(seed)
  const first = coefficients.map((value) => scalarBytes(value))
  return (size) => first.shift() ?? rest(size)
}

/**
 * The dealing of a secret and a seed in which members get, encrypted as it should be, what `change`
 * makes of their share: any 32 bytes.
 */
export function dealWrong(
  group: Group,
  session: Session,
  dealer: number,
  secret: SecretScalar,
  seed: string,
  change: ReadonlyMap<number, (share: bigint) => Uint8Array>,
): Uint8Array {
  let bytes = deal(group, session, dealer, secret, seeded(seed))
  // The same draws again: they are zeros by now.
  const random = seeded(seed)
  const coefficients = [secret]
  while (coefficients.length < session.threshold) coefficients.push(group.randomSecret(random))
  const ephemeralKey = group.randomSecret(random)
  for (const [index, changed] of change) {
    const member = recipientAt(session, index)!
    const point = group.multiplySecret(member.encryptionKey, ephemeralKey)
    const ephemeral = group.multiplyBase(ephemeralKey)
    const channel = { session, dealer, member, ephemeral, point }
    const share = readScalar(evaluateSecret(group, coefficients, index))
    const sealed = sealShare(group, channel, changed(share) as SecretScalar)
    bytes = spliced(bytes, layout(session).share(index), sealed)
  }
  return bytes
}

/** Adds to a share. */
export function plus(amount: bigint): (share: bigint) => Uint8Array {
  return (share) => scalarBytes(modOrder(share + amount))
}
