// TCB advice for a platform whose TCB a policy refuses: what is short, and what raises it. Pure but for cryptography.
import {
  adviseSnpTcb,
  adviseTcb,
  AttestationError,
  SNP_MINIMUM_TCB,
  snpLineOf,
  type Claims,
  type IntelEndorsements,
  type Policy,
  type TrustStore,
} from '@wetee/attestation'
import type { AppraiseInput } from './appraise-input.ts'

/** What to tell an operator; texts are sentences without a full stop. */
export type Advice = {
  readonly short: readonly string[]
  readonly steps: readonly string[]
  /** Under a policy with grace: the last instant at which the status is tolerated. */
  readonly toleratedUntil: string | null
}

type Judge = { readonly trustStore: TrustStore; readonly atMs: number; readonly policy: Policy }

/**
 * Advice on an Intel platform that is not `UpToDate`, also for evidence refused with `tcb.revoked`
 * or `tcb.unsupported` (no claims); on a SEV-SNP platform below the minimum of the policy, or of the
 * strict one where that judges none. Undefined where there is nothing to say.
 */
export async function adviceFor(
  input: AppraiseInput,
  claims: Claims | undefined,
  judge: Judge,
): Promise<Advice | undefined> {
  if (claims?.platform === 'sev-snp') return snpAdvice(claims, judge.policy)
  const { platform } = input
  if (platform !== 'tdx' && platform !== 'sgx') return undefined
  if (claims !== undefined && 'tcbStatus' in claims && claims.tcbStatus === 'UpToDate')
    return undefined
  const { quote, endorsements } = input
  try {
    const { parts, steps, tolerance } = await adviseTcb(
      { platform, quote },
      endorsements as IntelEndorsements,
      judge.trustStore,
      judge.atMs,
      { policy: judge.policy },
    )
    const untilMs = tolerance?.untilMs ?? null
    return {
      short: parts.flatMap(({ part, id, short }) =>
        short.map((svn) => `${partNames[part]} ${id}, ${svnName(svn)}: ${missing(svn)}`),
      ),
      steps: steps.map(({ text }) => text),
      toleratedUntil: untilMs === null ? null : new Date(untilMs).toISOString(),
    }
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    return undefined
  }
}

const partNames = {
  platform: 'platform',
  'tdx-module': 'TDX module',
  'quoting-enclave': 'quoting enclave',
}

type Svn = {
  readonly of: string
  readonly index: number
  readonly category: string | null
  readonly type: string | null
}

function svnName({ of, index, category, type }: Svn): string {
  if (of !== 'sgx' && of !== 'tdx') return of === 'pce' ? 'PCE SVN' : 'SVN'
  const about = [category, type].filter((text) => text !== null && text !== '').join(', ')
  return `${of.toUpperCase()} component ${index}${about === '' ? '' : ` (${about})`}`
}

function missing({ have, need }: { readonly have: number | null; readonly need: number }): string {
  return `has ${have ?? 'none'}, needs ${need}`
}

function snpAdvice(
  claims: Extract<Claims, { platform: 'sev-snp' }>,
  { sevSnp }: Policy,
): Advice | undefined {
  const given = sevSnp?.minimumTcb
  const line = snpLineOf(claims)
  const minimum = (given === undefined || given === 'not-judged' ? SNP_MINIMUM_TCB : given)[line]
  if (minimum === undefined) return undefined
  const { short, steps } = adviseSnpTcb(claims, minimum)
  if (short.length === 0) return undefined
  return {
    short: short.map(
      ({ tcb, component, ...svn }) => `${line}, ${tcb} TCB, ${component}: ${missing(svn)}`,
    ),
    steps: steps.map(({ text }) => text),
    toleratedUntil: null,
  }
}
