// The published scoring of the Numenta Anomaly Benchmark (Lavin and Ahmad 2015), own code. Pure.
import type { LabelledSeries } from './corpus.ts'

/** What a right, a wrong and a missing alarm weigh. */
export type Profile = {
  readonly tpWeight: number
  readonly fpWeight: number
  readonly fnWeight: number
}

/** How a detector did on one series: raw score, rows that alarmed in a window and outside, windows hit. */
export type SeriesScore = {
  readonly raw: number
  readonly truePositives: number
  readonly falsePositives: number
  readonly hit: number
}

const PROBATION = 0.15
const PROBATION_ROWS = 5_000

/** Rows at the beginning that do not count. */
export function probationOf(rows: number): number {
  return Math.ceil(Math.min(Math.floor(PROBATION * rows), PROBATION * PROBATION_ROWS))
}

/** Raw score of alarms on one series: `isAlarm` by row. A window counts its earliest alarm, everything else is a false one. */
export function scoreSeries(
  { timesMs, windows }: Pick<LabelledSeries, 'timesMs' | 'windows'>,
  isAlarm: (row: number) => boolean,
  { tpWeight, fpWeight, fnWeight }: Profile,
): SeriesScore {
  const rows = timesMs.length
  const best: (number | undefined)[] = windows.map(() => undefined)
  const counted = windows.map(([, last]) => last >= probationOf(rows))
  let raw = 0
  let truePositives = 0
  let falsePositives = 0
  for (let row = probationOf(rows); row < rows; row++) {
    if (!isAlarm(row)) continue
    const inside = windows.findIndex(([first, last]) => row >= first && row <= last)
    if (inside >= 0) {
      truePositives++
      const [first, last] = windows[inside] ?? [0, 0]
      const position = -(last - row + 1) / (last - first + 1)
      const value = (sigmoid(position) * tpWeight) / sigmoid(-1)
      best[inside] = Math.max(best[inside] ?? -fnWeight, value)
      continue
    }
    falsePositives++
    const before = windows.findLast(([, last]) => last < row)
    const past = before === undefined ? 3 : (row - before[1]) / (before[1] - before[0])
    raw += (past >= 3 ? -1 : sigmoid(past)) * fpWeight
  }
  for (const [index, value] of best.entries())
    if (counted[index] === true) raw += value ?? -fnWeight
  return {
    raw,
    truePositives,
    falsePositives,
    hit: best.filter((value) => value !== undefined).length,
  }
}

/** Score of a whole corpus: 0 for a detector that never alarms, 100 for one that alarms first in every window and nowhere else. */
export function normalise(raw: number, windows: number, { tpWeight, fnWeight }: Profile): number {
  const nothing = -windows * fnWeight
  return (100 * (raw - nothing)) / (windows * tpWeight - nothing)
}

/** Between 1 far left in a window and -1 far right of it. */
function sigmoid(position: number): number {
  return 2 / (1 + Math.exp(5 * position)) - 1
}
