// How workers and nodes are, as badges, and how long their machines are proven.
import type { NodeStatus, WorkerRecord } from '@wetee/sdk'
import { Badge, Time } from '../../ui/parts.tsx'

const workerTone = { active: 'good', draining: 'warn', shutdown: 'bad' } as const
const nodeTone = { active: 'good', leaving: 'warn', slashed: 'bad' } as const

export function WorkerBadge({ worker }: { worker: Pick<WorkerRecord, 'status' | 'open'> }) {
  return (
    <Badge tone={workerTone[worker.status]}>
      {worker.status === 'active' && !worker.open ? 'takes no new ones' : worker.status}
    </Badge>
  )
}

export function NodeBadge({ status }: { status: NodeStatus }) {
  return <Badge tone={nodeTone[status]}>{status}</Badge>
}

export function Proven({ until }: { until: bigint }) {
  return until === 0n ? (
    <Badge tone="bad">none</Badge>
  ) : (
    <span>
      ends <Time seconds={until} />
    </span>
  )
}
