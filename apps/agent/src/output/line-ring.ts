// The newest lines of one service, within a bound. Pure.

/** Which output a line came from. */
export type Stream = 'stdout' | 'stderr'

/** A line as it is kept. */
export type KeptLine = {
  /** Position among the lines of all services of the instance, from 1. */
  readonly position: number
  /** Number among the lines of its service, from 1 without gaps: a reader sees which are missing. */
  readonly number: number
  /** When the agent read it, milliseconds since 1970. */
  readonly atMs: number
  readonly service: string
  readonly stream: Stream
  readonly text: string
}

/** What a line costs besides its text, in the same unit. */
export const LINE_COST = 64

/** Drops the oldest lines where `maxCost` would be exceeded; a line costs its length in UTF-16 units and 64. */
export class LineRing {
  readonly #maxCost: number
  #lines: KeptLine[] = []
  /** Lines before this one have been dropped and only wait to be cut off. */
  #first = 0
  #cost = 0
  #last = 0

  constructor(maxCost: number) {
    this.#maxCost = maxCost
  }

  /** Lines that there have been. */
  get total(): number {
    return this.#last
  }

  /** Lines that have been dropped: those with the lowest numbers. */
  get dropped(): number {
    return this.#last - (this.#lines.length - this.#first)
  }

  /** Keeps a line under the next number, and returns it so. */
  push({ position, atMs, service, stream, text }: Omit<KeptLine, 'number'>): KeptLine {
    const line = { position, number: ++this.#last, atMs, service, stream, text }
    this.#lines.push(line)
    this.#cost += text.length + LINE_COST
    while (this.#cost > this.#maxCost && this.#first < this.#lines.length - 1) {
      this.#cost -= (this.#lines[this.#first]?.text.length ?? 0) + LINE_COST
      this.#first++
    }
    if (this.#first > 1_024 && this.#first * 2 > this.#lines.length) {
      this.#lines = this.#lines.slice(this.#first)
      this.#first = 0
    }
    return line
  }

  /** At most `limit` kept lines behind a position, oldest first. */
  after(position: number, limit: number): readonly KeptLine[] {
    let low = this.#first
    let high = this.#lines.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#lines[middle]?.position ?? 0) > position) high = middle
      else low = middle + 1
    }
    return this.#lines.slice(low, low + limit)
  }

  /** The newest `count` kept lines, oldest first. */
  newest(count: number): readonly KeptLine[] {
    return this.#lines.slice(Math.max(this.#first, this.#lines.length - count))
  }
}
