// The state of an application in one word.
import type { AppRow } from '@wetee/sdk'
import { Badge } from '../../ui/parts.tsx'

type Shown = Pick<
  AppRow,
  'state' | 'pendingVersion' | 'currentVersion' | 'lastsSeconds' | 'replicas'
> & {
  /** Where it is known: how many replicas hold a live lease. */
  readonly liveReplicas?: number
}

const dayAndAHalf = 129_600

/** Its state, and what its owner has to know first. */
export function StateBadge({ app }: { app: Shown }) {
  if (app.state === 'ended') return <Badge>ended</Badge>
  if (app.state === 'paused') return <Badge tone="warn">paused</Badge>
  if (app.currentVersion === 0) return <Badge tone="warn">starting</Badge>
  if (app.liveReplicas !== undefined && app.liveReplicas < app.replicas)
    return <Badge tone="warn">active, not attested</Badge>
  if (fundsEndSoon(app)) return <Badge tone="bad">active, funds end soon</Badge>
  if (app.pendingVersion !== 0) return <Badge tone="warn">active, updating</Badge>
  return <Badge tone="good">active</Badge>
}

/** Its owner has a day and a half, or less, to recharge it. */
export function fundsEndSoon({ lastsSeconds }: Pick<AppRow, 'lastsSeconds'>): boolean {
  return lastsSeconds !== undefined && lastsSeconds < dayAndAHalf
}
