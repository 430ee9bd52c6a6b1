// What a value is compared with: a running level, the median of a window, the same time of other days. Pure.

/** Keeps a division by a spread of zero finite, and says that equal values differ by nothing. */
const LEAST = 1e-12
/** Differences this small beside the value itself are rounding. */
const RELATIVE = 1e-9

/** State of a level: mean, variance, values seen. */
export type LevelState = readonly [number, number, number]

/** Exponentially weighted mean and variance; a plain mean until enough values have come. */
export class Level {
  mean = 0
  #variance = 0
  #seen = 0
  readonly #weight: number

  constructor(weight: number, state?: LevelState) {
    this.#weight = weight
    if (state !== undefined) [this.mean, this.#variance, this.#seen] = state
  }

  /** Standard deviation, never 0. */
  get spread(): number {
    return Math.sqrt(this.#variance) + RELATIVE * Math.abs(this.mean) + LEAST
  }

  /** Distance from the level in standard deviations, 0 for the first two values; then takes the value in. */
  push(value: number): number {
    const score = this.#seen < 2 ? 0 : Math.abs(value - this.mean) / this.spread
    this.#seen++
    const weight = Math.max(this.#weight, 1 / this.#seen)
    const off = value - this.mean
    this.mean += weight * off
    this.#variance = (1 - weight) * (this.#variance + weight * off * off)
    return score
  }

  state(): LevelState {
    return [this.mean, this.#variance, this.#seen]
  }
}

/** Values of a window. */
export const WINDOW = 512

/** The last 512 values in order of size: 4 KiB. */
export class MedianWindow {
  readonly #ring = new Float32Array(WINDOW)
  readonly #sorted = new Float32Array(WINDOW)
  #size = 0
  #next = 0

  /** `values` oldest first, at most 512. */
  constructor(values: readonly number[] = []) {
    for (const value of values) this.#take(Math.fround(value))
  }

  /** Distance from the median in quartile ranges, 0 for the first four values; then takes the value in. */
  push(given: number): number {
    const value = Math.fround(given)
    let score = 0
    if (this.#size > 4) {
      const median = this.#quantile(0.5)
      const middle = this.#quantile(0.75) - this.#quantile(0.25)
      const most = this.#quantile(0.95) - this.#quantile(0.05)
      score = Math.abs(value - median) / (middle + most / 10 + RELATIVE * Math.abs(median) + LEAST)
    }
    this.#take(value)
    return score
  }

  /** What the constructor takes. */
  state(): number[] {
    const from = this.#size < WINDOW ? 0 : this.#next
    return Array.from({ length: this.#size }, (_, i) => this.#ring[(from + i) % WINDOW] ?? 0)
  }

  #take(value: number): void {
    if (this.#size === WINDOW) {
      const gone = this.#find(this.#ring[this.#next] ?? 0)
      this.#sorted.copyWithin(gone, gone + 1, this.#size--)
    }
    const place = this.#find(value)
    this.#sorted.copyWithin(place + 1, place, this.#size++)
    this.#sorted[place] = value
    this.#ring[this.#next] = value
    this.#next = (this.#next + 1) % WINDOW
  }

  #quantile(share: number): number {
    return this.#sorted[Math.floor(share * (this.#size - 1))] ?? 0
  }

  /** First place whose value is not below. */
  #find(value: number): number {
    let [low, high] = [0, this.#size]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#sorted[middle] ?? 0) < value) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Half hours of a day. */
export const DAY_PARTS = 48
const PART_MS = 1_800_000
const DAY_WEIGHT = 0.02
/** Part of the whole spread that is added to that of a half hour. */
const WHOLE_SPREAD = 0.2

/** State of a daily profile: means, variances and values seen by half hour. */
export type DayState = {
  readonly means: readonly number[]
  readonly variances: readonly number[]
  readonly seen: readonly number[]
}

/** Level and spread of each half hour of the day (UTC): 1.2 KiB. */
export class DailyProfile {
  readonly #means = new Float64Array(DAY_PARTS)
  readonly #variances = new Float64Array(DAY_PARTS)
  readonly #seen = new Float64Array(DAY_PARTS)

  constructor(state?: DayState) {
    if (state === undefined) return
    this.#means.set(state.means)
    this.#variances.set(state.variances)
    this.#seen.set(state.seen)
  }

  /** Distance from the half hour's level in its spreads, 0 for its first three values; then takes the value in. */
  push(value: number, atMs: number, wholeSpread: number): number {
    const part = ((Math.floor(atMs / PART_MS) % DAY_PARTS) + DAY_PARTS) % DAY_PARTS
    const mean = this.#means[part] ?? 0
    const variance = this.#variances[part] ?? 0
    const seen = this.#seen[part] ?? 0
    const spread = Math.sqrt(variance) + WHOLE_SPREAD * wholeSpread + LEAST
    const off = value - mean
    const weight = Math.max(DAY_WEIGHT, 1 / (seen + 1))
    this.#seen[part] = seen + 1
    this.#means[part] = mean + weight * off
    this.#variances[part] = (1 - weight) * (variance + weight * off * off)
    return seen < 3 ? 0 : Math.abs(off) / spread
  }

  state(): DayState {
    return { means: [...this.#means], variances: [...this.#variances], seen: [...this.#seen] }
  }
}
