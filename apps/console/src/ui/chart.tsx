// A series over time as a line with its spread, drawn as SVG; its newest and highest value are said in words.
import { useMemo, useState } from 'react'
import { formatTime } from '@wetee/sdk'
import { chartPath, spreadPath, ticksOf, type Point, type Range } from './chart-shape.ts'

const width = 640
const height = 132
const inset = { left: 4, right: 4, top: 8, bottom: 18 }

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
  const [at, setAt] = useState<number | undefined>()
  const range = useMemo((): Range => rangeOf(points, from, to), [points, from, to])
  const newest = points.at(-1)
  const shown = at === undefined ? newest : points[at]
  const nearest = (clientX: number, box: DOMRect) => {
    const wanted = from + ((clientX - box.left) / box.width) * (to - from)
    let best = 0
    points.forEach(({ at: time }, index) => {
      if (Math.abs(time - wanted) < Math.abs((points[best]?.at ?? 0) - wanted)) best = index
    })
    setAt(best)
  }
  if (newest === undefined) return null
  const box = { width, height, inset }
  return (
    <figure className="chart">
      <figcaption>
        <span>{title}</span>
        <strong>{shown === undefined ? '' : format(shown.mean)}</strong>
        {at !== undefined && shown !== undefined && (
          <span className="quiet">{formatTime(BigInt(shown.at))}</span>
        )}
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title}: ${format(newest.mean)} now, highest ${format(range.high)}`}
        onPointerMove={(event) =>
          nearest(event.clientX, event.currentTarget.getBoundingClientRect())
        }
        onPointerLeave={() => setAt(undefined)}
      >
        <path className="spread" d={spreadPath(points, range, box, gapSeconds)} />
        <path className="line" d={chartPath(points, range, box, gapSeconds)} />
      </svg>
      <div className="axis quiet" aria-hidden="true">
        {ticksOf(from, to).map((text) => (
          <span key={text}>{text}</span>
        ))}
      </div>
      <span className="peak quiet">highest {format(range.high)}</span>
    </figure>
  )
}

function rangeOf(points: readonly Point[], from: number, to: number): Range {
  const high = points.reduce((most, { high: one }) => Math.max(most, one), 0)
  return { from, to, low: 0, high }
}
