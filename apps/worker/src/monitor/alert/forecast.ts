// When a series will cross a limit, by a slope that single wild values do not turn (Theil 1950, Sen 1968). Pure.

/** A value at a time. */
export type At = { readonly atMs: number; readonly value: number }

/** Fewer points say nothing about the future. */
const LEAST_POINTS = 10
/** Of more, the newest count: pairs grow with the square. */
export const MOST_POINTS = 60

/** Median slope of all pairs, by millisecond, and the value that it gives for the newest time. */
export type Trend = { readonly slope: number; readonly atMs: number; readonly value: number }

/** `undefined` of fewer than ten points, or of points at fewer than ten times. */
export function trendOf(points: readonly At[]): Trend | undefined {
  const byTime = new Map(points.map(({ atMs, value }) => [atMs, value]))
  const list = [...byTime]
    .filter(([atMs, value]) => Number.isFinite(atMs) && Number.isFinite(value))
    .sort(([a], [b]) => a - b)
    .slice(-MOST_POINTS)
  const atMs = list.at(-1)?.[0]
  if (atMs === undefined || list.length < LEAST_POINTS) return undefined
  const slopes: number[] = []
  for (const [index, [fromMs, from]] of list.entries())
    for (const [toMs, to] of list.slice(index + 1)) slopes.push((to - from) / (toMs - fromMs))
  const slope = median(slopes)
  const value = median(list.map(([at, one]) => one + slope * (atMs - at)))
  return Number.isFinite(slope) && Number.isFinite(value) ? { slope, atMs, value } : undefined
}

/** Milliseconds from the newest point until the trend reaches `limit`, 0 where it is there; `undefined`: never. */
export function crossesInMs(
  { slope, value }: Trend,
  limit: number,
  up: boolean,
): number | undefined {
  const left = up ? limit - value : value - limit
  if (left <= 0) return 0
  const speed = up ? slope : -slope
  return speed > 0 ? left / speed : undefined
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const high = sorted[middle] ?? NaN
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? NaN) + high) / 2
}
