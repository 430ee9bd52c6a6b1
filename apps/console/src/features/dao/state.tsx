// Where a proposal stands, as a badge.
import type { ProposalState } from '@wetee/sdk'
import { Badge } from '../../ui/parts.tsx'

const looks = {
  pending: [undefined, 'not open yet'],
  active: ['warn', 'voting'],
  canceled: ['bad', 'cancelled'],
  defeated: ['bad', 'defeated'],
  succeeded: ['good', 'won'],
  queued: ['warn', 'queued'],
  expired: ['bad', 'expired'],
  executed: ['good', 'executed'],
} as const

export function ProposalBadge({ state }: { state: ProposalState }) {
  const [tone, text] = looks[state]
  return <Badge {...(tone === undefined ? {} : { tone })}>{text}</Badge>
}
