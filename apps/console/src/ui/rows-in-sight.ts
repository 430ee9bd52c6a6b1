// Which rows of a long table are near the screen; the others are room of the same height. Reads the window's scroll.
import { useLayoutEffect, useRef, useState, type RefObject } from 'react'

/** Shorter tables are drawn whole. */
export const wholeUpTo = 100
/** Rows are drawn in groups: few enough for one frame, and slow scrolling draws nothing most of the time. */
const group = 4
/** Pixels above and below the screen in which rows are drawn as well. */
const margin = 600
const firstGuess = 56

/** Rows `first` to `last` (excluded) of `count`, when `scrolled` pixels of the table are above a screen of that height. */
export function rowsInSight(of: {
  readonly count: number
  readonly rowHeight: number
  readonly scrolled: number
  readonly screen: number
}): readonly [first: number, last: number] {
  const { count, rowHeight, scrolled, screen } = of
  if (count <= wholeUpTo) return [0, count]
  const groups = (pixels: number) => pixels / rowHeight / group
  const lastGroup = Math.floor((count - 1) / group)
  const first = Math.min(lastGroup, Math.max(0, Math.floor(groups(scrolled - margin)))) * group
  // As many each time, so that one group comes when another goes, in one drawing.
  const drawn = (Math.ceil(groups(screen + 2 * margin)) + 1) * group
  return [first, Math.min(count, first + drawn)]
}

/** The rows to draw, and the height of the room before and after them. `body` belongs on the table's body; rows carry `data-row`. */
export function useRowsInSight(count: number): {
  readonly body: RefObject<HTMLTableSectionElement | null>
  readonly first: number
  readonly last: number
  readonly before: number
  readonly after: number
} {
  const body = useRef<HTMLTableSectionElement>(null)
  const [rowHeight, setRowHeight] = useState(firstGuess)
  const [[first, last], setRange] = useState(() =>
    rowsInSight({ count, rowHeight: firstGuess, scrolled: 0, screen: window.innerHeight }),
  )
  useLayoutEffect(() => {
    let frame = 0
    const look = () => {
      frame = 0
      const element = body.current
      if (element === null) return
      const scrolled = -element.getBoundingClientRect().top
      const next = rowsInSight({ count, rowHeight, scrolled, screen: window.innerHeight })
      setRange((now) => (now[0] === next[0] && now[1] === next[1] ? now : next))
    }
    const later = () => {
      if (frame === 0) frame = requestAnimationFrame(look)
    }
    look()
    window.addEventListener('scroll', later, { passive: true })
    window.addEventListener('resize', later)
    return () => {
      cancelAnimationFrame(frame)
      window.removeEventListener('scroll', later)
      window.removeEventListener('resize', later)
    }
  }, [count, rowHeight])
  useLayoutEffect(() => {
    const measure = () => {
      if (body.current === null || count <= wholeUpTo) return
      keepColumns(body.current)
      const rows = [...body.current.querySelectorAll<HTMLElement>('[data-row]')]
      const drawn = rows.reduce((sum, row) => sum + row.getBoundingClientRect().height, 0)
      if (drawn > 0) setRowHeight(drawn / rows.length)
    }
    measure()
    window.addEventListener('resize', measure)
    return () => window.removeEventListener('resize', measure)
  }, [count])
  const end = Math.min(last, count)
  const start = Math.min(first, end)
  return {
    ...{ body, first: start, last: end },
    ...{ before: start * rowHeight, after: (count - end) * rowHeight },
  }
}

/** Columns keep the width that they have now: a row that comes moves none, and the browser lays out that row alone. */
function keepColumns(body: HTMLTableSectionElement): void {
  const table = body.closest('table')
  if (table === null) return
  table.classList.remove('kept-columns')
  // Lists of a phone have no columns.
  if (getComputedStyle(table).display !== 'table') return
  const widths = [...table.querySelectorAll('th')].map(
    (head) => `${head.getBoundingClientRect().width}px`,
  )
  table.style.setProperty('--columns', widths.join(' '))
  table.classList.add('kept-columns')
}
