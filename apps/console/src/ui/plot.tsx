// A series over time on a canvas, drawn by uPlot. A canvas says nothing to who cannot see it: `label` does, and what is around it.
import { useLayoutEffect, useRef, type KeyboardEvent, type PointerEvent } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { nextRow, rowsAlone, timeOfAxis } from './plot-data.ts'
import { onThemeChange } from './theme.ts'

const height = 140
const away = { left: -10, top: -10 }

type Kind = 'line' | 'bars'

/**
 * A line: columns of times (seconds), lowest, means and highest. Bars: times of their middles, and values. Spans `from` to `to`, and 0 to
 * `high`. `onRow` is told the row under pointer or arrow keys; it is kept from the first drawing.
 */
export function Plot(props: {
  kind: Kind
  label: string
  data: uPlot.AlignedData
  from: number
  to: number
  high: number
  onRow: (row: number | undefined) => void
}) {
  const { kind, label, data, from, to, high, onRow } = props
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(null)
  useLayoutEffect(() => {
    const element = place.current
    if (element === null) return
    const drawn = new uPlot(optionsOf(element, kind, onRow), undefined, element)
    plot.current = drawn
    const sized = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height }))
    sized.observe(element)
    const forget = onThemeChange(() => drawn.redraw(false))
    return () => {
      forget()
      sized.disconnect()
      drawn.destroy()
    }
  }, [kind, onRow])
  useLayoutEffect(() => {
    const drawn = plot.current
    drawn?.batch(() => {
      drawn.setData(data, false)
      drawn.setScale('x', { min: from, max: to })
      drawn.setScale('y', { min: 0, max: high > 0 ? high : 1 })
    })
  }, [kind, onRow, data, from, to, high])
  const step = (event: KeyboardEvent) => {
    const drawn = plot.current
    const by = ({ ArrowLeft: -1, ArrowRight: 1 } as const)[event.key]
    if (drawn === null || by === undefined) return
    event.preventDefault()
    const at = drawn.data[0][nextRow(drawn.data[1] ?? [], rowOf(drawn), by)]
    if (at !== undefined) drawn.setCursor({ left: drawn.valToPos(at, 'x'), top: 0 })
  }
  // A finger that moves is no mouse, which uPlot listens to.
  const follow = ({ pointerType, clientX }: PointerEvent) => {
    const drawn = plot.current
    if (drawn !== null && pointerType !== 'mouse')
      drawn.setCursor({ left: clientX - drawn.rect.left, top: 0 })
  }
  return (
    <div
      ref={place}
      className="plot"
      role="img"
      aria-label={label}
      tabIndex={0}
      onKeyDown={step}
      onBlur={() => plot.current?.setCursor(away)}
      onPointerMove={follow}
    />
  )
}

const rowOf = ({ cursor }: uPlot) =>
  cursor.idx == null ? undefined : (cursor.idxs?.[1] ?? undefined)

/** Its colours are those of its style sheet, as they are when it is drawn. */
function optionsOf(
  element: HTMLElement,
  kind: Kind,
  onRow: (row: number | undefined) => void,
): uPlot.Options {
  const style = getComputedStyle(element)
  const edge = () => style.borderTopColor
  const spread = { points: { show: false } }
  return {
    ...{ width: element.clientWidth, height, padding: [8, 16, 0, 16] },
    ...{ legend: { show: false }, select: { show: false, left: 0, top: 0, width: 0, height: 0 } },
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
    scales: { x: { auto: false }, y: { auto: false } },
    axes: [
      {
        ...{ size: 22, gap: 3, space: 56, font: `11px ${style.fontFamily}` },
        stroke: () => style.color,
        values: (_, times, _axis, _space, step) => times.map((time) => timeOfAxis(time, step)),
        grid: { show: false },
        ticks: { size: 4, width: 1, stroke: edge },
        border: { show: true, width: 1, stroke: edge },
      },
      { show: false },
    ],
    series:
      kind === 'line'
        ? [{}, spread, line(() => style.stroke), spread]
        : [{}, bars(() => style.stroke)],
    bands: kind === 'line' ? [{ series: [3, 1], fill: () => style.fill }] : [],
    cursor: {
      ...{ y: false, drag: { x: false, y: false }, hover: { skip: [null] } },
      // The middle of the spread, or the top of a bar.
      points: { size: (_, series) => (series === (kind === 'line' ? 2 : 1) ? 7 : 0) },
      // Nothing is enlarged, so that nothing has to be put back.
      bind: { dblclick: () => null },
    },
    hooks: { setCursor: [(drawn) => onRow(rowOf(drawn))] },
  }
}

function line(stroke: () => string): uPlot.Series {
  return {
    ...{ width: 2, stroke },
    points: {
      ...{ show: false, size: 4, fill: stroke },
      filter: (drawn, series) => rowsAlone(drawn.data[series] ?? []),
    },
  }
}

function bars(fill: () => string): uPlot.Series {
  const paths = uPlot.paths.bars?.({ size: [0.76] })
  return {
    ...{ width: 0, stroke: fill, fill, points: { show: false } },
    ...(paths === undefined ? {} : { paths }),
  }
}
