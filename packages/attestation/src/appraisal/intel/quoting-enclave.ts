// From the PCK to the attestation key: the quoting enclave's report, its identity and its level.
// Pure but for the crypto back end.
import { concatBytes, equalBytes } from '../../bytes.ts'
import type { PublicKey } from '../../crypto/backend.ts'
import type { QeIdentity } from '../../endorsement/intel/qe-identity.ts'
import { findIsvLevel, type IsvLevel } from '../../endorsement/intel/tcb-level.ts'
import { AttestationError } from '../../error.ts'
import type { EnclaveReport } from '../../evidence/intel/enclave-report.ts'
import type { QuoteProof } from '../../evidence/intel/quote.ts'
import { entryKey, type AppraisalContext } from '../cache.ts'
import type { Collateral } from './collateral.ts'
import { equalMasked } from './masked.ts'
import type { EndorsedPlatform } from './quote.ts'

const DEBUG = 0x02

/**
 * Starts the check that the PCK signed the quoting enclave's report, unless that is known. The
 * function that it returns says where it counts: there the check settles as AttestationError
 * `qe-report.signature`.
 */
export function startReportCheck(
  { qeReport, qeReportSignature }: QuoteProof,
  pckKey: PublicKey,
  context: AppraisalContext,
): () => void {
  const { cache, checks } = context
  const parts = [pckKey.bytes, qeReport.bytes, qeReportSignature]
  const key = cache && entryKey(context, 'qe-report', parts)
  if (key !== undefined && cache?.find(key) !== undefined) return () => undefined
  const check = checks.start(pckKey, qeReport.bytes, qeReportSignature)
  checks.readOn()
  return () => {
    checks.demand(
      check,
      () => new AttestationError('qe-report.signature', 'QE report: signature is not the PCK’s'),
    )
    if (key !== undefined) checks.afterwards(() => cache?.hold(key, true))
  }
}

type Endorsed = Pick<EndorsedPlatform, 'demandQeReport'> & {
  readonly collateral: Pick<Collateral, 'qeIdentity'>
}

/**
 * Checks that the PCK vouches for the quoting enclave and the enclave for the attestation key, and
 * returns its level. Throws AttestationError `qe-report.signature`, `qe-report.data`, `qe-
 * identity.mismatch`, `tcb.unsupported`.
 */
export function appraiseQuotingEnclave(
  quote: QuoteProof,
  endorsed: Endorsed,
  context: AppraisalContext,
): IsvLevel {
  verifyQuotingEnclave(quote, endorsed, context)
  const { isvSvn } = quote.qeReport
  const level = findIsvLevel(endorsed.collateral.qeIdentity.levels, isvSvn)
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
export function verifyQuotingEnclave(
  { qeReport, attestationKey, qeAuthData }: QuoteProof,
  { collateral, demandQeReport }: Endorsed,
  context: Pick<AppraisalContext, 'sha256'>,
): void {
  demandQeReport()
  const digest = context.sha256(attestationKey, qeAuthData)
  const bound = concatBytes(digest, new Uint8Array(32))
  if (!equalBytes(qeReport.reportData, bound))
    throw new AttestationError('qe-report.data', 'QE report: does not name this attestation key')
  const problem = identityProblem(qeReport, collateral.qeIdentity)
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
