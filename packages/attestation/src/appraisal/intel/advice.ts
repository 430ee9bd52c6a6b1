// What an operator has to do so that an Intel platform is up to date, and how long there is for it.
// Pure but for the crypto back end.
import { platformCrypto } from '#crypto'
import { bareHex } from '../../bytes.ts'
import { readComponentNames } from '../../endorsement/intel/component-names.ts'
import type { IntelEndorsements } from '../../endorsement/intel/endorsements.ts'
import { AttestationError } from '../../error.ts'
import { parseSgxQuote, parseTdxQuote, type QuoteProof } from '../../evidence/intel/quote.ts'
import type { IntelTee } from '../../evidence/intel/tee.ts'
import { graceUntilMs, judgeTcbStatus } from '../../policy/evaluate.ts'
import { policyProblem } from '../../policy/policy-fields.ts'
import type { Policy, PolicyCode } from '../../policy/policy.ts'
import { appraise, type AppraiseOptions, type Evidence } from '../appraise.ts'
import {
  AppraisalCache,
  appraiseWith,
  type AppraisalContext,
  type ContextOptions,
} from '../cache.ts'
import type { SgxClaims, TcbStatus, TdxClaims } from '../claims.ts'
import { checkTrustStore, type TrustStore } from '../trust-store.ts'
import { daysBetween, expiriesOf, type Expiry } from './expiries.ts'
import { adviseIsv, advisePlatform, type PartAdvice } from './part-advice.ts'
import { requireQuoteSignature, verifyPlatform, type EndorsedPlatform } from './quote.ts'
import { verifyQuotingEnclave } from './quoting-enclave.ts'
import { TCB_REMEDIES, type TcbRemedy } from './remedies.ts'
import { identifyTdxModule } from './tdx-module.ts'

/** What a set of endorsements makes of a platform's TCB. */
export type TcbJudgement = {
  /** As `appraise` says; `Revoked` and `Unsupported` where it refuses with `tcb.*`. */
  readonly status: TcbStatus | 'Revoked' | 'Unsupported'
  /** The lower `tcbEvaluationDataNumber` of TCB info and QE identity. */
  readonly evaluationNumber: number
  /** Platform, TDX module (TDX with a module generation above 0), quoting enclave. */
  readonly parts: readonly PartAdvice[]
  /** Restarting the guest is all that is missing. */
  readonly restartSuffices: boolean
  /** What to do, in order, each once. */
  readonly steps: readonly { readonly code: TcbRemedy; readonly text: string }[]
  /** What the policy says of the status; null without a policy. */
  readonly tolerance: TcbTolerance | null
}

/** How a policy takes a TCB status. Only this: flags, age and the like are judged by `evaluate`. */
export type TcbTolerance = {
  readonly accepted: boolean
  /** Why not; null where it is accepted, and for a TCB that `appraise` refuses. */
  readonly code: PolicyCode | null
  /** End of the grace, milliseconds, past where it is over; null without grace. */
  readonly untilMs: number | null
  readonly daysLeft: number | null
}

/** Everything about a platform's TCB, as JSON may carry it. */
export type TcbAdvice = TcbJudgement & {
  readonly platform: IntelTee
  /** The first to expire first. */
  readonly expiries: readonly Expiry[]
  /** The same platform judged by `nextEndorsements`; null without them. */
  readonly next: TcbJudgement | null
}

/** What advice may be given beside its arguments. */
export type AdviseTcbOptions = AppraiseOptions & {
  readonly policy?: Policy
  /** Newer endorsements, such as the vendor's early update, to see what will change. */
  readonly nextEndorsements?: IntelEndorsements
}

/**
 * Says which SVNs of an authentic TDX or SGX platform are short, by how much, what raises them and
 * until when a policy waits; also for a TCB that `appraise` refuses with `tcb.unsupported` or
 * `tcb.revoked`. Throws what `appraise` throws for evidence and endorsements that are not
 * authentic, for `nextEndorsements` too.
 */
export async function adviseTcb(
  evidence: Evidence<IntelTee>,
  endorsements: IntelEndorsements,
  trustStore: TrustStore,
  atMs: number,
  options: AdviseTcbOptions = {},
): Promise<TcbAdvice> {
  const { platform } = evidence
  if (platform !== 'tdx' && platform !== 'sgx')
    throw new AttestationError('evidence.unsupported', `no TCB advice on ${String(platform)}`)
  const { policy, nextEndorsements, crypto = platformCrypto } = options
  // What is verified for the claims need not be verified again for the advice.
  const cache = options.cache ?? new AppraisalCache()
  const how = { atMs, crypto, cache }
  // Copies: the caller's may change while signatures are being checked.
  const quote = new Uint8Array(evidence.quote)
  const store = { roots: trustStore.roots.map((root) => ({ ...root, der: root.der.slice() })) }
  const judge = (given: IntelEndorsements) =>
    judgeTcb({ platform, quote }, { ...given }, store, { policy, how })
  const next = nextEndorsements === undefined ? undefined : { ...nextEndorsements }
  const { judgement, endorsed } = await judge(endorsements)
  const maxAgeMs = policy?.intel?.maxCollateralAgeMs
  return {
    platform,
    ...judgement,
    expiries: expiriesOf(endorsed, atMs, typeof maxAgeMs === 'number' ? maxAgeMs : undefined),
    next: next === undefined ? null : (await judge(next)).judgement,
  }
}

type HowToAppraise = ContextOptions & Required<AppraiseOptions>

async function judgeTcb(
  evidence: Evidence<IntelTee>,
  endorsements: IntelEndorsements,
  trustStore: TrustStore,
  { policy, how }: { policy: Policy | undefined; how: HowToAppraise },
): Promise<{ judgement: TcbJudgement; endorsed: EndorsedPlatform }> {
  const claims = await claimsOrRefusal(evidence, endorsements, trustStore, how)
  const { endorsed, parts } = await appraiseWith(how, (context) =>
    judgeParts(evidence, endorsements, trustStore, context),
  )
  const { tcbInfo, qeIdentity } = endorsed.collateral
  const status = typeof claims === 'string' ? claims : claims.tcbStatus
  const short = parts.flatMap((part) => part.short)
  const onlyRelaunch = short.every(({ raisedBy }) => raisedBy === 'relaunch')
  const judgement: TcbJudgement = {
    status,
    evaluationNumber: Math.min(tcbInfo.evaluationNumber, qeIdentity.evaluationNumber),
    parts,
    restartSuffices: status === 'TDRelaunchAdvised' && onlyRelaunch,
    steps: stepsFor(status, parts),
    tolerance: policy === undefined ? null : toleranceOf(claims, policy, how.atMs),
  }
  return { judgement, endorsed }
}

async function claimsOrRefusal(
  evidence: Evidence<IntelTee>,
  endorsements: IntelEndorsements,
  trustStore: TrustStore,
  { atMs, ...options }: HowToAppraise,
): Promise<TdxClaims | SgxClaims | 'Revoked' | 'Unsupported'> {
  try {
    return await appraise(evidence, endorsements, trustStore, atMs, options)
  } catch (error) {
    const code = error instanceof AttestationError ? error.code : undefined
    if (code === 'tcb.revoked') return 'Revoked'
    if (code === 'tcb.unsupported') return 'Unsupported'
    throw error
  }
}

type Parts = { readonly endorsed: EndorsedPlatform; readonly parts: readonly PartAdvice[] }

/**
 * Verifies all that `appraise` does but the TCB, which may have stopped it before the quote's
 * signature, and takes the parts apart.
 */
async function judgeParts(
  { platform: tee, quote: bytes }: Evidence<IntelTee>,
  endorsements: IntelEndorsements,
  trustStore: TrustStore,
  context: AppraisalContext,
): Promise<Parts> {
  const names = readComponentNames(endorsements.tcb_info)
  const given = { endorsements, trustStore: checkTrustStore(trustStore, context) }
  const verifyRest = (quote: QuoteProof, endorsed: EndorsedPlatform) => {
    const { collateral } = endorsed
    verifyQuotingEnclave(quote, endorsed, context)
    requireQuoteSignature(endorsed, context)
    const have = quote.qeReport.isvSvn
    const id = tee === 'tdx' ? 'TD_QE' : 'QE'
    return adviseIsv({ part: 'quoting-enclave', id }, collateral.qeIdentity.levels, { have })
  }
  if (tee === 'sgx') {
    const quote = parseSgxQuote(bytes)
    const endorsed = await verifyPlatform('sgx', quote, given, context)
    const qe = verifyRest(quote, endorsed)
    const { platform } = endorsed.chain
    const about = { id: bareHex(platform.fmspc), tee: undefined }
    return {
      endorsed,
      parts: [advisePlatform(endorsed.collateral.tcbInfo, platform, names, about), qe],
    }
  }
  const quote = parseTdxQuote(bytes)
  const endorsed = await verifyPlatform('tdx', quote, given, context)
  const { teeTcbSvn, teeTcbSvn2 } = quote.report
  const { tcbInfo } = endorsed.collateral
  const module = identifyTdxModule(tcbInfo, quote.report, teeTcbSvn)
  const qe = verifyRest(quote, endorsed)
  const { platform } = endorsed.chain
  const about = { id: bareHex(platform.fmspc), tee: { atLaunch: teeTcbSvn, now: teeTcbSvn2 } }
  const parts = [advisePlatform(tcbInfo, platform, names, about)]
  if (module !== undefined) {
    const [have = 0, generation] = teeTcbSvn
    // An SVN of another generation says nothing about this one.
    const now = teeTcbSvn2?.[1] === generation ? teeTcbSvn2?.[0] : undefined
    parts.push(adviseIsv({ part: 'tdx-module', id: module.id }, module.levels, { have, now }))
  }
  return { endorsed, parts: [...parts, qe] }
}

function stepsFor(status: TcbJudgement['status'], parts: readonly PartAdvice[]) {
  const short = parts.flatMap((part) => part.short)
  const raised = short.map(({ raisedBy }) => raisedBy)
  // SVNs of a certificate stay what they were when it was issued.
  const certified = short.some(({ of }) => of === 'sgx' || of === 'pce')
  // At the best level there is, hardening or a setting may still be needed.
  const statuses = [status, ...parts.flatMap((part) => [part.status, part.target?.status])]
  const has = (word: string) => statuses.some((text) => text?.includes(word) === true)
  const codes: TcbRemedy[] = [
    ...raised,
    ...(certified ? ['pck-certificate' as const] : []),
    ...(has('Configuration') ? ['bios-setting' as const] : []),
    ...(has('SWHardening') ? ['software-hardening' as const] : []),
  ]
  return [...new Set(codes)].map((code) => ({ code, text: TCB_REMEDIES[code] }))
}

function toleranceOf(
  claims: TdxClaims | SgxClaims | 'Revoked' | 'Unsupported',
  policy: Policy,
  atMs: number,
): TcbTolerance {
  const refused = (code: PolicyCode | null): TcbTolerance => ({
    accepted: false,
    code,
    untilMs: null,
    daysLeft: null,
  })
  if (typeof claims === 'string') return refused(null)
  if (policyProblem(policy) !== undefined || policy.intel === undefined)
    return refused('policy.invalid')
  const verdict = judgeTcbStatus(claims, policy.intel, atMs)
  const { grace } = policy.intel
  const graced = grace?.statuses.includes(claims.tcbStatus) === true
  const untilMs = graced ? graceUntilMs(claims, grace) : null
  return {
    accepted: verdict.accepted,
    code: verdict.accepted ? null : verdict.code,
    untilMs,
    daysLeft: untilMs === null ? null : daysBetween(atMs, untilMs),
  }
}
