// A dealing: what a dealer says to all members in one message. EthDKG (Schindler et al. 2019) after
// Gennaro et al. 2007, with shares encrypted under one ephemeral key. Pure.
import { ThresholdError } from '../error.ts'
import {
  POINT_BYTES,
  type Group,
  type Point,
  type RandomBytes,
  type SecretScalar,
} from '../group/group.ts'
import { encodeProof, parseProof, PROOF_BYTES, type Proof } from '../proof/proof.ts'
import { proveSchnorr, verifySchnorr } from '../proof/schnorr.ts'
import { digestOf, frame } from '../transcript/transcript.ts'
import { evaluateSecret } from './polynomial.ts'
import { contextOf, recipientAt, recipientsOf, type Session } from './session.ts'
import { ENCRYPTED_SHARE_BYTES, sealShare } from './share-box.ts'

/** A dealing as it was read; its points are on the curve. */
export type Dealing = {
  readonly dealer: number
  /** A_k = a_k*G, as many as the threshold; A_0 first. */
  readonly commitments: readonly [Point, ...Point[]]
  /** That the dealer knows a_0. */
  readonly possession: Proof
  /** E = e*G, made for this dealing alone. */
  readonly ephemeral: Point
  /** That the dealer knows e. */
  readonly ephemeralPossession: Proof
  /** Of f(1) .. f(n), 32 bytes each; undefined for a member without a key. */
  readonly encryptedShares: readonly (Uint8Array | undefined)[]
}

/** Bytes of every dealing of a session. */
export function dealingBytes({ members, threshold }: Session): number {
  const shares = recipientsOf(members).length
  return (threshold + 1) * POINT_BYTES + 2 * PROOF_BYTES + shares * ENCRYPTED_SHARE_BYTES
}

/**
 * Deals a secret: a fresh one for a new key (the dealer keeps it for `reveal`), the old share for a
 * resharing. The rest of the polynomial and the ephemeral key are drawn here, and filled with zeros
 * once the shares are encrypted; the secret is left as it is. Deal once in a session: keep the
 * bytes and send the same again.
 */
export function deal(
  group: Group,
  session: Session,
  dealer: number,
  secret: SecretScalar,
  random: RandomBytes,
): Uint8Array {
  const coefficients = [group.readSecret(secret)]
  while (coefficients.length < session.threshold) coefficients.push(group.randomSecret(random))
  const ephemeralKey = group.randomSecret(random)
  try {
    const commitments = coefficients.map((coefficient) => group.multiplyBase(coefficient))
    const ephemeral = group.multiplyBase(ephemeralKey)
    const head = [...commitments, ephemeral].map((point) => group.encode(point))
    const prove = (what: Possession, image: Point, known: SecretScalar) => {
      const context = possessionContext(session, dealer, what)
      return encodeProof(
        proveSchnorr(group, { base: group.generator, image, context, secret: known }, random),
      )
    }
    const possession = prove('constant', commitments[0]!, secret)
    const ephemeralPossession = prove('ephemeral', ephemeral, ephemeralKey)
    const encryptedShares = recipientsOf(session.members).map((member) => {
      const share = evaluateSecret(group, coefficients, member.index)
      const point = group.multiplySecret(member.encryptionKey, ephemeralKey)
      try {
        return sealShare(group, { session, dealer, member, ephemeral, point }, share)
      } finally {
        share.fill(0)
        point.fill(0)
      }
    })
    return joined([
      ...head.slice(0, -1),
      possession,
      head.at(-1)!,
      ephemeralPossession,
      ...encryptedShares,
    ])
  } finally {
    for (const scalar of [...coefficients, ephemeralKey]) scalar.fill(0)
  }
}

/**
 * Reads a dealing of exactly the session's threshold and size; proofs are not checked. Throws
 * ThresholdError `dealing.malformed`.
 */
export function parseDealing(
  group: Group,
  session: Session,
  dealer: number,
  bytes: Uint8Array,
): Dealing {
  const size = dealingBytes(session)
  if (bytes.length !== size)
    throw new ThresholdError(
      'dealing.malformed',
      `a dealing: expected ${size} bytes, got ${bytes.length}`,
    )
  let offset = 0
  const take = (length: number) => bytes.slice(offset, (offset += length))
  const point = () => group.decode(take(POINT_BYTES))
  try {
    const constant = point()
    const others = Array.from({ length: session.threshold - 1 }, point)
    const possession = parseProof(take(PROOF_BYTES))
    const ephemeral = point()
    const ephemeralPossession = parseProof(take(PROOF_BYTES))
    const encryptedShares = session.members.map(({ encryptionKey }) =>
      encryptionKey ? take(ENCRYPTED_SHARE_BYTES) : undefined,
    )
    const commitments: Dealing['commitments'] = [constant, ...others]
    return { dealer, commitments, possession, ephemeral, ephemeralPossession, encryptedShares }
  } catch (cause) {
    throw new ThresholdError('dealing.malformed', 'a dealing: a point or a proof is none', {
      cause,
    })
  }
}

/**
 * What everybody can say of a dealing without a share: it has the form, and the dealer knows its
 * constant term and its ephemeral key. Without the first a dealer could cancel the others' parts of
 * the key; without the second it could take the ephemeral key of another, and complaints would open
 * that one's shares. Throws ThresholdError `dealing.malformed`, `dealing.invalid`.
 */
export function checkDealing(
  group: Group,
  session: Session,
  dealer: number,
  bytes: Uint8Array,
): Dealing {
  const dealing = parseDealing(group, session, dealer, bytes)
  const holds = (what: Possession, image: Point, proof: Proof) => {
    const context = possessionContext(session, dealer, what)
    return verifySchnorr(group, { base: group.generator, image, context }, proof)
  }
  if (!holds('constant', dealing.commitments[0], dealing.possession))
    throw new ThresholdError('dealing.invalid', 'no proof that the dealer knows what it deals')
  if (!holds('ephemeral', dealing.ephemeral, dealing.ephemeralPossession))
    throw new ThresholdError('dealing.invalid', 'no proof that the dealer made the ephemeral key')
  return dealing
}

/**
 * A dealing of a new key, by a member: as `checkDealing`, and the member has a key in the session.
 * Throws ThresholdError `argument.invalid` for a dealer who is no member.
 */
export function checkMemberDealing(
  group: Group,
  session: Session,
  dealer: number,
  bytes: Uint8Array,
): Dealing {
  if (recipientAt(session, dealer) === undefined)
    throw new ThresholdError('dealing.invalid', 'the dealer has registered no key that counts')
  return checkDealing(group, session, dealer, bytes)
}

/** Names the bytes of one dealer's dealing: two that differ are equivocation. */
export function dealingDigest(session: Session, dealer: number, bytes: Uint8Array): Uint8Array {
  return digestOf('wetee/threshold/v1 dealing', ...contextOf(session, dealer), bytes)
}

type Possession = 'constant' | 'ephemeral'

function possessionContext(session: Session, dealer: number, what: Possession): Uint8Array {
  return frame(`wetee/threshold/v1 possession ${what}`, ...contextOf(session, dealer))
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((size, { length }) => size + length, 0))
  let offset = 0
  for (const part of parts) {
    all.set(part, offset)
    offset += part.length
  }
  return all
}
