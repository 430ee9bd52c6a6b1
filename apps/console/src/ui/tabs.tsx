// Tabs of a page: links, so that each has an address of its own. The chosen one is scrolled into sight.
import { useEffect, useRef } from 'react'

/** One tab: the end of its address, and its label. */
export type Tab = readonly [name: string, label: string]

export function Tabs(props: { label: string; base: string; tabs: readonly Tab[]; at: string }) {
  const { label, base, tabs, at } = props
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
        <a
          key={name}
          {...(name === at ? { ref: here } : {})}
          href={name === '' ? base : `${base}/${name}`}
          aria-current={name === at ? 'page' : undefined}
        >
          {text}
        </a>
      ))}
    </nav>
  )
}
