// For tests: dealings as no honest dealer makes them, from the layout of docs/reference/threshold.md. Pure.
import { hkdfSync } from 'node:crypto'
import {
  dealingBytes,
  deal,
  frame,
  unsigned,
  type Group,
  type Point,
  type RandomBytes,
  type SecretScalar,
  type Session,
} from '@wetee/threshold'
import { bytesOf } from './session-people.ts'

/** What a member gets instead of its share: any bytes, or its share and this much more. */
export type WrongShare = 'garbage' | SecretScalar

/** Bytes of an encrypted share. */
const SHARE_BYTES = 32

/** Where the encrypted share of a member begins. */
function shareOffset(session: Session, index: number): number {
  const after = session.members.filter((one) => one.encryptionKey && one.index >= index)
  return dealingBytes(session) - SHARE_BYTES * after.length
}

/** The dealing of a secret and a seed, in which some members get what they should not. */
export function dealWrong(
  group: Group,
  session: Session,
  dealer: number,
  secret: SecretScalar,
  given: { readonly seed: string; readonly wrong?: ReadonlyMap<number, WrongShare> },
): Uint8Array {
  const { seed, wrong } = given
  const bytes = deal(group, session, dealer, secret, bytesOf(seed))
  // The same draws again, in the order in which `deal` makes them: they are zeros by now.
  const random = bytesOf(seed)
  const coefficients = [secret]
  while (coefficients.length < session.threshold) coefficients.push(group.randomSecret(random))
  const ephemeralKey = group.randomSecret(random)
  for (const [index, change] of wrong ?? []) {
    const encryptionKey = session.members[index - 1]?.encryptionKey
    if (encryptionKey === undefined) continue
    const sealed =
      change === 'garbage'
        ? random(SHARE_BYTES)
        : seal(group, session, dealer, index, {
            encryptionKey,
            ephemeralKey,
            share: group.addSecrets(evaluate(group, coefficients, index), change),
          })
    bytes.set(sealed, shareOffset(session, index))
  }
  return bytes
}

/** A secret that follows from a seed. */
export function secretOf(group: Group, seed: string): SecretScalar {
  const random: RandomBytes = bytesOf(seed)
  return group.randomSecret(random)
}

function evaluate(group: Group, coefficients: readonly SecretScalar[], at: number): SecretScalar {
  return coefficients
    .slice(0, -1)
    .reduceRight(
      (value, coefficient) => group.addSecrets(group.scaleSecret(value, BigInt(at)), coefficient),
      coefficients.at(-1)!,
    )
}

function seal(
  group: Group,
  session: Session,
  dealer: number,
  index: number,
  given: { encryptionKey: Point; ephemeralKey: SecretScalar; share: SecretScalar },
): Uint8Array {
  const { encryptionKey, ephemeralKey, share } = given
  const context = [session.id, unsigned(dealer, 2), unsigned(index, 2)]
  const keys = [group.multiplyBase(ephemeralKey), encryptionKey].map((key) => group.encode(key))
  const info = frame('wetee/threshold/v1 share key', ...context, ...keys)
  const point = group.encode(group.multiplySecret(encryptionKey, ephemeralKey))
  const mask = new Uint8Array(hkdfSync('sha256', point, new Uint8Array(0), info, SHARE_BYTES))
  return mask.map((byte, at) => byte ^ share[at]!)
}
