// How a pending version takes over before it is current: who makes room for whom, and who takes traffic early. Pure.
import { AGENT_CONTAINER } from '../instance/identity.ts'
import type { DesiredApp, DesiredVersion, ObservedApp, ObservedInstance } from './model.ts'

/** What an update asks of the instances of both versions, by pod id. */
export type Handover = {
  /** Of the current version: their services stop, so that the same replica of the pending one may start. */
  readonly yielding: ReadonlySet<string>
  /** Of the current version: they start nothing until the same replica of the pending one has stopped. */
  readonly held: ReadonlySet<string>
  /** Of the pending version: their services wait until the same replica of the current one has stopped. */
  readonly waiting: ReadonlySet<string>
  /** Of the pending version: they take traffic beside the current one as its peers. */
  readonly peers: ReadonlySet<string>
  /** Of the pending version: they take this share of new connections. */
  readonly canary: { readonly podIds: ReadonlySet<string>; readonly percent: number } | undefined
}

type Ready = (instance: ObservedInstance) => boolean

const NOBODY: ReadonlySet<string> = new Set()

/**
 * `stop-first`: once every replica of the pending version holds a lease, replica after replica of the current one stops its
 * services; the next yields when the one before is ready in the new version. A replica that has yielded goes on yielding as
 * long as the pending version holds its leases. `start-first` with a canary: all of it is ready.
 */
export function handover(desired: DesiredApp, observed: ObservedApp, isReady: Ready): Handover {
  const pending = desired.versions.find(({ role }) => role === 'pending')
  const current = desired.versions.find(({ role }) => role === 'current')
  const none = { yielding: NOBODY, held: NOBODY, waiting: NOBODY, peers: NOBODY, canary: undefined }
  if (pending === undefined || current === undefined) return none
  const isOn = desired.pendingAttested && !desired.pendingExpired
  const { update } = pending
  if (update?.strategy === 'stop-first') return stopFirst(pending, current, observed, isReady, isOn)
  const ready = instancesOf(observed, pending).filter(isReady)
  if (!isOn || update?.canaryPercent === undefined || ready.length < pending.replicas) return none
  const podIds = new Set(ready.map(({ podId }) => podId))
  return { ...none, canary: { podIds, percent: update.canaryPercent } }
}

/** When a canary that is ready since then may take all traffic, wall clock; `undefined`: at once. */
export function canaryEndsAtMs(
  { update }: DesiredVersion,
  ready: readonly ObservedInstance[],
): number | undefined {
  if (update?.canarySeconds === undefined) return undefined
  const since = ready.map(({ readySinceMs }) => readySinceMs ?? Number.POSITIVE_INFINITY)
  return Math.max(...since) + update.canarySeconds * 1_000
}

function stopFirst(
  pending: DesiredVersion,
  current: DesiredVersion,
  observed: ObservedApp,
  isReady: Ready,
  isOn: boolean,
): Handover {
  const yielding = new Set<string>()
  const held = new Set<string>()
  const waiting = new Set<string>()
  const peers = new Set<string>()
  const old = instancesOf(observed, current)
  let isNext = isOn
  for (let replica = 0; replica < pending.replicas; replica++) {
    const before = old.find((instance) => instance.replica === replica)
    const after = instancesOf(observed, pending).find((instance) => instance.replica === replica)
    const yields = isOn && (isNext || (after !== undefined && hasServices(after)))
    if (before !== undefined && yields) yielding.add(before.podId)
    if (before !== undefined && !yields && after !== undefined && runsServices(after))
      held.add(before.podId)
    if (after !== undefined && (!yields || (before !== undefined && runsServices(before))))
      waiting.add(after.podId)
    const isWell = after !== undefined && isReady(after)
    if (isOn && isWell) peers.add(after.podId)
    isNext &&= isWell
  }
  return { yielding, held, waiting, peers, canary: undefined }
}

function instancesOf({ instances }: ObservedApp, { version }: DesiredVersion): ObservedInstance[] {
  return instances.filter((instance) => instance.version === version)
}

function hasServices({ containers }: ObservedInstance): boolean {
  return [...containers.keys()].some((name) => name !== AGENT_CONTAINER)
}

function runsServices({ containers }: ObservedInstance): boolean {
  return [...containers].some(
    ([name, { state }]) => name !== AGENT_CONTAINER && state === 'running',
  )
}
