// Which rows of a long table are near the screen; the others are room of the same height. Reads the window's scroll.
import { useLayoutEffect, useRef, useState, type RefObject } from 'react'

/** Shorter tables are drawn whole. */
export const wholeUpTo = 100
/** Rows are drawn in groups, so that most scrolling draws nothing. */
const group = 10
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
  const at = (pixels: number) => pixels / rowHeight / group
  const lastGroup = Math.floor((count - 1) / group)
  const first = Math.min(lastGroup, Math.max(0, Math.floor(at(scrolled - margin)))) * group
  const end = Math.ceil(at(scrolled + screen + margin)) * group
  return [first, Math.min(count, Math.max(first + group, end))]
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
      const rows = element.querySelectorAll<HTMLElement>('[data-row]')
      const drawn = [...rows].reduce((sum, row) => sum + row.offsetHeight, 0)
      const height = rows.length === 0 ? rowHeight : drawn / rows.length
      if (Math.abs(height - rowHeight) > 1) setRowHeight(height)
      const scrolled = -element.getBoundingClientRect().top
      const next = rowsInSight({ count, rowHeight: height, scrolled, screen: window.innerHeight })
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
  const end = Math.min(last, count)
  const start = Math.min(first, end)
  return {
    ...{ body, first: start, last: end },
    ...{ before: start * rowHeight, after: (count - end) * rowHeight },
  }
}
