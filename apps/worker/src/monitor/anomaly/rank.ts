// How rare a score is among all scores of its own history (conformal rank), kept as a histogram that forgets. Pure.

/** Bins per doubling of the score, from 2^-12 to 2^12. */
const PER_DOUBLING = 4
const LOWEST = -12
/** Bins of one rank. */
export const RANK_BINS = 24 * PER_DOUBLING
/** After 10,000 more scores an old one counts half; weights shrink once in so many scores. */
const AGE_EVERY = 256
const AGE_FACTOR = Math.pow(0.5, AGE_EVERY / 10_000)

/** State of a rank, JSON. */
export type RankState = {
  readonly bins: readonly number[]
  readonly total: number
  readonly pushed: number
}

/** 400 bytes, whatever the number of scores. */
export class Rank {
  readonly #bins = new Float32Array(RANK_BINS)
  #total = 0
  #pushed = 0

  constructor(state?: RankState) {
    if (state === undefined) return
    this.#bins.set(state.bins)
    this.#total = state.total
    this.#pushed = state.pushed
  }

  /**
   * Share of earlier scores that were at least this high, the score itself counted: in (0, 1], small where it is rare.
   * `score` is 0 or more.
   */
  push(score: number): number {
    const place = (Math.log2(score) - LOWEST) * PER_DOUBLING
    const position = place > 0 ? Math.min(place, RANK_BINS - 1e-9) : 0
    const bin = Math.floor(position)
    let above = (this.#bins[bin] ?? 0) * (1 - (position - bin))
    for (let i = bin + 1; i < RANK_BINS; i++) above += this.#bins[i] ?? 0
    const share = Math.min(1, (above + 1) / (this.#total + 1))
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1
    this.#total++
    if (++this.#pushed % AGE_EVERY === 0) this.#age()
    return share
  }

  /** What the constructor takes. */
  state(): RankState {
    return { bins: [...this.#bins], total: this.#total, pushed: this.#pushed }
  }

  #age(): void {
    for (let i = 0; i < RANK_BINS; i++) this.#bins[i] = (this.#bins[i] ?? 0) * AGE_FACTOR
    this.#total = this.#bins.reduce((sum, one) => sum + one, 0)
  }
}
