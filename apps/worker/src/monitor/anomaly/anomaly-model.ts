// Finds anomalies in one series as it comes: base scores, each turned into a rank in its own history, fused, ranked once
// more; rest after an alarm. Conformal prediction (Vovk, Gammerman and Shafer 2005; Laxhammar 2014). Pure, no randomness.
import { z } from 'zod'
import { AnomalyError } from './anomaly-error.ts'
import { DailyProfile, DAY_PARTS, Level, MedianWindow, WINDOW } from './base-scores.ts'
import { KEPT, Neighbours } from './neighbours.ts'
import { Rank, RANK_BINS } from './rank.ts'

/** How a model judges. */
export type AnomalyOptions = {
  /** Alarm where a value is among this share of the rarest of its history; 0 to 1, default 0.004. */
  readonly alarmShare?: number
  /** Values after an alarm that raise none, default 100. */
  readonly restValues?: number
  /** Compare stretches of values too: for the few series that matter, 12 to 20 times the time of one value. */
  readonly neighbours?: boolean
}

/** What a model says of one value. */
export type Judgement = {
  /** Share of the history that was at least as strange, in (0, 1]; 1 where the value was missing. */
  readonly share: number
  readonly alarm: boolean
}

/** Larger values are taken for this, so that their squares stay finite. */
const MAX_VALUE = 1e30
const FAST = 0.003
const SLOW = 0.001
const SHORT = 0.1
const DEFAULTS = { alarmShare: 0.004, restValues: 100, neighbours: false }

const number = z.number().min(-1e300).max(1e300)
const count = z.number().min(0).max(1e15)
const level = z.tuple([number, z.number().min(0).max(1e300), count])
const rank = z.strictObject({
  bins: z.array(z.number().min(0).max(1e9)).length(RANK_BINS),
  total: count,
  pushed: count,
})
const day = z.array(number).length(DAY_PARTS)
const stateSchema = z.strictObject({
  format: z.literal('wetee/anomaly/v1'),
  fast: level,
  slow: level,
  short: level,
  window: z.array(number).max(WINDOW),
  day: z.strictObject({
    means: day,
    variances: z.array(z.number().min(0)).length(DAY_PARTS),
    seen: day,
  }),
  neighbours: z.array(number).max(KEPT).optional(),
  ranks: z.array(rank),
  whole: rank,
  resting: count,
})

/** State of a model, JSON of at most 40 KB. */
export type AnomalyState = z.infer<typeof stateSchema>

/** The model of one series: 8 KiB, 14 KiB with neighbours, whatever the number of values. */
export class AnomalyModel {
  readonly #options: Required<AnomalyOptions>
  readonly #fast: Level
  readonly #slow: Level
  readonly #short: Level
  readonly #window: MedianWindow
  readonly #day: DailyProfile
  readonly #neighbours: Neighbours | undefined
  readonly #ranks: readonly Rank[]
  readonly #whole: Rank
  #resting: number

  /** Goes on from a state where one is given. Throws AnomalyError where it is no state of such a model. */
  constructor(options: AnomalyOptions = {}, state?: unknown) {
    this.#options = { ...DEFAULTS, ...options }
    const from = state === undefined ? undefined : parseState(state, this.#options.neighbours)
    this.#fast = new Level(FAST, from?.fast)
    this.#slow = new Level(SLOW, from?.slow)
    this.#short = new Level(SHORT, from?.short)
    this.#window = new MedianWindow(from?.window)
    this.#day = new DailyProfile(from?.day)
    this.#neighbours = this.#options.neighbours ? new Neighbours(from?.neighbours) : undefined
    const ranks = scoresOf(this.#options.neighbours)
    this.#ranks = Array.from({ length: ranks }, (_, index) => new Rank(from?.ranks[index]))
    this.#whole = new Rank(from?.whole)
    this.#resting = from?.resting ?? 0
  }

  /** Judges a value, then learns it. What is no number is missing: neither judged nor learnt. Times may go back. */
  push(atMs: number, value: number | undefined): Judgement {
    if (value === undefined || Number.isNaN(value)) return { share: 1, alarm: false }
    const known = Math.min(MAX_VALUE, Math.max(-MAX_VALUE, value))
    let sum = 0
    for (const [index, score] of this.#scores(known, Number.isFinite(atMs) ? atMs : 0).entries())
      sum += Math.log(this.#ranks[index]?.push(score) ?? 1) ** 2
    const share = this.#whole.push(Math.sqrt(sum))
    const { alarmShare, restValues } = this.#options
    const alarm = this.#resting === 0 && share <= alarmShare
    if (alarm) this.#resting = restValues
    else if (this.#resting > 0) this.#resting--
    return { share, alarm }
  }

  /** What the constructor takes. */
  state(): AnomalyState {
    return {
      format: 'wetee/anomaly/v1',
      fast: [...this.#fast.state()],
      slow: [...this.#slow.state()],
      short: [...this.#short.state()],
      window: this.#window.state(),
      day: dayOf(this.#day),
      ...(this.#neighbours === undefined ? {} : { neighbours: this.#neighbours.state() }),
      ranks: this.#ranks.map(rankOf),
      whole: rankOf(this.#whole),
      resting: this.#resting,
    }
  }

  #scores(value: number, atMs: number): number[] {
    const fast = this.#fast.push(value)
    const slow = this.#slow.push(value)
    this.#short.push(value)
    const { mean, spread } = this.#slow
    const scores = [
      fast,
      slow,
      this.#window.push(value),
      this.#day.push(value, atMs, spread),
      Math.abs(this.#short.mean - mean) / spread,
    ]
    if (this.#neighbours !== undefined) scores.push(this.#neighbours.push(value) / spread)
    return scores
  }
}

function scoresOf(neighbours: boolean): number {
  return neighbours ? 6 : 5
}

function dayOf(profile: DailyProfile): AnomalyState['day'] {
  const { means, variances, seen } = profile.state()
  return { means: [...means], variances: [...variances], seen: [...seen] }
}

function rankOf(from: Rank): AnomalyState['whole'] {
  const { bins, total, pushed } = from.state()
  return { bins: [...bins], total, pushed }
}

function parseState(value: unknown, neighbours: boolean): AnomalyState {
  const { data } = stateSchema.safeParse(value)
  const fits =
    data?.ranks.length === scoresOf(neighbours) && (data.neighbours !== undefined) === neighbours
  if (data === undefined || !fits)
    throw new AnomalyError('the state is not of this model: start with an empty one')
  return data
}
