// Whether records follow one another as their instance has made them. Pure.
import { NO_RECORD, type SealedRecord } from './record.ts'

/** Records of one instance key, and what is missing between them. */
export type RecordChain = {
  readonly instanceKey: `0x${string}`
  /** Ascending by index. */
  readonly records: readonly SealedRecord[]
  /** Records before the first that is here; a worker may have thrown them away by age. */
  readonly missingBefore: number
  /** Indexes before which records are missing although later ones are here: they have been taken out. */
  readonly gaps: readonly number[]
  /** Indexes whose record names another one before it than the one that is here. */
  readonly broken: readonly number[]
}

/**
 * Sorts parsed records into their chains and says what does not fit. What was sealed last and is held back cannot be seen: nothing
 * names it yet. Two records with one index are both shown as broken, unless they are the same.
 */
export function chainRecords<R extends SealedRecord>(
  records: readonly R[],
): (Omit<RecordChain, 'records'> & { readonly records: readonly R[] })[] {
  const chains = new Map<`0x${string}`, Map<string, R>>()
  for (const record of records) {
    const chain = chains.get(record.header.instanceKey) ?? new Map<string, R>()
    chains.set(record.header.instanceKey, chain.set(record.digest, record))
  }
  return [...chains].map(([instanceKey, byDigest]) => {
    const sorted = [...byDigest.values()].sort((a, b) => a.header.index - b.header.index)
    const gaps: number[] = []
    const broken: number[] = []
    sorted.forEach(({ header }, at) => {
      const before = sorted[at - 1]
      if (before === undefined) {
        if (header.index === 0 && header.previous !== NO_RECORD) broken.push(header.index)
        return
      }
      if (header.index === before.header.index) broken.push(header.index)
      else if (header.index > before.header.index + 1) gaps.push(header.index)
      else if (header.previous !== before.digest) broken.push(header.index)
    })
    const missingBefore = sorted[0]?.header.index ?? 0
    return { instanceKey, records: sorted, missingBefore, gaps, broken }
  })
}
