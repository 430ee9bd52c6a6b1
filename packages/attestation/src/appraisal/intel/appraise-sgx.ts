// Appraisal of SGX quotes. Pure but for the crypto back end.
import { sgxMeasurementId } from '../../binding/identity.ts'
import { toHex } from '../../bytes.ts'
import type { IntelEndorsements } from '../../endorsement/intel/endorsements.ts'
import type { EnclaveReport } from '../../evidence/intel/enclave-report.ts'
import { parseSgxQuote } from '../../evidence/intel/quote.ts'
import type { AppraisalContext } from '../cache.ts'
import type { SgxClaims } from '../claims.ts'
import type { CheckedTrustStore } from '../trust-store.ts'
import { readEnclaveFlags } from './flags.ts'
import {
  advisoriesOf,
  describePlatform,
  oldestTcbDate,
  verifyPlatform,
  verifyReport,
} from './quote.ts'
import { finalStatus, findPlatformLevel, mergeStatus } from './tcb-status.ts'

/** Appraises an SGX quote. Throws AttestationError with the code of the first check that fails. */
export async function appraiseSgx(
  bytes: Uint8Array,
  endorsements: IntelEndorsements,
  trustStore: CheckedTrustStore,
  context: AppraisalContext,
): Promise<SgxClaims> {
  const quote = parseSgxQuote(bytes)
  const endorsed = await verifyPlatform('sgx', quote, { endorsements, trustStore }, context)
  const qe = verifyReport(quote, endorsed, context)
  const { chain, collateral } = endorsed
  const level = findPlatformLevel(collateral.tcbInfo, chain.platform, undefined)
  return {
    platform: 'sgx',
    tcbStatus: finalStatus(mergeStatus(level.status, qe.status), undefined),
    tcbDate: level.tcbDate,
    oldestTcbDate: oldestTcbDate(level, qe),
    advisoryIds: advisoriesOf(level, qe),
    ...readReport(quote.report),
    ...describePlatform(endorsed),
  }
}

function readReport(report: EnclaveReport) {
  const { isvProdId, isvSvn } = report
  const mrEnclave = toHex(report.mrEnclave)
  const mrSigner = toHex(report.mrSigner)
  return {
    flags: readEnclaveFlags(report),
    mrEnclave,
    mrSigner,
    isvProdId,
    isvSvn,
    configId: toHex(report.configId),
    attributes: toHex(report.attributes),
    measurementId: sgxMeasurementId({ mrEnclave, mrSigner, isvProdId, isvSvn }),
    reportData: toHex(report.reportData),
  } as const
}
