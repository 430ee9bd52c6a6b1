// Tabs of a page: links, so that each has an address of its own. The chosen one is scrolled into sight.
import { useEffect, useRef } from 'react'
import { Link } from '@tanstack/react-router'

/** One tab: the end of its address, and its label. */
export type Tab = readonly [name: string, label: string]

export function Tabs(props: {
  label: string
  base: string
  tabs: readonly Tab[]
  at: string
  /** Whether the page keeps its place when another is chosen. */
  inPlace?: boolean
}) {
  const { label, base, tabs, at, inPlace = false } = props
  const here = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    const show = () => here.current?.scrollIntoView({ block: 'nearest', inline: 'center' })
    show()
    // A phone that is turned.
    window.addEventListener('resize', show)
    return () => window.removeEventListener('resize', show)
  }, [at])
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map(([name, text]) => (
        <Link
          key={name}
          {...(name === at ? { ref: here } : {})}
          to={name === '' ? base : `${base}/${name}`}
          activeOptions={{ exact: true }}
          resetScroll={!inPlace}
        >
          {text}
        </Link>
      ))}
    </nav>
  )
}
