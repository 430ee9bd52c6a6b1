// What this browser has sent and what has become of it, in a corner of every view; over reloads.
import { useState } from 'react'
import { useQuery } from '@tanstack/react-query'
import { useNetwork } from '../../network/network.tsx'
import { importAgain } from '../../ui/lazy-view.ts'
import { Badge, Hash } from '../../ui/parts.tsx'
import { forgetSent, useSent, type Sent } from './journal.ts'

/** What was sent so long ago does not push itself forward. */
const openForMs = 120_000

export function Activity() {
  const network = useNetwork()
  const sent = useSent(network)
  const [chosen, choose] = useState<boolean | undefined>()
  if (sent.length === 0) return null
  const open = chosen ?? sent.some(({ sentAtMs }) => Date.now() - sentAtMs < openForMs)
  return (
    <section className="card activity" aria-label="Your transactions">
      <header>
        <h2>Your transactions</h2>
        <span className="note">{sent.length}</span>
        <button
          type="button"
          className="button small end"
          aria-expanded={open}
          onClick={() => choose(!open)}
        >
          {open ? 'Hide' : 'Show'}
        </button>
      </header>
      {open && (
        <ul>
          {sent.slice(0, 5).map((one) => (
            <Line key={one.hash} sent={one} />
          ))}
        </ul>
      )}
    </section>
  )
}

const words = {
  pending: ['warn', 'waiting for a block'],
  mined: ['warn', 'in a block, not final yet'],
  final: ['good', 'final'],
  failed: ['bad', 'refused when executed'],
  lost: ['bad', 'unknown to the chain'],
} as const

function Line({ sent }: { sent: Sent }) {
  const network = useNetwork()
  const outcome = useQuery({
    queryKey: ['outcome', sent.hash],
    queryFn: async () => {
      const { readOutcome } = await importAgain(() => import('./outcome.ts'))
      return readOutcome(network, sent, Date.now())
    },
    refetchInterval: ({ state }) =>
      state.data?.state === 'final' || state.data?.state === 'failed' ? false : 1_000,
  })
  const [tone, text] = words[outcome.data?.state ?? 'pending']
  const appId = outcome.data?.appId
  return (
    <li>
      <span className="line">
        <span>{sent.title}</span>
        <Badge tone={tone}>{text}</Badge>
      </span>
      <span className="line quiet">
        <Hash hex={sent.hash} what="the transaction's hash" />
        <span className="buttons">
          {appId !== undefined && <a href={`#/app/${appId}`}>Application {String(appId)}</a>}
          <button
            type="button"
            className="copy"
            aria-label={`Forget: ${sent.title}`}
            onClick={() => forgetSent(network, sent.hash)}
          >
            ✕
          </button>
        </span>
      </span>
      {outcome.data?.state === 'failed' && (
        <span className="quiet">
          The state had changed since it was checked. Look, and try again.
        </span>
      )}
    </li>
  )
}
