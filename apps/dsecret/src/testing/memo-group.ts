// For tests: a group that computes what everybody may know once, and not once for each simulated node. Pure.
import type { Group, Point } from '@wetee/threshold'

/** Results are kept until there are that many. */
const MOST = 20_000

/** The same group; sums of products and decoded points are remembered. Secrets go through it untouched. */
export function memoGroup(group: Group): Group {
  const sums = new Map<string, Point | undefined>()
  const decoded = new Map<string, Point>()
  const once = <T>(kept: Map<string, T>, key: string, make: () => T): T => {
    const known = kept.get(key)
    if (known !== undefined || kept.has(key)) return known as T
    if (kept.size >= MOST) kept.clear()
    const value = make()
    kept.set(key, value)
    return value
  }
  return {
    ...group,
    decode: (bytes) =>
      once(decoded, Buffer.from(bytes).toString('latin1'), () => group.decode(bytes)),
    multiplyMany: (points, scalars) => {
      const key = `${Buffer.concat(points).toString('latin1')} ${scalars.join(' ')}`
      const sum = once(sums, key, () => group.multiplyMany(points, scalars))
      // A caller may fill it with zeros.
      return sum && (Uint8Array.from(sum) as Point)
    },
  }
}
