// appraise(evidence, endorsements, trust store, time) -> claims. No clock, no network: the same
// answer everywhere.
import { tdxMeasurementId } from '../binding/identity.ts'
import { equalBytes, toHex, type Hex } from '../bytes.ts'
import type { CryptoBackend } from '../crypto/backend.ts'
import { webCrypto } from '../crypto/web-crypto.ts'
import { parseEndorsements, type Endorsements } from '../endorsement/endorsements.ts'
import { readPckPlatform, type PckPlatform } from '../endorsement/sgx-extension.ts'
import type { TcbInfo } from '../endorsement/tcb-info.ts'
import type { IsvLevel } from '../endorsement/tcb-level.ts'
import { AttestationError, within } from '../error.ts'
import { parseTdxQuote } from '../evidence/tdx/quote.ts'
import type { TdReport } from '../evidence/tdx/report-body.ts'
import { parseCertificate } from '../x509/certificate.ts'
import type { Claims, TcbStatus } from './claims.ts'
import { readFlags } from './flags.ts'
import { verifyCollateral, type VerifiedCollateral } from './collateral.ts'
import { appraiseQuotingEnclave } from './quoting-enclave.ts'
import { finalStatus, findPlatformLevel, mergeStatus } from './tcb-status.ts'
import { appraiseTdxModule } from './tdx-module.ts'
import type { TrustStore } from './trust-store.ts'

/** What a TEE hands out about itself. */
export type Evidence = { readonly platform: 'tdx'; readonly quote: Uint8Array }

const MAX_ROOTS = 16

/**
 * Verifies a quote and its endorsements at the instant `atMs` (milliseconds) and returns what it
 * says. Authentic is all that this means: pass the claims to `evaluate`, and compare `reportData`
 * with `reportDataOf` of the subject. Throws AttestationError with the code of the first check
 * that fails; order and codes: docs/reference/attestation.md.
 */
export async function appraise(
  evidence: Evidence,
  endorsements: Endorsements,
  trustStore: TrustStore,
  atMs: number,
  { crypto = webCrypto }: { readonly crypto?: CryptoBackend } = {},
): Promise<Claims> {
  if (!Number.isSafeInteger(atMs) || atMs <= 0)
    throw new AttestationError('time.invalid', 'atMs: expected milliseconds since 1970')
  checkTrustStore(trustStore)
  const fields = parseEndorsements(endorsements)
  // A copy: the caller's bytes may change while signatures are being checked.
  const quote = parseTdxQuote(new Uint8Array(evidence.quote))
  const context = { atMs, crypto }
  const collateral = await verifyCollateral(quote.pckChain, fields, trustStore, context)
  const { pck, tcbInfo, qeIdentity } = collateral
  const platform = within('pck.extension', 'PCK certificate', () => readPckPlatform(pck))
  if (!equalBytes(platform.fmspc, tcbInfo.fmspc) || !equalBytes(platform.pceId, tcbInfo.pceId))
    throw new AttestationError('tcb-info.mismatch', 'TCB info: of another FMSPC or PCE')
  const { report } = quote
  const module = appraiseTdxModule(tcbInfo, report, report.teeTcbSvn)
  const qe = await appraiseQuotingEnclave(quote, pck.publicKey, qeIdentity, crypto)
  if (!(await crypto.verifyP256(quote.attestationKey, quote.signed, quote.signature)))
    throw new AttestationError('quote.signature', 'quote: signature is not the attestation key’s')
  const tcb = appraiseTcb(tcbInfo, platform, report, { module, qe })
  return { ...tcb, ...readReport(report), ...describe(collateral, platform) }
}

function checkTrustStore({ roots }: TrustStore): void {
  if (roots.length === 0 || roots.length > MAX_ROOTS)
    throw new AttestationError('trust-store.invalid', `expected 1 to ${MAX_ROOTS} roots`)
  for (const { name, der, simulated } of roots) {
    const root = within('trust-store.invalid', name, () => parseCertificate(der))
    // A simulated vendor names itself; to call its root genuine is a mistake or an attack.
    if (!simulated && root.commonName.includes('Simulated'))
      throw new AttestationError('trust-store.invalid', `${name}: simulated, but listed as genuine`)
  }
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

function describe(collateral: VerifiedCollateral, { ppid, fmspc }: PckPlatform) {
  const { root, tcbInfo, qeIdentity, pckCrlIssuedAtMs } = collateral
  return {
    platform: 'tdx',
    evaluationNumber: Math.min(tcbInfo.evaluationNumber, qeIdentity.evaluationNumber),
    collateralIssuedAtMs: Math.min(tcbInfo.issuedAtMs, qeIdentity.issuedAtMs, pckCrlIssuedAtMs),
    ppid: toHex(ppid),
    fmspc: toHex(fmspc),
    trustRoot: root.name,
    simulated: root.simulated,
  } as const
}
