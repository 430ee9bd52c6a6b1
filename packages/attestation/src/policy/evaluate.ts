// Judges authentic claims by a policy. Pure; never throws.
import type { Claims, SevSnpClaims, SgxClaims, SnpTcb, TdxClaims } from '../appraisal/claims.ts'
import { claimsProblem } from './claims-fields.ts'
import { FLAG_TEXTS } from './flag-texts.ts'
import { policyProblem } from './policy-fields.ts'
import type { IntelPolicy, Policy, PolicyCode, SevSnpPolicy, TcbGrace } from './policy.ts'
import { snpLineOf } from './snp-minimum-tcb.ts'

/** Whether claims are accepted, and if not, why. */
export type Verdict =
  | {
      readonly accepted: true
      /** Under grace: the instant after which the platform is refused, milliseconds. */
      readonly toleratedUntilMs?: number
    }
  | Refusal

/** Why claims are not accepted. */
export type Refusal = {
  readonly accepted: false
  readonly code: PolicyCode
  readonly message: string
}

const ACCEPTED: Verdict = { accepted: true }

/**
 * Judges claims at the instant `atMs`, milliseconds; the first rule that fails is named. Never
 * throws: what is not a policy, claims and a time is refused as `policy.invalid` or
 * `policy.claims`.
 */
export function evaluate(claims: Claims, policy: Policy, atMs: number): Verdict {
  const wrongPolicy = policyProblem(policy)
  if (wrongPolicy !== undefined) return refuse('policy.invalid', wrongPolicy)
  if (!Number.isSafeInteger(atMs) || atMs <= 0)
    return refuse('policy.invalid', 'atMs: expected milliseconds since 1970')
  const wrongClaims = claimsProblem(claims)
  if (wrongClaims !== undefined) return refuse('policy.claims', wrongClaims)
  return (
    refuseRoot(claims, policy) ??
    refusePlatform(claims, policy) ??
    refuseMachine(claims, policy) ??
    refuseFlag(claims, policy) ??
    judgePlatform(claims, policy, atMs)
  )
}

function refuseRoot(claims: Claims, policy: Policy): Refusal | undefined {
  if (!claims.simulated || policy.trust === 'genuine-or-simulated') return undefined
  return refuse('policy.simulated-root', `simulated hardware under the root ${claims.trustRoot}`)
}

function refusePlatform(claims: Claims, policy: Policy): Refusal | undefined {
  if (policy.platforms.includes(claims.platform)) return undefined
  return refuse(
    'policy.platform',
    `evidence of ${claims.platform}, expected ${policy.platforms.join(' or ')}`,
  )
}

/** Hex digits of the id that a vendor gives its machines, with `0x`. */
const ID_CHARACTERS = { tdx: 34, sgx: 34, 'sev-snp': 130 }

function refuseMachine(claims: Claims, policy: Policy): Refusal | undefined {
  if (claims.platform === 'nitro') return undefined
  const given = claims.platform === 'sev-snp' ? claims.chipId : claims.ppid
  const id = given === undefined || /^0x0*$/.test(given) ? undefined : given
  const listed = policy.deniedPlatforms.filter(
    ({ length }) => length === ID_CHARACTERS[claims.platform],
  )
  if (id === undefined && policy.hardwareId === 'required')
    return refuse('policy.hardware-id', 'the machine does not say which one it is')
  if (id === undefined && listed.length > 0)
    return refuse('policy.denied', 'the machine hides its id, so it may be a denied one')
  if (id !== undefined && listed.includes(id))
    return refuse('policy.denied', `the machine ${id} is on the list of denied ones`)
  return undefined
}

function refuseFlag(claims: Claims, policy: Policy): Refusal | undefined {
  const flag = claims.flags.find((name) => !policy.toleratedFlags.includes(name))
  if (flag === undefined) return undefined
  const text = Object.hasOwn(FLAG_TEXTS, flag) ? FLAG_TEXTS[flag] : 'not known here'
  return refuse('policy.flag', `${flag}: ${text}`)
}

function judgePlatform(claims: Claims, policy: Policy, atMs: number): Verdict {
  switch (claims.platform) {
    case 'tdx':
    case 'sgx':
      return policy.intel === undefined
        ? refuse('policy.invalid', 'intel: missing')
        : judgeIntel(claims, policy.intel, atMs)
    case 'sev-snp':
      return policy.sevSnp === undefined
        ? refuse('policy.invalid', 'sevSnp: missing')
        : judgeSevSnp(claims, policy.sevSnp)
    case 'nitro':
      return ACCEPTED
  }
}

function judgeIntel(claims: TdxClaims | SgxClaims, intel: IntelPolicy, atMs: number): Verdict {
  const status = judgeTcbStatus(claims, intel, atMs)
  if (!status.accepted) return status
  if (claims.evaluationNumber < intel.minEvaluationNumber)
    return refuse(
      'policy.evaluation-number',
      `judged by evaluation data ${claims.evaluationNumber}, expected ${intel.minEvaluationNumber} or newer`,
    )
  if (intel.maxCollateralAgeMs === 'not-judged') return status
  const ageMs = atMs - claims.collateralIssuedAtMs
  if (ageMs < 0 || ageMs > intel.maxCollateralAgeMs)
    return refuse(
      'policy.collateral-age',
      `collateral is ${days(ageMs)} old, expected 0 to ${days(intel.maxCollateralAgeMs)}`,
    )
  return status
}

/** The last instant at which a grace tolerates the claims' TCB, milliseconds. */
export function graceUntilMs(
  { oldestTcbDate }: TdxClaims | SgxClaims,
  { maxTcbAgeMs }: TcbGrace,
): number {
  return Date.parse(oldestTcbDate) + maxTcbAgeMs
}

/** Judges the TCB status alone, by a policy that has been checked. */
export function judgeTcbStatus(
  claims: TdxClaims | SgxClaims,
  intel: IntelPolicy,
  atMs: number,
): Verdict {
  const { tcbStatus, oldestTcbDate } = claims
  if (intel.tcbStatuses.includes(tcbStatus)) return ACCEPTED
  const { grace } = intel
  if (grace?.statuses.includes(tcbStatus) !== true)
    return refuse(
      'policy.tcb-status',
      `TCB status ${tcbStatus}, expected ${intel.tcbStatuses.join(' or ')}`,
    )
  const fromMs = Date.parse(oldestTcbDate)
  const toleratedUntilMs = graceUntilMs(claims, grace)
  if (atMs < fromMs || atMs > toleratedUntilMs)
    return refuse(
      'policy.tcb-grace',
      `TCB status ${tcbStatus} of ${oldestTcbDate.slice(0, 10)}, tolerated until ${isoTime(toleratedUntilMs)}`,
    )
  return { accepted: true, toleratedUntilMs }
}

function judgeSevSnp(claims: SevSnpClaims, sevSnp: SevSnpPolicy): Verdict {
  if (!sevSnp.signers.includes(claims.signedBy))
    return refuse(
      'policy.signer',
      `signed by a ${claims.signedBy}, expected ${sevSnp.signers.join(' or ')}`,
    )
  if (sevSnp.revocationList === 'required' && claims.collateralIssuedAtMs === undefined)
    return refuse('policy.revocation-list', 'came without a revocation list')
  return sevSnp.minimumTcb === 'not-judged' ? ACCEPTED : judgeTcb(claims, sevSnp.minimumTcb)
}

const COMPONENTS = ['fmc', 'bootloader', 'tee', 'snp', 'microcode'] as const

/**
 * Reported: what the signing key vouches for. Committed: what the host can go back to. Launch: what
 * ran when the guest was measured.
 */
function judgeTcb(
  claims: SevSnpClaims,
  minimumTcb: Exclude<SevSnpPolicy['minimumTcb'], 'not-judged'>,
): Verdict {
  const { reportedTcb, committedTcb, launchTcb } = claims
  const line = snpLineOf(claims)
  const minimum = minimumTcb[line]
  if (minimum === undefined)
    return refuse('policy.product', `the policy names no minimum TCB for ${line}`)
  const parts: readonly (readonly [string, SnpTcb])[] = [
    ['reported', reportedTcb],
    ['committed', committedTcb],
    ['launch', launchTcb],
  ]
  for (const [name, tcb] of parts) {
    const component = COMPONENTS.find((part) => (tcb[part] ?? -1) < (minimum[part] ?? -1))
    if (component === undefined) continue
    return refuse(
      'policy.minimum-tcb',
      `${name} TCB: ${component} is ${tcb[component] ?? 'absent'}, expected ${minimum[component]} or more on ${line}`,
    )
  }
  return ACCEPTED
}

/** The last instant that a Date can hold (ECMA-262, 21.4.1.1). */
const LAST_INSTANT_MS = 8.64e15

function days(durationMs: number): string {
  return `${Number((durationMs / 86_400_000).toFixed(2))} days`
}

function isoTime(timeMs: number): string {
  return new Date(Math.min(timeMs, LAST_INSTANT_MS)).toISOString()
}

function refuse(code: PolicyCode, message: string): Refusal {
  return { accepted: false, code, message }
}
