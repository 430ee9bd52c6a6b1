// Appraisal of TDX quotes. Pure but for the crypto back end.
import { tdxMeasurementId } from '../../binding/identity.ts'
import { toHex, type Hex } from '../../bytes.ts'
import type { IntelEndorsements } from '../../endorsement/intel/endorsements.ts'
import type { PckPlatform } from '../../endorsement/intel/sgx-extension.ts'
import type { TdxTcbInfo } from '../../endorsement/intel/tcb-info.ts'
import type { IsvLevel } from '../../endorsement/intel/tcb-level.ts'
import { AttestationError } from '../../error.ts'
import { parseTdxQuote } from '../../evidence/intel/quote.ts'
import type { TdReport } from '../../evidence/intel/td-report.ts'
import type { AppraisalContext } from '../cache.ts'
import type { TdxClaims } from '../claims.ts'
import type { CheckedTrustStore } from '../trust-store.ts'
import { readGuestFlags } from './flags.ts'
import {
  advisoriesOf,
  describePlatform,
  oldestTcbDate,
  verifyPlatform,
  verifyReport,
} from './quote.ts'
import { finalStatus, findPlatformLevel, mergeStatus } from './tcb-status.ts'
import { appraiseTdxModule } from './tdx-module.ts'

/** Appraises a TDX quote. Throws AttestationError with the code of the first check that fails. */
export async function appraiseTdx(
  bytes: Uint8Array,
  endorsements: IntelEndorsements,
  trustStore: CheckedTrustStore,
  context: AppraisalContext,
): Promise<TdxClaims> {
  const quote = parseTdxQuote(bytes)
  const endorsed = await verifyPlatform('tdx', quote, { endorsements, trustStore }, context)
  const { report } = quote
  const { tcbInfo } = endorsed.collateral
  const module = appraiseTdxModule(tcbInfo, report, report.teeTcbSvn)
  const qe = verifyReport(quote, endorsed, context)
  return {
    platform: 'tdx',
    ...appraiseTcb(tcbInfo, endorsed.chain.platform, report, { module, qe }),
    ...readReport(report),
    ...describePlatform(endorsed),
  }
}

type Levels = { readonly module: IsvLevel | undefined; readonly qe: IsvLevel }

function appraiseTcb(
  tcbInfo: TdxTcbInfo,
  platform: PckPlatform,
  report: TdReport,
  { module, qe }: Levels,
): Pick<TdxClaims, 'tcbStatus' | 'tcbDate' | 'oldestTcbDate' | 'advisoryIds'> {
  const level = findPlatformLevel(tcbInfo, platform, report.teeTcbSvn)
  const others = module === undefined ? [qe] : [module, qe]
  const atLaunch = mergeStatus(level.status, ...others.map(({ status }) => status))
  const oldestAtLaunch = oldestTcbDate(level, ...others)
  const now = tcbNow(tcbInfo, platform, report, qe)
  return {
    tcbStatus: finalStatus(atLaunch, now?.status),
    tcbDate: level.tcbDate,
    oldestTcbDate: now !== undefined && now.oldest < oldestAtLaunch ? now.oldest : oldestAtLaunch,
    advisoryIds: advisoriesOf(level, ...others),
  }
}

/**
 * Status and oldest date that the TD would have if it were launched now; undefined where the body
 * does not say.
 */
function tcbNow(tcbInfo: TdxTcbInfo, platform: PckPlatform, report: TdReport, qe: IsvLevel) {
  const { teeTcbSvn2 } = report
  if (teeTcbSvn2 === undefined) return undefined
  try {
    const level = findPlatformLevel(tcbInfo, platform, teeTcbSvn2)
    const module = appraiseTdxModule(tcbInfo, report, teeTcbSvn2)
    const others = module === undefined ? [qe] : [module, qe]
    return {
      status: mergeStatus(level.status, ...others.map(({ status }) => status)),
      oldest: oldestTcbDate(level, ...others),
    }
  } catch (error) {
    if (error instanceof AttestationError) return undefined
    throw error
  }
}

function readReport(report: TdReport) {
  const [rtmr0, rtmr1, rtmr2, rtmr3] = report.rtmr.map(toHex) as [Hex, Hex, Hex, Hex]
  const mrtd = toHex(report.mrtd)
  return {
    flags: readGuestFlags(report),
    mrtd,
    rtmr: [rtmr0, rtmr1, rtmr2, rtmr3],
    mrConfigId: toHex(report.mrConfigId),
    measurementId: tdxMeasurementId({ mrtd, rtmr0, rtmr1, rtmr2 }),
    reportData: toHex(report.reportData),
  } as const
}
