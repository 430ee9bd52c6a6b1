// Small pieces that every page is made of: amounts, times, addresses, states, cards, lists, what is empty or broken.
import { useEffect, useId, useState, useSyncExternalStore, type ReactNode } from 'react'
import { formatAmount, formatTime, nativeAsset, type Asset } from '@wetee/sdk'
import { relativeTime, shortAmount, shortHex } from './format.ts'

/** The frame of a page: its heading, what can be done, and the rest below. */
export function Page(props: {
  title: string
  heading?: ReactNode
  sub?: ReactNode
  actions?: ReactNode
  children: ReactNode
}) {
  useEffect(() => {
    document.title = `${props.title} · WeTEE`
  }, [props.title])
  return (
    <>
      <div className="page-head">
        <div className="lead">
          <div className="title">{props.heading ?? <h1>{props.title}</h1>}</div>
          {props.sub !== undefined && <p className="sub">{props.sub}</p>}
        </div>
        {props.actions !== undefined && <div className="buttons">{props.actions}</div>}
      </div>
      {props.children}
    </>
  )
}

/** A titled box. */
export function Card(props: {
  title: string
  note?: ReactNode
  end?: ReactNode
  children: ReactNode
}) {
  const id = useId()
  return (
    <section className="card" aria-labelledby={id}>
      <header>
        <h2 id={id}>{props.title}</h2>
        {props.note !== undefined && <span className="note">{props.note}</span>}
        {props.end !== undefined && <span className="end">{props.end}</span>}
      </header>
      {props.children}
    </section>
  )
}

/** An amount, exact on hover. */
export function Amount({ wei, asset = nativeAsset }: { wei: bigint; asset?: Asset }) {
  return <span title={formatAmount(wei, asset)}>{shortAmount(wei, asset)}</span>
}

const ticking = new Set<() => void>()
let nowSeconds = Math.floor(Date.now() / 1000)
setInterval(() => {
  nowSeconds = Math.floor(Date.now() / 1000)
  for (const tick of ticking) tick()
}, 1_000)

function onTick(tick: () => void): () => void {
  ticking.add(tick)
  return () => ticking.delete(tick)
}

/** A time in relation to now, exact on hover; drawn anew when its words change. */
export function Time({ seconds }: { seconds: bigint }) {
  const said = useSyncExternalStore(onTick, () => relativeTime(Number(seconds), nowSeconds))
  const exact = formatTime(seconds)
  return (
    <time dateTime={exact} title={exact}>
      {said}
    </time>
  )
}

/** Copies a text; says so for a moment. */
export function Copy({ text, what }: { text: string; what: string }) {
  const [done, setDone] = useState(false)
  const copy = () => {
    void navigator.clipboard.writeText(text).then(() => {
      setDone(true)
      setTimeout(() => setDone(false), 1_500)
    })
  }
  return (
    <button type="button" className="copy" onClick={copy} aria-label={`Copy ${what}`}>
      {done ? 'copied' : 'copy'}
    </button>
  )
}

/** A long hex text in short, whole on hover, to be copied. */
export function Hash({ hex, what, whole = false }: { hex: string; what: string; whole?: boolean }) {
  return (
    <span>
      <code title={hex}>{whole ? hex : shortHex(hex)}</code>
      <Copy text={hex} what={what} />
    </span>
  )
}

/** How something is. */
export function Badge({ tone, children }: { tone?: 'good' | 'warn' | 'bad'; children: ReactNode }) {
  return <span className={`badge ${tone ?? ''}`}>{children}</span>
}

/** Labels and values. */
export function Facts({ rows }: { rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="facts">
      {rows.map(([label, value]) => (
        <div key={label} style={{ display: 'contents' }}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** What is shown while something is read. */
export function Loading({ lines = 4, what }: { lines?: number; what: string }) {
  return (
    <div className="bones" role="status" aria-label={`Reading ${what}`}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} className="bone" style={{ width: `${92 - ((line * 17) % 45)}%` }} />
      ))}
    </div>
  )
}

/** What is shown where there is nothing. */
export function Empty({ children }: { children: ReactNode }) {
  return <div className="empty">{children}</div>
}

/** What went wrong, its stable code, and a way on. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
  return (
    <div className="notice bad" role="alert">
      <span>{message}</span>
      <span className="buttons">
        {code !== undefined && <code>{code}</code>}
        {retry !== undefined && (
          <button type="button" className="button small" onClick={retry}>
            Try again
          </button>
        )}
      </span>
    </div>
  )
}
