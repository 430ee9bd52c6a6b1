// What a chart is given: columns with gaps in them, and the words below. Pure.

/** A value over a step of time: seconds since 1970, and what lay between lowest and highest. */
export type Point = {
  readonly at: number
  readonly low: number
  readonly mean: number
  readonly high: number
}

type Values = (number | null)[]

/** Times, then the lowest, means and highest; a row of nulls in each gap that is longer than `gapSeconds`. */
export function columnsOf(
  points: readonly Point[],
  gapSeconds: number,
): [times: number[], low: Values, mean: Values, high: Values] {
  const columns: ReturnType<typeof columnsOf> = [[], [], [], []]
  const add = (at: number, ...values: (number | null)[]) => {
    columns[0].push(at)
    values.forEach((value, index) => (columns[index + 1] as Values).push(value))
  }
  points.forEach(({ at, low, mean, high }, index) => {
    const before = points[index - 1]?.at ?? at
    if (at - before > gapSeconds) add((at + before) / 2, null, null, null)
    add(at, low, mean, high)
  })
  return columns
}

/** Rows that no line leads to: they are drawn as dots. */
export function rowsAlone(values: ArrayLike<number | null | undefined>): number[] {
  return [...Array(values.length).keys()].filter(
    (row) =>
      typeof values[row] === 'number' &&
      typeof values[row - 1] !== 'number' &&
      typeof values[row + 1] !== 'number',
  )
}

/** The next row with a value, `step` being 1 or -1; without a `row`, the last one; none further than the ends. */
export function nextRow(
  values: ArrayLike<number | null | undefined>,
  row: number | undefined,
  step: 1 | -1,
): number {
  if (row === undefined) return values.length - 1
  for (let next = row + step; next >= 0 && next < values.length; next += step)
    if (typeof values[next] === 'number') return next
  return row
}

/** A time of the axis in UTC, its neighbour `step` away; midnight by its date, month and day. Seconds. */
export function timeOfAxis(seconds: number, step: number): string {
  const text = new Date(seconds * 1_000).toISOString()
  if (seconds % 86_400 === 0) return text.slice(5, 10)
  return text.slice(11, step < 60 ? 19 : 16)
}
