// When the answers of several RPCs are one answer. Pure.

/** RPCs that must say the same. */
export const ENOUGH_ALIKE = 2

/**
 * The key that counts: at least two named it, and more than half of those who answered. `outstanding` have not answered yet and
 * may all say something else. Undefined while, or since, there is none.
 */
export function agreedKey(keys: readonly string[], outstanding = 0): string | undefined {
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  for (const [key, count] of counts)
    if (count >= ENOUGH_ALIKE && 2 * count > keys.length + outstanding) return key
  return undefined
}

/**
 * Numbers that may become the head, the best first: those that RPCs called finalized, as long as at least two have finalized
 * as much.
 */
export function headCandidates(finalized: readonly bigint[]): readonly bigint[] {
  return [...new Set(finalized)]
    .sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))
    .filter((number) => finalized.filter((other) => other >= number).length >= ENOUGH_ALIKE)
}
