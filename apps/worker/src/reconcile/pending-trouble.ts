// Why a pending version does not take over, and what is said when its time was over before it did. Pure.
import type { Condition } from '@wetee/daemon'
import { AGENT_CONTAINER } from '../instance/identity.ts'
import type { AppFacts } from './facts.ts'
import type { ObservedApp, ObservedInstance } from './model.ts'

/** A pending version as it was seen last. */
export type PendingNote = {
  readonly version: number
  /** Block time until which it may become ready, seconds. */
  readonly deadline: bigint
  readonly trouble: string
}

const MAX_TEXT = 500

/** What is to be remembered of the pending version that runs here; `undefined` without one. */
export function notePending(
  { desired, pendingDeadline: deadline }: AppFacts,
  { instances }: ObservedApp,
  failures: readonly Condition[],
): PendingNote | undefined {
  const pending = desired.versions.find(({ role }) => role === 'pending')
  if (pending === undefined) return undefined
  const { version, replicas } = pending
  const troubles: string[] = []
  for (let replica = 0; replica < replicas; replica++) {
    const found = instances.find((i) => i.version === version && i.replica === replica)
    const trouble = found === undefined ? 'it was not launched' : troubleOf(found)
    if (trouble !== undefined) troubles.push(`replica ${replica}: ${trouble}`)
  }
  if (troubles.length > 0) troubles.push(...failures.map(({ text }) => text))
  else if (!desired.pendingAttested) troubles.push('its leases were not on chain')
  const trouble = troubles.join('; ').slice(0, MAX_TEXT)
  return { version, deadline, trouble: trouble || 'it was ready, and not activated in time' }
}

/** What is said of a version that was pending and is neither pending nor current any more. */
export function droppedCondition(
  { version, deadline, trouble }: PendingNote,
  { head, desired }: AppFacts,
): Condition | undefined {
  const current = desired.versions.find(({ role }) => role === 'current')?.version
  // Before its deadline only its owner and the guardian can drop it: they know.
  if (desired.state !== 'active' || current === undefined || current >= version) return undefined
  if (head.timestamp <= deadline) return undefined
  return {
    code: 'update.dropped',
    severity: 'error',
    text: `version ${version} did not become ready in its time and was dropped; version ${current} goes on. Seen last: ${trouble}`,
    remedy: 'correct what is named, then update again; this is said until the next update',
  }
}

function troubleOf(instance: ObservedInstance): string | undefined {
  const { containers, agent, agentCode, attached, health, answering, readySinceMs } = instance
  if (readySinceMs !== undefined) return undefined
  if (agent === undefined || !attached) return 'its agent does not answer'
  if (agent !== 'attested')
    return `its agent is ${agent}${agentCode === undefined ? '' : ` (${agentCode})`}`
  for (const [name, state] of containers)
    if (name !== AGENT_CONTAINER && state.state === 'exited' && state.exitCode !== 0)
      return `${name} ended with exit code ${state.exitCode}`
  for (const [name, { state, reason }] of health)
    if (state !== 'healthy')
      return `${name} is ${state}${reason === undefined ? '' : `: its healthcheck: ${reason}`}`
  return answering ? undefined : 'its published ports do not answer'
}
