// A series in one line of text. Pure.

const BARS = '▁▂▃▄▅▆▇█'

/** A bar for each value, from the lowest to the highest of them; a gap for a value that is missing. At most `width` bars. */
export function sparkline(values: readonly (number | undefined)[], width: number): string {
  const bars = squeeze(values, width)
  const known = bars.flatMap((value) => (value === undefined ? [] : [value]))
  const low = known.reduce((least, value) => Math.min(least, value), Infinity)
  const high = known.reduce((most, value) => Math.max(most, value), -Infinity)
  return bars
    .map((value) => {
      if (value === undefined) return ' '
      const place = high > low ? (value - low) / (high - low) : 0
      return BARS[Math.min(BARS.length - 1, Math.floor(place * BARS.length))] ?? ' '
    })
    .join('')
}

/** Means of equal parts, where there are more values than bars. */
function squeeze(values: readonly (number | undefined)[], width: number): (number | undefined)[] {
  if (values.length <= width) return [...values]
  return Array.from({ length: width }, (_, bar) => {
    const from = Math.floor((bar * values.length) / width)
    const to = Math.floor(((bar + 1) * values.length) / width)
    const part = values.slice(from, to).flatMap((value) => (value === undefined ? [] : [value]))
    return part.length === 0 ? undefined : part.reduce((sum, one) => sum + one, 0) / part.length
  })
}
