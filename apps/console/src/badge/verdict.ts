// What a badge says about a verification. Pure.
import type { VerifyReport } from '@wetee/sdk'

/** Look and words. */
export type Verdict = { readonly tone: 'good' | 'warn' | 'bad' | 'wait'; readonly text: string }

/** Green for a genuine TEE alone: a simulated one is never more than a warning, whatever holds. */
export function verdictOf(
  report: Pick<VerifyReport, 'ok' | 'simulated' | 'failed' | 'steps'>,
): Verdict {
  if (!report.ok)
    return {
      tone: 'bad',
      text:
        report.failed.length === 0
          ? 'Not verified: not everything could be judged'
          : `Not verified: ${report.failed.length} of ${report.steps.length} steps failed`,
    }
  if (report.simulated) return { tone: 'warn', text: 'Simulated TEE: this protects nothing' }
  return { tone: 'good', text: 'Verified in your browser' }
}

/** Why nothing could be judged. */
export function refusalOf(error: unknown): Verdict {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return { tone: 'bad', text: `Not verified: there is nothing to judge (${code})` }
}

/** The number of an application, as the attribute says it; undefined for anything else. */
export function parseApp(text: string | null): bigint | undefined {
  return text !== null && /^[1-9]\d{0,18}$/.test(text.trim()) ? BigInt(text.trim()) : undefined
}
