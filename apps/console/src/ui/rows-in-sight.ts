// Which rows of a long table are near the screen, by TanStack Virtual; the others are room of the same height. Reads the window's scroll.
import { useLayoutEffect, useRef, useState, type RefObject } from 'react'
import { defaultRangeExtractor, useWindowVirtualizer, type Range } from '@tanstack/react-virtual'

/** Shorter tables are drawn whole. */
export const wholeUpTo = 100
/** Rows are drawn in groups: few enough for one frame, and slow scrolling draws nothing most of the time. */
const group = 4
/** Rows above and below the screen that are drawn as well. */
const overscan = 8
const firstGuess = 56

/** The rows to draw, and the height of the room before and after them. `body` belongs on the table's body; rows carry `data-row`. */
export function useRowsInSight(count: number): {
  readonly body: RefObject<HTMLTableSectionElement | null>
  readonly first: number
  readonly last: number
  readonly before: number
  readonly after: number
} {
  const body = useRef<HTMLTableSectionElement>(null)
  const isLong = count > wholeUpTo
  const [{ top, rowHeight }, setPlace] = useState({ top: 0, rowHeight: firstGuess })
  const rows = useWindowVirtualizer({
    ...{ count, overscan, enabled: isLong, scrollMargin: top },
    // Rows are equally high: none is measured as it comes.
    estimateSize: () => rowHeight,
    rangeExtractor: inGroups,
    initialRect: { width: window.innerWidth, height: window.innerHeight },
    // React draws what comes when it has time for it, which is before it is on the screen.
    useFlushSync: false,
    // Where the window is scrolled to is its reader's; else it is set as the table comes, and laid out for that.
    scrollToFn: () => undefined,
  })
  useLayoutEffect(() => rows.measure(), [rows, rowHeight])
  useLayoutEffect(() => {
    const element = body.current
    if (element === null || !isLong) return
    const measure = () => {
      const table = element.closest('table')
      table?.classList.remove('kept-columns')
      // All is read before anything is set: what is set is laid out once, with the frame.
      const drawn = [...element.querySelectorAll<HTMLElement>('[data-row]')]
      const height = drawn.reduce((sum, row) => sum + row.getBoundingClientRect().height, 0)
      const start = element.getBoundingClientRect().top + window.scrollY
      if (table !== null) keepColumns(table)
      if (height > 0) setPlace({ top: start, rowHeight: height / drawn.length })
    }
    measure()
    window.addEventListener('resize', measure)
    return () => window.removeEventListener('resize', measure)
  }, [isLong, count])
  const drawn = isLong ? rows.getVirtualIndexes() : []
  const first = drawn[0] ?? 0
  const last = isLong ? (drawn.at(-1) ?? -1) + 1 : count
  return {
    ...{ body, first, last },
    ...{ before: first * rowHeight, after: (count - last) * rowHeight },
  }
}

/** What is in sight and around it, from the begin of a group to the end of one. */
function inGroups(range: Range): number[] {
  const around = defaultRangeExtractor(range)
  const first = Math.floor((around[0] ?? 0) / group) * group
  const end = Math.min(range.count, Math.ceil(((around.at(-1) ?? -1) + 1) / group) * group)
  return Array.from({ length: end - first }, (_, index) => first + index)
}

/** Columns keep the width that they have now: a row that comes moves none, and the browser lays out that row alone. */
function keepColumns(table: HTMLTableElement): void {
  // Lists of a phone have no columns.
  if (getComputedStyle(table).display !== 'table') return
  const widths = [...table.querySelectorAll('th')].map(
    (head) => `${head.getBoundingClientRect().width}px`,
  )
  table.style.setProperty('--columns', widths.join(' '))
  table.classList.add('kept-columns')
}
