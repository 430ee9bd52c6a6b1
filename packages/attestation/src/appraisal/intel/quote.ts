// What quotes of TDX and SGX have in common on the way from the pinned root to the signed report.
// Pure but for the crypto back end.
import { equalBytes, toHex } from '../../bytes.ts'
import type { StartedCheck } from '../../crypto/signature-checks.ts'
import type { IntelEndorsements } from '../../endorsement/intel/endorsements.ts'
import type { PlatformLevel, TcbInfo, TcbInfoOf } from '../../endorsement/intel/tcb-info.ts'
import type { IsvLevel } from '../../endorsement/intel/tcb-level.ts'
import { AttestationError } from '../../error.ts'
import type { QuoteProof } from '../../evidence/intel/quote.ts'
import type { IntelTee } from '../../evidence/intel/tee.ts'
import { requireValidPath } from '../../x509/chain.ts'
import type { AppraisalContext } from '../cache.ts'
import type { CheckedTrustStore } from '../trust-store.ts'
import { requireInForce, verifyCollateral, type Collateral } from './collateral.ts'
import { PCK_RULES, verifyPckChain, type PckChain } from './pck-chain.ts'
import { appraiseQuotingEnclave, startReportCheck } from './quoting-enclave.ts'

/** A platform whose certificates hold, and collateral that is for it and in force. */
export type EndorsedPlatform<I extends TcbInfo = TcbInfo> = {
  readonly chain: PckChain
  readonly collateral: Collateral<I>
  /** Of the quote, by its attestation key. */
  readonly quoteSignature: StartedCheck
  /** Demands that the PCK signed the quoting enclave's report. */
  readonly demandQeReport: () => void
}

/**
 * Verifies the PCK chain of a quote and the endorsements of its platform. Throws AttestationError
 * with the code of the first check that fails.
 */
export async function verifyPlatform<T extends IntelTee>(
  tee: T,
  quote: QuoteProof,
  { endorsements, trustStore }: { endorsements: IntelEndorsements; trustStore: CheckedTrustStore },
  context: AppraisalContext,
): Promise<EndorsedPlatform<TcbInfoOf[T]>> {
  // They count last, but need nothing that is read in between.
  const { pckChain, attestationKey, signed, signature } = quote
  const key = { kind: 'p256', bytes: attestationKey } as const
  const quoteSignature = context.checks.start(key, signed, signature)
  const chain = await verifyPckChain(pckChain, trustStore, context)
  const demandQeReport = startReportCheck(quote, chain.pck.publicKey, context)
  requireValidPath([chain.pck, chain.ca, chain.rootCertificate], PCK_RULES, context.atMs)
  const collateral = await verifyCollateral(tee, endorsements, chain, context)
  requireInForce(chain, collateral, context.atMs)
  const { platform } = chain
  const tcbInfo: TcbInfo = collateral.tcbInfo
  if (!equalBytes(platform.fmspc, tcbInfo.fmspc) || !equalBytes(platform.pceId, tcbInfo.pceId))
    throw new AttestationError('tcb-info.mismatch', 'TCB info: of another FMSPC or PCE')
  return { chain, collateral, quoteSignature, demandQeReport }
}

/**
 * Verifies that the platform's quoting enclave signed the report, and returns the enclave's level.
 * Throws AttestationError `qe-report.*`, `qe-identity.mismatch`, `tcb.unsupported`,
 * `quote.signature`.
 */
export function verifyReport(
  quote: QuoteProof,
  endorsed: EndorsedPlatform,
  context: AppraisalContext,
): IsvLevel {
  const level = appraiseQuotingEnclave(quote, endorsed, context)
  requireQuoteSignature(endorsed, context)
  return level
}

/**
 * Requires that the attestation key signed the report; what it did not sign settles as
 * AttestationError `quote.signature`.
 */
export function requireQuoteSignature(
  { quoteSignature }: EndorsedPlatform,
  { checks }: AppraisalContext,
): void {
  checks.demand(
    quoteSignature,
    () => new AttestationError('quote.signature', 'quote: signature is not the attestation key’s'),
  )
}

/** Claims of chain and collateral. */
export function describePlatform({ chain, collateral }: EndorsedPlatform) {
  const { root, platform } = chain
  const { tcbInfo, qeIdentity, pckCrl } = collateral
  return {
    evaluationNumber: Math.min(tcbInfo.evaluationNumber, qeIdentity.evaluationNumber),
    collateralIssuedAtMs: Math.min(tcbInfo.issuedAtMs, qeIdentity.issuedAtMs, pckCrl.thisUpdateMs),
    ppid: toHex(platform.ppid),
    fmspc: toHex(platform.fmspc),
    trustRoot: root.name,
    simulated: root.simulated,
  } as const
}

/** Date of the oldest of a platform's level and those other levels that are out of date. */
export function oldestTcbDate(platform: PlatformLevel, ...others: readonly IsvLevel[]): string {
  const short = others.filter(({ status }) => status === 'OutOfDate')
  // All are of one form, so that texts are in the order of time.
  return short.reduce(
    (oldest, { tcbDate }) => (tcbDate < oldest ? tcbDate : oldest),
    platform.tcbDate,
  )
}

/** Advisories of all parts, each once. */
export function advisoriesOf(
  ...parts: readonly ({ readonly advisoryIds: readonly string[] } | undefined)[]
): readonly string[] {
  return [...new Set(parts.flatMap((part) => part?.advisoryIds ?? []))]
}
