// How far the last values, taken together, are from any such stretch of the last 600 (nearest neighbours of lag vectors). Pure.

/** Values of one stretch. */
const LAGS = 12
const STRETCHES = 600
const NEAREST = 27
/** Values kept. */
export const KEPT = STRETCHES + 2 * LAGS

/** 5 KiB; about ten times the time of the other scores. */
export class Neighbours {
  /** Oldest first while it fills, then a ring written twice, so that every stretch lies in one piece. */
  readonly #values = new Float64Array(2 * KEPT)
  readonly #best = new Float64Array(NEAREST)
  #size = 0
  #next = 0

  /** `values` oldest first. */
  constructor(values: readonly number[] = []) {
    for (const value of values) this.#take(value)
  }

  /** Takes the value in; mean distance of the last 12 values to the 27 nearest stretches before them, 0 until there are enough. */
  push(value: number): number {
    this.#take(value)
    if (this.#size < 2 * LAGS + NEAREST) return 0
    // The newest value is at `end - 1`, and `size` values end there.
    const end = this.#next + KEPT
    const first = end - this.#size
    this.#best.fill(Infinity)
    for (let other = first + LAGS - 1; other < end - LAGS; other++) this.#compare(end - 1, other)
    let sum = 0
    for (let i = 0; i < NEAREST; i++) sum += Math.sqrt(this.#best[i] ?? 0)
    return Number.isFinite(sum) ? sum / NEAREST : 0
  }

  /** What the constructor takes. */
  state(): number[] {
    const end = this.#next + KEPT
    return [...this.#values.subarray(end - this.#size, end)]
  }

  #take(value: number): void {
    this.#values[this.#next] = value
    this.#values[this.#next + KEPT] = value
    this.#next = (this.#next + 1) % KEPT
    this.#size = Math.min(this.#size + 1, KEPT)
  }

  /** Distance of two stretches by the index of their last value; given up as soon as it is too large to matter. */
  #compare(newest: number, other: number): void {
    const values = this.#values
    const best = this.#best
    const worst = best[NEAREST - 1] ?? 0
    let sum = 0
    for (let lag = 0; lag < LAGS; lag++) {
      const off = (values[newest - lag] ?? 0) - (values[other - lag] ?? 0)
      sum += off * off
      if (sum > worst) return
    }
    let place = NEAREST - 1
    for (; place > 0 && (best[place - 1] ?? 0) > sum; place--) best[place] = best[place - 1] ?? 0
    best[place] = sum
  }
}
