// What a relying party accepts of authentic claims. Pure; strict unless told otherwise.
import type { ClaimFlag, Claims, TcbStatus } from '../appraisal/claims.ts'

/**
 * An appraisal policy. Nothing in it means "any": an empty list accepts nothing, a zero is
 * refused.
 */
export type Policy = {
  /** Accepted statuses; at least one. */
  readonly tcbStatuses: readonly TcbStatus[]
  /** Flags that are tolerated; none by default. */
  readonly toleratedFlags: readonly ClaimFlag[]
  /** Oldest collateral, milliseconds; above zero. */
  readonly maxCollateralAgeMs: number
  /** Smallest `evaluationNumber`; above zero. */
  readonly minEvaluationNumber: number
  /** Which roots count; only development networks name simulated ones. */
  readonly trust: 'genuine' | 'genuine-or-simulated'
}

/** Codes of a refusal. */
export type PolicyCode =
  | 'policy.invalid'
  | 'policy.simulated-root'
  | 'policy.platform'
  | 'policy.flag'
  | 'policy.tcb-status'
  | 'policy.evaluation-number'
  | 'policy.collateral-age'

/** Whether claims are accepted, and if not, why. */
export type Verdict =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly code: PolicyCode; readonly message: string }

const DAY_MS = 86_400_000

/** UpToDate only, no flags, collateral of at most 7 days, genuine roots only. */
export function strictPolicy(): Policy {
  return {
    tcbStatuses: ['UpToDate'],
    toleratedFlags: [],
    maxCollateralAgeMs: 7 * DAY_MS,
    minEvaluationNumber: 1,
    trust: 'genuine',
  }
}

/** The strict policy, but a simulated root is accepted too. For development networks only. */
export function developmentPolicy(): Policy {
  return { ...strictPolicy(), trust: 'genuine-or-simulated' }
}

/**
 * Judges claims at the instant `atMs`, milliseconds; the first rule that fails is named. Never
 * throws.
 */
export function evaluate(claims: Claims, policy: Policy, atMs: number): Verdict {
  if (!isMeaningful(policy) || !Number.isSafeInteger(atMs))
    return refuse('policy.invalid', 'the policy, or the time, says nothing')
  if (claims.simulated && policy.trust !== 'genuine-or-simulated')
    return refuse('policy.simulated-root', `simulated hardware under the root ${claims.trustRoot}`)
  if (claims.platform !== 'tdx' && claims.platform !== 'sgx')
    return refuse('policy.platform', `evidence of ${claims.platform} is not accepted`)
  const flag = claims.flags.find((name) => !policy.toleratedFlags.includes(name))
  if (flag !== undefined) return refuse('policy.flag', `${flag}: ${FLAG_TEXT[flag]}`)
  if (!policy.tcbStatuses.includes(claims.tcbStatus))
    return refuse(
      'policy.tcb-status',
      `TCB status ${claims.tcbStatus}, expected ${policy.tcbStatuses.join(' or ')}`,
    )
  if (!(claims.evaluationNumber >= policy.minEvaluationNumber))
    return refuse(
      'policy.evaluation-number',
      `judged by evaluation data ${claims.evaluationNumber}, expected ${policy.minEvaluationNumber} or newer`,
    )
  const ageMs = atMs - claims.collateralIssuedAtMs
  if (!(ageMs >= 0 && ageMs <= policy.maxCollateralAgeMs))
    return refuse(
      'policy.collateral-age',
      `collateral is ${Math.round(ageMs / 1000)} s old, expected 0 to ${policy.maxCollateralAgeMs / 1000} s`,
    )
  return { accepted: true }
}

const FLAG_TEXT: Readonly<Record<ClaimFlag, string>> = {
  SGX_DEBUG: 'the host can read this enclave',
  SGX_PROVISION_KEY: 'this enclave may derive keys that are for provisioning enclaves',
  SGX_LAUNCH_KEY: 'this enclave may derive keys that are for launch enclaves',
  DEBUG: 'the host can read this guest',
  NITRO_DEBUG: 'the parent instance can read this enclave',
  MIGRATE_MA: 'a migration agent may move this guest',
  VMPL1: 'asked for at a lower privilege level',
  VMPL2: 'asked for at a lower privilege level',
  VMPL3: 'asked for at a lower privilege level',
  TD_DEBUG: 'the host can read this guest',
  NO_SEPT_VE_DISABLE: 'the host can make this guest fault on its own memory',
  SERVICE_TD: 'another guest may move this one',
}

function isMeaningful(policy: Policy): boolean {
  const positive = (value: number) => Number.isSafeInteger(value) && value > 0
  return (
    policy.tcbStatuses.length > 0 &&
    positive(policy.maxCollateralAgeMs) &&
    positive(policy.minEvaluationNumber) &&
    (policy.trust === 'genuine' || policy.trust === 'genuine-or-simulated')
  )
}

function refuse(code: PolicyCode, message: string): Verdict {
  return { accepted: false, code, message }
}
