// How old everything is that is kept, for operators. Pure.
import type { CacheEntry, EndorsementKind } from './cache/entry.ts'
import type { FailedItem } from './fetch/fetcher.ts'
import type { Failure } from './fetch/item.ts'

/**
 * `fresh`; `ageing`: older than 7 days, policies will refuse it soon or do already; `expired`: past
 * nextUpdate, never served; `missing`: never fetched well.
 */
export type StalenessState = 'fresh' | 'ageing' | 'expired' | 'missing'

/** One kept or wanted endorsement. Instants in milliseconds since 1970. */
export type StalenessEntry = {
  readonly kind: EndorsementKind
  readonly key: string
  readonly state: StalenessState
  readonly issuedAtMs?: number
  readonly nextUpdateMs?: number
  readonly fetchedAtMs?: number
  /** Since `ageFrom`. */
  readonly ageMs?: number
  /** What age is counted from: lists that are issued once a year age from their fetching. */
  readonly ageFrom?: 'issued' | 'fetched'
  /** Host that it came from. */
  readonly source?: string
  /** Until it is fetched well again. */
  readonly lastError?: Failure
}

/** Issued every month at least, and judged by policies by their date of issue. */
const AGES_FROM_ISSUE: ReadonlySet<EndorsementKind> = new Set([
  'tcb-info',
  'qe-identity',
  'pck-crl',
  'evaluation-numbers',
])

/** Sorted by kind and key. */
export function reportStaleness(
  entries: readonly CacheEntry[],
  failures: readonly FailedItem[],
  nowMs: number,
  ageingMs: number,
): StalenessEntry[] {
  const report = new Map<string, StalenessEntry>()
  for (const entry of entries) report.set(nameOf(entry), describe(entry, nowMs, ageingMs))
  for (const failed of failures) {
    const { kind, key, failure } = failed
    const known = report.get(nameOf(failed)) ?? { kind, key, state: 'missing' as const }
    report.set(nameOf(failed), { ...known, lastError: failure })
  }
  return [...report].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry)
}

function describe(entry: CacheEntry, nowMs: number, ageingMs: number): StalenessEntry {
  const { kind, key, issuedAtMs, nextUpdateMs, fetchedAtMs, source } = entry
  const ageFrom = AGES_FROM_ISSUE.has(kind) ? 'issued' : 'fetched'
  const ageMs = nowMs - (ageFrom === 'issued' ? issuedAtMs : fetchedAtMs)
  // A VCEK never changes: asking again for it gives the same certificate.
  const isOld = kind !== 'vcek' && ageMs > ageingMs
  const state = nextUpdateMs <= nowMs ? 'expired' : isOld ? 'ageing' : 'fresh'
  return { kind, key, state, issuedAtMs, nextUpdateMs, fetchedAtMs, ageMs, ageFrom, source }
}

function nameOf({ kind, key }: { readonly kind: string; readonly key: string }): string {
  return `${kind} ${key}`
}
