// Appraisal policies: what a relying party accepts of authentic claims. Plain data. Pure.
import type { Hex } from '../bytes.ts'
import type { ClaimFlag, Platform, SnpTcb, TcbStatus } from '../appraisal/claims.ts'
import { SNP_MINIMUM_TCB, type SnpLine } from './snp-minimum-tcb.ts'

/**
 * An appraisal policy; as JSON it is what `parsePolicy` reads. Nothing in it means "any": an empty
 * list, a zero or a field that is absent makes a policy that accepts nothing. What a policy does
 * not judge it says in a word.
 */
export type Policy = {
  /** Which roots count; only development networks name simulated ones. */
  readonly trust: 'genuine' | 'genuine-or-simulated'
  /** Accepted platforms; at least one. */
  readonly platforms: readonly Platform[]
  /** Flags that are tolerated; none by default. */
  readonly toleratedFlags: readonly ClaimFlag[]
  /**
   * Machines that are refused whatever they prove: PPID (16 bytes) or AMD chip id (64 bytes), lower
   * case; at most MAX_DENIED_PLATFORMS. A machine whose id is masked may be any of them, so that it
   * is refused as soon as the list has an id of its vendor.
   */
  readonly deniedPlatforms: readonly Hex[]
  /** Whether an Intel or AMD machine has to say which one it is; a Nitro enclave never does. */
  readonly hardwareId: 'required' | 'not-required'
  /** Needed where `platforms` has `tdx` or `sgx`. */
  readonly intel?: IntelPolicy
  /** Needed where `platforms` has `sev-snp`. */
  readonly sevSnp?: SevSnpPolicy
}

/** What a policy asks of TDX and SGX. */
export type IntelPolicy = {
  /** Accepted statuses; at least one. */
  readonly tcbStatuses: readonly TcbStatus[]
  /** Statuses that are tolerated for a while; absent: none. */
  readonly grace?: TcbGrace
  /** Smallest `evaluationNumber`; above zero. */
  readonly minEvaluationNumber: number
  /** Oldest collateral, milliseconds above zero. */
  readonly maxCollateralAgeMs: number | 'not-judged'
}

/**
 * A status that is not accepted is tolerated while the oldest date of a TCB level that is short is not
 * older than `maxTcbAgeMs`, which is above zero and at most MAX_GRACE_TCB_AGE_MS.
 */
export type TcbGrace = {
  /** At least one, none of which is accepted already. */
  readonly statuses: readonly TcbStatus[]
  /** Milliseconds since `oldestTcbDate`. */
  readonly maxTcbAgeMs: number
}

/** What a policy asks of SEV-SNP. Privilege levels are flags (`VMPL1` to `VMPL3`). */
export type SevSnpPolicy = {
  /**
   * Lowest numbers of the reported, the committed and the launch TCB by processor line
   * (`snpLineOf`): every component that it has, of which `snp` and `microcode` are above zero. A
   * line that is not named is refused.
   */
  readonly minimumTcb: Readonly<Partial<Record<SnpLine, SnpTcb>>> | 'not-judged'
  /** Accepted kinds of signing key; at least one. A VLEK is the cloud's and names no chip. */
  readonly signers: readonly ('VCEK' | 'VLEK')[]
  /** Whether evidence has to come with AMD's revocation list, which the appraisal has checked. */
  readonly revocationList: 'required' | 'not-required'
}

/** Every code of a refusal; docs/reference/attestation.md says what each means. */
export const POLICY_CODES = [
  'policy.invalid',
  'policy.claims',
  'policy.simulated-root',
  'policy.platform',
  'policy.denied',
  'policy.hardware-id',
  'policy.flag',
  'policy.tcb-status',
  'policy.tcb-grace',
  'policy.evaluation-number',
  'policy.collateral-age',
  'policy.signer',
  'policy.revocation-list',
  'policy.product',
  'policy.minimum-tcb',
] as const

/** One of those. */
export type PolicyCode = (typeof POLICY_CODES)[number]

/** Most entries of `deniedPlatforms`. */
export const MAX_DENIED_PLATFORMS = 1024

const DAY_MS = 86_400_000

/**
 * Longest grace: three years since the date of the TCB level. Those dates are the vendor's, who
 * publishes a level about a year and a half after the date in it: a platform one level behind is
 * about two years old by its date, one that is two behind about two and a half.
 */
export const MAX_GRACE_TCB_AGE_MS = 1095 * DAY_MS

/**
 * What genuine networks ask for: genuine TDX, SGX or SEV-SNP machines that say which one they are
 * and are up to date, no flag, Intel collateral of at most 7 days, AMD's revocation list. Milan is
 * not accepted: software alone can take the seed of all its keys out of such a chip, so that no TCB
 * in a report of it proves anything (Insecure Despite Proven Updated, arXiv:2605.12990). A policy
 * that takes it all the same adds `SNP_MINIMUM_TCB.Milan`.
 */
export function strictPolicy(): Policy {
  const { Milan: _, 'Milan-X': __, ...minimumTcb } = SNP_MINIMUM_TCB
  return {
    trust: 'genuine',
    platforms: ['tdx', 'sgx', 'sev-snp'],
    toleratedFlags: [],
    deniedPlatforms: [],
    hardwareId: 'required',
    intel: {
      tcbStatuses: ['UpToDate'],
      // Intel made 20 the standard set on 2026-08-13; its service has no collateral older than that
      // set. One behind, since not every platform family changes on the same day.
      minEvaluationNumber: 19,
      maxCollateralAgeMs: 7 * DAY_MS,
    },
    sevSnp: {
      minimumTcb,
      signers: ['VCEK'],
      revocationList: 'required',
    },
  }
}

/**
 * The strict policy, but simulated roots and every processor line of AMD are accepted too. For
 * development networks only.
 */
export function developmentPolicy(): Policy {
  const strict = strictPolicy()
  const sevSnp = strict.sevSnp && { ...strict.sevSnp, minimumTcb: SNP_MINIMUM_TCB }
  return { ...strict, trust: 'genuine-or-simulated', ...(sevSnp && { sevSnp }) }
}

/**
 * For files that somebody chose, with the time and the root to judge them by: strict on what the
 * evidence says of itself (status UpToDate, no flag), silent on what that choice decides: age of
 * collateral, evaluation number, minimum TCB, revocation list, simulated roots, masked ids. Not for
 * deciding whether a machine may join anything.
 */
export function offlinePolicy(): Policy {
  return {
    trust: 'genuine-or-simulated',
    platforms: ['tdx', 'sgx', 'sev-snp', 'nitro'],
    toleratedFlags: [],
    deniedPlatforms: [],
    hardwareId: 'not-required',
    intel: {
      tcbStatuses: ['UpToDate'],
      minEvaluationNumber: 1,
      maxCollateralAgeMs: 'not-judged',
    },
    sevSnp: {
      minimumTcb: 'not-judged',
      signers: ['VCEK', 'VLEK'],
      revocationList: 'not-required',
    },
  }
}
