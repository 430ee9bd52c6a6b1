// Reveals: each dealer's part of Y = s*H, shown once the qualified set is final, so that nobody
// could choose its part by the others' (Gennaro et al. 2007). Pure.
import { ThresholdError } from '../error.ts'
import { keyBase } from '../group/bases.ts'
import {
  POINT_BYTES,
  type Group,
  type Point,
  type RandomBytes,
  type SecretScalar,
} from '../group/group.ts'
import { lagrangeAtZero } from '../group/scalar.ts'
import { proveDleq, verifyDleq, type DleqStatement } from '../proof/dleq.ts'
import { encodeProof, parseProof, PROOF_BYTES } from '../proof/proof.ts'
import { frame } from '../transcript/transcript.ts'
import type { Dealing } from './dealing.ts'
import { evaluateCommitments } from './polynomial.ts'
import { contextOf, type Session } from './session.ts'

/** A point on H and its proof. */
const REVEAL_BYTES = POINT_BYTES + PROOF_BYTES

/**
 * f(at)*H and the proof that it belongs to the dealing, 97 bytes. The dealer reveals its constant
 * term at 0; for a dealer who is silent each member reveals its share at its own index. Before the
 * qualified set is final it would let a later dealer choose the key.
 */
export function reveal(
  group: Group,
  session: Session,
  dealing: Dealing,
  at: number,
  secret: SecretScalar,
  random: RandomBytes,
): Uint8Array {
  const point = group.multiplySecret(keyBase(), secret)
  const statement = statementOf(group, session, dealing.dealer, at, [
    group.multiplyBase(secret),
    point,
  ])
  const bytes = new Uint8Array(REVEAL_BYTES)
  bytes.set(group.encode(point))
  bytes.set(encodeProof(proveDleq(group, { ...statement, secret }, random)), POINT_BYTES)
  return bytes
}

/** Reads and checks a reveal, gives f(at)*H. Throws ThresholdError `reveal.invalid`. */
export function checkReveal(
  group: Group,
  session: Session,
  dealing: Dealing,
  at: number,
  bytes: Uint8Array,
): Point {
  const refused = (what: string, cause?: unknown) =>
    new ThresholdError('reveal.invalid', `a reveal: ${what}`, { cause })
  if (bytes.length !== REVEAL_BYTES) throw refused(`expected ${REVEAL_BYTES} bytes`)
  if (!Number.isInteger(at) || at < 0 || at > session.members.length)
    throw refused(`expected a place from 0 to ${session.members.length}`)
  const committed = evaluateCommitments(group, dealing.commitments, at)
  if (committed === undefined) throw refused('a share of zero has none')
  let point: Point
  let proof
  try {
    point = group.decode(bytes.slice(0, POINT_BYTES))
    proof = parseProof(bytes.slice(POINT_BYTES))
  } catch (cause) {
    throw refused('no point or no proof', cause)
  }
  const statement = statementOf(group, session, dealing.dealer, at, [committed, point])
  if (!verifyDleq(group, statement, proof)) throw refused('not what was committed to')
  return point
}

/**
 * a_0*H of one dealer: its own reveal where that is valid, else from the members' reveals of their
 * shares by index, those that are valid and the first of them that reach the threshold. A dealer
 * gains nothing by silence, and what it dealt stays secret. Throws ThresholdError `reveal.too-few`.
 */
export function revealedConstant(
  group: Group,
  session: Session,
  dealing: Dealing,
  reveals: {
    readonly own?: Uint8Array | undefined
    readonly byMember?: ReadonlyMap<number, Uint8Array>
  },
): Point {
  const check = (at: number, bytes: Uint8Array): Point | undefined => {
    try {
      return checkReveal(group, session, dealing, at, bytes)
    } catch (error) {
      if (error instanceof ThresholdError) return undefined
      throw error
    }
  }
  const own = reveals.own && check(0, reveals.own)
  if (own !== undefined) return own
  const indexes: number[] = []
  const points: Point[] = []
  const offered = [...(reveals.byMember ?? [])].sort(([a], [b]) => a - b)
  for (const [index, bytes] of offered) {
    const point = index > 0 && points.length < session.threshold ? check(index, bytes) : undefined
    if (point === undefined) continue
    indexes.push(index)
    points.push(point)
  }
  if (points.length < session.threshold)
    throw new ThresholdError(
      'reveal.too-few',
      `dealer ${dealing.dealer} is silent: expected ${session.threshold} members, got ${points.length}`,
    )
  const constant = group.multiplyMany(points, lagrangeAtZero(indexes))
  if (constant === undefined) throw new ThresholdError('reveal.invalid', 'a constant of zero')
  return constant
}

function statementOf(
  group: Group,
  session: Session,
  dealer: number,
  at: number,
  images: readonly [Point, Point],
): DleqStatement {
  return {
    bases: [group.generator, keyBase()],
    images,
    context: frame('wetee/threshold/v1 reveal', ...contextOf(session, dealer, at)),
  }
}
