// From the PCK to the attestation key: the quoting enclave's report, its identity and its level.
// Pure but for the crypto back end.
import { concatBytes, equalBytes } from '../../bytes.ts'
import type { PublicKey } from '../../crypto/backend.ts'
import type { QeIdentity } from '../../endorsement/intel/qe-identity.ts'
import { findIsvLevel, type IsvLevel } from '../../endorsement/intel/tcb-level.ts'
import { AttestationError } from '../../error.ts'
import type { EnclaveReport } from '../../evidence/intel/enclave-report.ts'
import type { QuoteProof } from '../../evidence/intel/quote.ts'
import { remember, type AppraisalContext } from '../cache.ts'
import { equalMasked } from './masked.ts'

const DEBUG = 0x02

/**
 * Checks that the PCK vouches for the quoting enclave and the enclave for the attestation key, and
 * returns its level. Throws AttestationError `qe-report.signature`, `qe-report.data`, `qe-
 * identity.mismatch`, `tcb.unsupported`.
 */
export async function appraiseQuotingEnclave(
  quote: QuoteProof,
  pckKey: PublicKey,
  identity: QeIdentity,
  context: AppraisalContext,
): Promise<IsvLevel> {
  await verifyQuotingEnclave(quote, pckKey, identity, context)
  const { isvSvn } = quote.qeReport
  const level = findIsvLevel(identity.levels, isvSvn)
  if (level === undefined)
    throw new AttestationError(
      'tcb.unsupported',
      `quoting enclave: SVN ${isvSvn} is below every level`,
    )
  return level
}

/**
 * Checks the same, whatever the enclave's level. Throws AttestationError `qe-report.signature`,
 * `qe-report.data`, `qe-identity.mismatch`.
 */
export async function verifyQuotingEnclave(
  quote: QuoteProof,
  pckKey: PublicKey,
  identity: QeIdentity,
  context: AppraisalContext,
): Promise<void> {
  const { qeReport, qeReportSignature, attestationKey, qeAuthData } = quote
  const parts = [pckKey.bytes, qeReport.bytes, qeReportSignature]
  await remember(context, 'qe-report', parts, () => {
    context.checks.verify(
      pckKey,
      qeReport.bytes,
      qeReportSignature,
      () => new AttestationError('qe-report.signature', 'QE report: signature is not the PCK’s'),
    )
    return true
  })
  const digest = context.sha256(attestationKey, qeAuthData)
  const bound = concatBytes(digest, new Uint8Array(32))
  if (!equalBytes(qeReport.reportData, bound))
    throw new AttestationError('qe-report.data', 'QE report: does not name this attestation key')
  const problem = identityProblem(qeReport, identity)
  if (problem !== undefined)
    throw new AttestationError('qe-identity.mismatch', `quoting enclave: ${problem}`)
}

function identityProblem(report: EnclaveReport, identity: QeIdentity): string | undefined {
  // Not left to the mask: a debug enclave's keys are open to its host.
  if (((report.attributes[0] ?? DEBUG) & DEBUG) !== 0) return 'in debug mode'
  if (!equalMasked(report.miscSelect, identity.miscSelect, identity.miscSelectMask))
    return 'another MISCSELECT than its identity'
  if (!equalMasked(report.attributes, identity.attributes, identity.attributesMask))
    return 'other attributes than its identity'
  if (!equalBytes(report.mrSigner, identity.mrSigner)) return 'another signer than its identity'
  return report.isvProdId === identity.isvProdId ? undefined : 'another product than its identity'
}
