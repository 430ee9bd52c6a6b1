// A reader's side: shares of members combined, bodies opened, liars named. Pure.
import { ThresholdError } from '../error.ts'
import { openBody } from '../encryption/body.ts'
import { contentsOf, type CheckedCiphertext } from '../encryption/check.ts'
import type { Group } from '../group/group.ts'
import type { ReleaseRequest } from './batch.ts'
import {
  interpolate,
  proveCandidates,
  sortReplies,
  tooFew,
  type Question,
  type Reply,
} from './candidates.ts'
import type { Committee } from './committee.ts'
import { secretItems } from './release.ts'
import type { Release } from './wire.ts'

/** Secrets of a request, and the members whose replies were found not to be valid. */
export type Combined = {
  /** In the order of the ciphertexts; the caller fills them with zeros after use. */
  readonly plaintexts: readonly Uint8Array[]
  /** Indexes, ascending. */
  readonly culprits: readonly number[]
}

/**
 * Combines replies. Optimistic: the first t are used, and what opens was right, because a body
 * opens with one key alone; only where one does not are proofs checked, one by one, liars named and
 * others used. `checkEveryProof` checks those of all shares that are used, first. Throws
 * ThresholdError `release.too-few`; `plaintext.unauthentic` where proven shares do not open a body,
 * so that whoever encrypted it lied; `argument.invalid` for one member's reply twice;
 * `ciphertext.invalid` and `share.invalid` for what was not checked.
 */
export function combine(
  group: Group,
  given: {
    readonly committee: Committee
    readonly request: ReleaseRequest
    readonly ciphertexts: readonly CheckedCiphertext[]
    readonly replies: readonly Reply[]
    readonly checkEveryProof?: boolean
  },
): Combined {
  const { committee, request, ciphertexts, replies, checkEveryProof = false } = given
  const { threshold } = committee
  const question: Question = {
    committee,
    kind: 'secrets',
    request,
    items: secretItems(ciphertexts),
  }
  const sorted = sortReplies(group, question, replies)
  const first = sorted.candidates.slice(0, threshold)
  if (first.length < threshold) throw tooFew(first.length, threshold, sorted.culprits)
  if (!checkEveryProof) {
    const opened = open(group, ciphertexts, first)
    if (opened.failed.length === 0)
      return { plaintexts: opened.plaintexts, culprits: sorted.culprits }
  }
  const { proven, culprits } = proveCandidates(group, question, sorted)
  const opened = open(group, ciphertexts, proven)
  if (opened.failed.length > 0)
    throw new ThresholdError(
      'plaintext.unauthentic',
      `ciphertexts ${opened.failed.join(', ')} (from 0): not sealed with their own key`,
    )
  return { plaintexts: opened.plaintexts, culprits }
}

/** Every plaintext, or none and the positions that did not open. */
function open(
  group: Group,
  ciphertexts: readonly CheckedCiphertext[],
  releases: readonly Release[],
): { plaintexts: Uint8Array[]; failed: number[] } {
  const plaintexts: Uint8Array[] = []
  const failed: number[] = []
  for (const [position, shared] of interpolate(group, releases).entries()) {
    const ciphertext = ciphertexts[position]
    const plaintext =
      shared && ciphertext && openBody(group, shared, bodyOf(ciphertext), contentsOf(ciphertext))
    shared?.fill(0)
    if (plaintext === undefined) failed.push(position)
    else plaintexts.push(plaintext)
  }
  if (failed.length > 0) for (const plaintext of plaintexts.splice(0)) plaintext.fill(0)
  return { plaintexts, failed }
}

function bodyOf(ciphertext: CheckedCiphertext) {
  const { label, encodedU } = contentsOf(ciphertext)
  return { label, u: encodedU }
}
