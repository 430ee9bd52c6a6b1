// A series over time as a line with its spread; its newest and highest value are said in words.
import { useMemo, useState } from 'react'
import { formatTime } from '@wetee/sdk'
import { Plot } from './plot.tsx'
import { columnsOf, type Point } from './plot-data.ts'

/** Points oldest first; `format` writes a value with its unit. A gap longer than `gapSeconds` is left open. */
export function Chart(props: {
  title: string
  points: readonly Point[]
  format: (value: number) => string
  from: number
  to: number
  gapSeconds: number
}) {
  const { title, points, format, from, to, gapSeconds } = props
  const [row, setRow] = useState<number | undefined>()
  const data = useMemo(() => columnsOf(points, gapSeconds), [points, gapSeconds])
  const newest = points.at(-1)
  if (newest === undefined) return null
  const highest = points.reduce((most, { high }) => Math.max(most, high), 0)
  const [times, , means] = data
  const pointed = row === undefined ? undefined : (means[row] ?? undefined)
  return (
    <figure className="chart">
      <figcaption>
        <span>{title}</span>
        <span className="at" aria-live={pointed === undefined ? 'off' : 'polite'}>
          <strong>{format(pointed ?? newest.mean)}</strong>
          {row !== undefined && pointed !== undefined && (
            <span className="quiet">{formatTime(BigInt(times[row] ?? 0))}</span>
          )}
        </span>
      </figcaption>
      <Plot
        kind="line"
        label={`${title}: ${format(newest.mean)} now, highest ${format(highest)}`}
        onRow={setRow}
        {...{ data, from, to, high: highest }}
      />
      <span className="peak quiet">highest {format(highest)}</span>
    </figure>
  )
}
