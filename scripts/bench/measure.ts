// What a benchmark reports, and how two things are timed so that a busy machine slows both. Reads the clock.

/** One figure beside a named reference that was measured in the same run. */
export type Measured = {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What `value` is compared with, in the same unit. */
  readonly reference: { readonly name: string; readonly value: number }
  /** `value` by reference. */
  readonly ratio: number
  /** Largest ratio that counts as good. */
  readonly target: number
  readonly ok: boolean
}

/** A figure against its reference. */
export function compare(
  name: string,
  value: number,
  unit: string,
  reference: Measured['reference'],
  target: number,
): Measured {
  const ratio = round(value / reference.value)
  return {
    name,
    value: round(value),
    unit,
    reference: { ...reference, value: round(reference.value) },
    ratio,
    target,
    ok: ratio <= target,
  }
}

/** A number with three significant digits. */
export function round(value: number): number {
  return Number(value.toPrecision(3))
}

/** How often each is measured, and on which clock: milliseconds from any start, default those of the wall. */
export type Rounds = {
  readonly rounds: number
  readonly warmUp: number
  readonly clock?: () => number
}

/**
 * Median milliseconds of each: one after the other in every round, after `warmUp` rounds that do not count.
 */
export async function interleave<K extends string>(
  work: Readonly<Record<K, () => unknown>>,
  { rounds, warmUp, clock = () => performance.now() }: Rounds,
): Promise<Record<K, number>> {
  const times = new Map<string, number[]>()
  for (let round = -warmUp; round < rounds; round++)
    for (const [name, act] of Object.entries<() => unknown>(work)) {
      const startedAt = clock()
      await act()
      const tookMs = clock() - startedAt
      if (round >= 0) times.set(name, [...(times.get(name) ?? []), tookMs])
    }
  const medians = [...times].map(([name, list]) => [name, median(list)] as const)
  return Object.fromEntries(medians) as Record<K, number>
}

/** The middle of the list, the mean of the two in the middle where there is none; NaN of nothing. */
export function median(list: readonly number[]): number {
  const sorted = [...list].sort((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)] ?? NaN
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? NaN
  return (upper + lower) / 2
}
