// The part of every appraisal that needs no chain but a time: whether evidence is authentic and good enough. Pure.
import {
  appraise,
  evaluate,
  reportDataOf,
  type EvidenceDocument,
  type LaunchClaims,
} from '@wetee/attestation'
import { NodeError } from '../node-error.ts'
import type { Trust } from './trust-store.ts'

/**
 * What the hardware vouches for. Throws AttestationError for evidence that is not authentic, NodeError with a code of the policy
 * (docs/reference/attestation.md) for what is not good enough, `report-data.differs` when the hardware signed another subject.
 */
export async function authentic(
  document: EvidenceDocument,
  trust: Trust,
  atMs: number,
): Promise<LaunchClaims> {
  const { store, cache } = trust
  const options = cache === undefined ? {} : { cache }
  const claims = await appraise(document, document.endorsements, store, atMs, options)
  const expected = reportDataOf(document.subject)
  if (claims.reportData !== expected)
    throw new NodeError(
      'report-data.differs',
      'the hardware signed other report data than this subject gives: a field of the subject was changed',
    )
  const verdict = evaluate(claims, trust.policy, atMs)
  if (!verdict.accepted) throw new NodeError(verdict.code, verdict.message)
  return claims
}
