// The anomaly model on the labelled series of the Numenta Anomaly Benchmark, beside its windowed Gaussian. Reads files.
import { existsSync } from 'node:fs'
import { AnomalyModel } from '@wetee/worker/anomaly'
import { cpuMs } from './cpu.ts'
import { compare, interleave, type Measured } from './measure.ts'
import { corpusFolder, readCorpus, type LabelledSeries } from './nab/corpus.ts'
import { normalise, probationOf, scoreSeries, type SeriesScore } from './nab/score.ts'
import { GAUSSIAN_ALARM, windowedGaussian } from './nab/windowed-gaussian.ts'

const STANDARD = { tpWeight: 1, fpWeight: 0.11, fnWeight: 1 }
/** Least score of the model. */
const LEAST_SCORE = 45
const MOST_MICROS = 10
const MOST_MICROS_NEIGHBOURS = 40
/** As many as the published detectors of a score around 50 raise. */
const MOST_FALSE_A_DAY = 0.5
const SHARES = [0.001, 0.0015, 0.002, 0.003, 0.004, 0.005, 0.007, 0.01, 0.015, 0.02]
const DAY_MS = 86_400_000
/** Series that are timed: the reference sums its whole window for every value. */
const TIMED = 4
const ROUNDS = 3

type Half = 0 | 1

/** Points lost of 100 (100 less the score): thresholds chosen on one half of the series count on the other. */
export async function benchAnomaly(): Promise<Measured[]> {
  const folder = corpusFolder()
  if (!existsSync(folder)) throw new Error(`no labelled series at ${folder}: set WETEE_VECTORS`)
  const corpus = readCorpus(folder)
  const gaussian = corpus.map((series) => {
    const scores = windowedGaussian(series.values)
    return scoreSeries(series, (row) => (scores[row] ?? 0) >= GAUSSIAN_ALARM, STANDARD)
  })
  const reference = { name: 'windowed Gaussian', value: 100 - total(corpus, gaussian) }
  const lost = (name: string, score: number) =>
    compare(name, 100 - score, 'points lost', reference, (100 - LEAST_SCORE) / reference.value)
  const measured: Measured[] = []
  for (const neighbours of [false, true]) {
    const name = neighbours ? 'anomaly.neighbours' : 'anomaly.fused'
    const tried = SHARES.map((alarmShare) =>
      corpus.map((series) => judge(series, { alarmShare, neighbours })),
    )
    const best = (half: Half) =>
      tried.reduce((a, b) => (total(corpus, b, half) > total(corpus, a, half) ? b : a))
    const standing = corpus.map((series) => judge(series, { neighbours }))
    measured.push(
      lost(`${name}.nab`, total(corpus, standing)),
      lost(`${name}.nab.second-half`, total(corpus, best(0), 1)),
      lost(`${name}.nab.first-half`, total(corpus, best(1), 0)),
      falseAlarms(`${name}.false-alarms`, corpus, standing, gaussian),
    )
  }
  return [...measured, ...(await timed(corpus.slice(0, TIMED)))]
}

function judge(
  series: LabelledSeries,
  options: ConstructorParameters<typeof AnomalyModel>[0],
): SeriesScore {
  const model = new AnomalyModel(options)
  const alarms = series.values.map(
    (value, row) => model.push(series.timesMs[row] ?? 0, value).alarm,
  )
  return scoreSeries(series, (row) => alarms[row] === true, STANDARD)
}

/** Score of all series, or of every second one. */
function total(
  corpus: readonly LabelledSeries[],
  scores: readonly SeriesScore[],
  half?: Half,
): number {
  const counted = corpus.flatMap((series, index) =>
    half === undefined || index % 2 === half
      ? [{ windows: series.windows.length, raw: scores[index]?.raw ?? 0 }]
      : [],
  )
  const sum = (key: 'windows' | 'raw') => counted.reduce((all, one) => all + one[key], 0)
  return normalise(sum('raw'), sum('windows'), STANDARD)
}

/** Alarms outside of every labelled window by series and day, after the time in which none counts. */
function falseAlarms(
  name: string,
  corpus: readonly LabelledSeries[],
  scores: readonly SeriesScore[],
  gaussian: readonly SeriesScore[],
): Measured {
  const days = corpus.reduce((sum, { timesMs }) => {
    const from = timesMs[probationOf(timesMs.length)] ?? 0
    return sum + Math.max(0, (timesMs.at(-1) ?? 0) - from) / DAY_MS
  }, 0)
  const perDay = (all: readonly SeriesScore[]) =>
    all.reduce((sum, { falsePositives }) => sum + falsePositives, 0) / days
  const reference = { name: 'windowed Gaussian', value: perDay(gaussian) }
  const target = MOST_FALSE_A_DAY / reference.value
  return compare(name, perDay(scores), 'a day and series', reference, target)
}

async function timed(series: readonly LabelledSeries[]): Promise<Measured[]> {
  const values = series.reduce((sum, one) => sum + one.values.length, 0)
  const run = (neighbours: boolean) => () => {
    for (const one of series) judge(one, { neighbours })
  }
  const medians = await interleave(
    {
      fused: run(false),
      neighbours: run(true),
      gaussian: () => {
        for (const one of series) windowedGaussian(one.values)
      },
    },
    { rounds: ROUNDS, warmUp: 1, clock: cpuMs },
  )
  const micros = (ms: number) => (1_000 * ms) / values
  const reference = { name: 'windowed Gaussian', value: micros(medians.gaussian) }
  const value = (name: string, ms: number, most: number) =>
    compare(name, micros(ms), 'us', reference, most / reference.value)
  return [
    value('anomaly.fused.value', medians.fused, MOST_MICROS),
    value('anomaly.neighbours.value', medians.neighbours, MOST_MICROS_NEIGHBOURS),
  ]
}
