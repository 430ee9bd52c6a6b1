// Where the line of a chart runs. Pure.

/** A value over a step of time: seconds since 1970, and what lay between lowest and highest. */
export type Point = {
  readonly at: number
  readonly low: number
  readonly mean: number
  readonly high: number
}

/** What a chart spans; seconds and values. */
export type Range = {
  readonly from: number
  readonly to: number
  readonly low: number
  readonly high: number
}

/** The picture, and what is kept free at its edges. */
export type Box = {
  readonly width: number
  readonly height: number
  readonly inset: {
    readonly left: number
    readonly right: number
    readonly top: number
    readonly bottom: number
  }
}

/** The line of the means; a gap is left open. */
export function chartPath(
  points: readonly Point[],
  range: Range,
  box: Box,
  gapSeconds: number,
): string {
  const place = placer(range, box)
  return pieces(points, gapSeconds)
    .map((piece) => polyline(piece.map(({ at, mean }) => place(at, mean))))
    .join('')
}

/** The area between lowest and highest. */
export function spreadPath(
  points: readonly Point[],
  range: Range,
  box: Box,
  gapSeconds: number,
): string {
  const place = placer(range, box)
  return pieces(points, gapSeconds)
    .map((piece) => {
      const up = piece.map(({ at, high }) => place(at, high))
      const down = piece.toReversed().map(({ at, low }) => place(at, low))
      return `${polyline([...up, ...down])}Z`
    })
    .join('')
}

/** Three times of the axis: begin, middle, end; a day's with their date. */
export function ticksOf(from: number, to: number): readonly string[] {
  const isLong = to - from > 86_400
  return [from, (from + to) / 2, to].map((seconds) => {
    const text = new Date(seconds * 1_000).toISOString()
    return isLong ? `${text.slice(5, 10)} ${text.slice(11, 16)}` : text.slice(11, 16)
  })
}

function pieces(points: readonly Point[], gapSeconds: number): Point[][] {
  const found: Point[][] = []
  let before: Point | undefined
  for (const point of points) {
    if (before === undefined || point.at - before.at > gapSeconds) found.push([])
    found.at(-1)?.push(point)
    before = point
  }
  return found
}

function placer({ from, to, low, high }: Range, { width, height, inset }: Box) {
  const across = (width - inset.left - inset.right) / Math.max(1, to - from)
  const up = (height - inset.top - inset.bottom) / (high > low ? high - low : 1)
  return (at: number, value: number): string =>
    `${round(inset.left + (at - from) * across)},${round(height - inset.bottom - (value - low) * up)}`
}

const polyline = (places: readonly string[]) =>
  places.length === 1 ? `M${places[0]}h0.1` : `M${places.join('L')}`

const round = (value: number) => Math.round(value * 10) / 10
