// Appraisal of Intel quotes: TDX. Pure but for the crypto back end.
import { tdxMeasurementId } from '../../binding/identity.ts'
import { equalBytes, toHex, type Hex } from '../../bytes.ts'
import type { IntelEndorsements } from '../../endorsement/intel/endorsements.ts'
import type { PckPlatform } from '../../endorsement/intel/sgx-extension.ts'
import type { TcbInfo } from '../../endorsement/intel/tcb-info.ts'
import type { IsvLevel } from '../../endorsement/intel/tcb-level.ts'
import { AttestationError } from '../../error.ts'
import { parseTdxQuote } from '../../evidence/intel/quote.ts'
import type { TdReport } from '../../evidence/intel/td-report.ts'
import { requireValidPath } from '../../x509/chain.ts'
import type { AppraisalContext } from '../cache.ts'
import type { TcbStatus, TdxClaims } from '../claims.ts'
import type { TrustStore } from '../trust-store.ts'
import { requireInForce, verifyCollateral, type Collateral } from './collateral.ts'
import { readFlags } from './flags.ts'
import { PCK_RULES, verifyPckChain, type PckChain } from './pck-chain.ts'
import { appraiseQuotingEnclave } from './quoting-enclave.ts'
import { finalStatus, findPlatformLevel, mergeStatus } from './tcb-status.ts'
import { appraiseTdxModule } from './tdx-module.ts'

/** Appraises a TDX quote. Throws AttestationError with the code of the first check that fails. */
export async function appraiseTdx(
  bytes: Uint8Array,
  endorsements: IntelEndorsements,
  trustStore: TrustStore,
  context: AppraisalContext,
): Promise<TdxClaims> {
  const quote = parseTdxQuote(bytes)
  const chain = await verifyPckChain(quote.pckChain, trustStore, context)
  requireValidPath([chain.pck, chain.ca, chain.rootCertificate], PCK_RULES, context.atMs)
  const collateral = await verifyCollateral(endorsements, chain, context)
  requireInForce(chain, collateral, context.atMs)
  const { platform, pck } = chain
  const { tcbInfo, qeIdentity } = collateral
  if (!equalBytes(platform.fmspc, tcbInfo.fmspc) || !equalBytes(platform.pceId, tcbInfo.pceId))
    throw new AttestationError('tcb-info.mismatch', 'TCB info: of another FMSPC or PCE')
  const { report } = quote
  const module = appraiseTdxModule(tcbInfo, report, report.teeTcbSvn)
  const qe = await appraiseQuotingEnclave(quote, pck.publicKey, qeIdentity, context)
  const key = { kind: 'p256', bytes: quote.attestationKey } as const
  if (!(await context.crypto.verify(key, quote.signed, quote.signature)))
    throw new AttestationError('quote.signature', 'quote: signature is not the attestation key’s')
  const tcb = appraiseTcb(tcbInfo, platform, report, { module, qe })
  return { platform: 'tdx', ...tcb, ...readReport(report), ...describe(chain, collateral) }
}

type Levels = { readonly module: IsvLevel | undefined; readonly qe: IsvLevel }

function appraiseTcb(
  tcbInfo: TcbInfo,
  platform: PckPlatform,
  report: TdReport,
  { module, qe }: Levels,
): { tcbStatus: TcbStatus; tcbDate: string; advisoryIds: readonly string[] } {
  const level = findPlatformLevel(tcbInfo, platform, report.teeTcbSvn)
  const others = module === undefined ? [qe.status] : [module.status, qe.status]
  const atLaunch = mergeStatus(level.status, ...others)
  const now = statusNow(tcbInfo, platform, report, qe)
  const advisories = [level, module, qe].flatMap((part) => part?.advisoryIds ?? [])
  return {
    tcbStatus: finalStatus(atLaunch, now),
    tcbDate: level.tcbDate,
    advisoryIds: [...new Set(advisories)],
  }
}

/**
 * The status that the TD would have if it were launched now; undefined where the body does not
 * say.
 */
function statusNow(tcbInfo: TcbInfo, platform: PckPlatform, report: TdReport, qe: IsvLevel) {
  const { teeTcbSvn2 } = report
  if (teeTcbSvn2 === undefined) return undefined
  try {
    const level = findPlatformLevel(tcbInfo, platform, teeTcbSvn2)
    const module = appraiseTdxModule(tcbInfo, report, teeTcbSvn2)
    return mergeStatus(level.status, ...(module ? [module.status] : []), qe.status)
  } catch (error) {
    if (error instanceof AttestationError) return undefined
    throw error
  }
}

function readReport(report: TdReport) {
  const [rtmr0, rtmr1, rtmr2, rtmr3] = report.rtmr.map(toHex) as [Hex, Hex, Hex, Hex]
  const mrtd = toHex(report.mrtd)
  return {
    flags: readFlags(report),
    mrtd,
    rtmr: [rtmr0, rtmr1, rtmr2, rtmr3],
    mrConfigId: toHex(report.mrConfigId),
    measurementId: tdxMeasurementId({ mrtd, rtmr0, rtmr1, rtmr2 }),
    reportData: toHex(report.reportData),
  } as const
}

/** What chain and collateral say, whatever the TEE. */
function describe({ root, platform }: PckChain, { tcbInfo, qeIdentity, pckCrl }: Collateral) {
  return {
    evaluationNumber: Math.min(tcbInfo.evaluationNumber, qeIdentity.evaluationNumber),
    collateralIssuedAtMs: Math.min(tcbInfo.issuedAtMs, qeIdentity.issuedAtMs, pckCrl.thisUpdateMs),
    ppid: toHex(platform.ppid),
    fmspc: toHex(platform.fmspc),
    trustRoot: root.name,
    simulated: root.simulated,
  } as const
}
