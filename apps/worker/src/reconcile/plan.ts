// From what shall be and what is to what to do next. Pure: the same worlds give the same plan.
import { AGENT_CONTAINER, podIdOf, type InstanceKey } from '../instance/identity.ts'
import type { ContainerState } from '../runtime/runtime.ts'
import { backOffMs, dueAtMs, healDueAtMs, STABLE_MS } from './back-off.ts'
import { canaryEndsAtMs, handover, type Handover } from './handover.ts'
import {
  attemptKey,
  type Action,
  type Attempt,
  type DesiredApp,
  type DesiredVersion,
  type ObservedApp,
  type ObservedInstance,
  type Plan,
  type PlannedService,
} from './model.ts'

/** What a plan depends on besides the two worlds. */
export type PlanPolicy = {
  /** Of this worker, see workerTag. */
  readonly tag: string
  /** How long an old version keeps its open connections, milliseconds. */
  readonly drainMs: number
  /** The engine makes and restarts whole pods: containers are not started one by one. */
  readonly wholePods?: boolean
}

/** The agent's exit code for a launch that does not hold. */
const EXIT_CONFIGURATION = 78
/** A service without a healthcheck counts as healthy when it has run this long, milliseconds. */
const SETTLED_MS = 3_000
/** What an agent says of its connections is of after the start of its draining by then, milliseconds. */
const LEAST_DRAIN_MS = 3_000
/** An agent that measures or does not answer yet is looked at again after this long, milliseconds. */
const POLL_MS = 500
/** An agent that was asked to prove itself is not asked again before that, milliseconds. */
const RENEW_GAP_MS = 15_000

/** Whether an instance takes traffic: attested, what it publishes answers, and every healthcheck says that it is well. */
export function isReady(instance: Omit<ObservedInstance, 'readySinceMs'>): boolean {
  return (
    instance.attached &&
    instance.tee === 'alive' &&
    instance.agent === 'attested' &&
    instance.answering &&
    [...instance.health.values()].every(({ state }) => state === 'healthy') &&
    instance.drainingSinceMs === undefined
  )
}

/**
 * Orders for one application. Applied again and again it comes to rest in the desired world; it never stops a current
 * version for a pending one (its services, where the pending one says `stop-first` and is attested), and never makes an
 * instance twice.
 */
export function plan(
  desired: DesiredApp,
  observed: ObservedApp,
  policy: PlanPolicy,
  nowMs: number,
): Plan {
  const draft = new Draft(observed, nowMs)
  for (const podId of observed.strangers) draft.order({ type: 'remove', podId, reason: 'stranger' })
  if (desired.state !== 'active') {
    const reason = desired.state
    for (const { podId } of observed.instances) draft.order({ type: 'remove', podId, reason })
    for (const podId of observed.leftovers) draft.order({ type: 'remove', podId, reason })
    if (reason === 'ended' && observed.hasVolumes && observed.instances.length === 0)
      draft.order({ type: 'remove-volumes' })
    return draft.plan()
  }
  const wanted = new Map<string, DesiredVersion>()
  const keys = new Map<string, InstanceKey>()
  for (const version of desired.versions)
    for (let replica = 0; replica < version.replicas; replica++) {
      const key = { appId: desired.appId, version: version.version, replica }
      const podId = podIdOf(policy.tag, key)
      wanted.set(podId, version)
      keys.set(podId, key)
    }
  const present = new Map(observed.instances.map((instance) => [instance.podId, instance]))
  const passing = handover(desired, observed, isReady)
  // What goes makes room for what comes.
  for (const instance of observed.instances)
    if (!wanted.has(instance.podId)) planUnwanted(draft, desired, observed, instance, policy)
  for (const [podId, version] of wanted) {
    const key = keys.get(podId)
    const instance = present.get(podId)
    if (key === undefined) continue
    if (instance === undefined) planMissing(draft, version, observed, key, podId)
    else planPresent(draft, version, instance, passing, policy)
  }
  // Those of wanted instances are used by the next start.
  for (const podId of observed.leftovers)
    if (!wanted.has(podId)) draft.order({ type: 'remove', podId, reason: 'leftover' })
  planPending(draft, desired, observed)
  return draft.plan()
}

/** Collects orders; leaves out what is not due yet and remembers when it will be. */
class Draft {
  readonly #actions: Action[] = []
  readonly #ordered = new Set<string>()
  readonly #attempts: ReadonlyMap<string, Attempt>
  readonly #busy: ReadonlySet<string>
  readonly nowMs: number
  #nextAtMs: number | undefined

  constructor({ attempts, busy }: Pick<ObservedApp, 'attempts' | 'busy'>, nowMs: number) {
    this.#attempts = attempts
    this.#busy = busy
    this.nowMs = nowMs
  }

  order(action: Action, notBeforeMs?: number): void {
    const key = attemptKey(action)
    if (this.#ordered.has(key)) return
    this.#ordered.add(key)
    if (this.#busy.has(key)) return
    const dueMs = notBeforeMs ?? dueAtMs(this.#attempts.get(key), this.nowMs)
    if (dueMs <= this.nowMs) this.#actions.push(action)
    else this.lookAgainAt(dueMs)
  }

  attempt(action: Action): Attempt | undefined {
    return this.#attempts.get(attemptKey(action))
  }

  lookAgainAt(atMs: number): void {
    this.#nextAtMs = Math.min(this.#nextAtMs ?? atMs, atMs)
  }

  plan(): Plan {
    return { actions: this.#actions, nextAtMs: this.#nextAtMs, keys: this.#ordered }
  }
}

function planMissing(
  draft: Draft,
  { version, services }: DesiredVersion,
  observed: ObservedApp,
  key: InstanceKey,
  podId: string,
): void {
  const missing = services.filter((service) => !observed.images.has(service.digest))
  for (const { name, digest } of missing)
    draft.order({ type: 'pull', version, service: name, digest })
  if (missing.length === 0) draft.order({ type: 'create', key, podId })
}

function planPresent(
  draft: Draft,
  version: DesiredVersion,
  instance: ObservedInstance,
  { yielding, held, waiting }: Handover,
  { wholePods }: PlanPolicy,
): void {
  const { podId, appId, replica, containers } = instance
  const key = { appId, version: instance.version, replica }
  const agent = containers.get(AGENT_CONTAINER)
  if (instance.tee === 'lost') {
    draft.order({ type: 'remove', podId, reason: 'tee-lost' })
    return
  }
  if (instance.tee === 'outdated') {
    draft.order({ type: 'remove', podId, reason: 'network-key.changed' })
    return
  }
  if (instance.drainingSinceMs !== undefined) {
    // Scaled away and wanted again: its agent does not come back from draining.
    draft.order({ type: 'remove', podId, reason: 'drained' })
    return
  }
  const refused = agent?.state === 'exited' && agent.exitCode === EXIT_CONFIGURATION
  if (refused || instance.agent === 'failed') {
    draft.order({ type: 'remove', podId, reason: 'agent-refused' })
    return
  }
  if (!instance.attached) {
    draft.order({ type: 'attach', key, podId })
    draft.lookAgainAt(draft.nowMs + POLL_MS)
    return
  }
  if (wholePods === true) {
    planWholePod(draft, version, instance)
    return
  }
  if (agent?.state !== 'running') planStart(draft, instance, key, AGENT_CONTAINER)
  if (instance.agent === undefined || instance.agent === 'measuring') {
    draft.lookAgainAt(draft.nowMs + POLL_MS)
    return
  }
  if (instance.isLeaseless) {
    const renew: Action = { type: 'renew', podId }
    const asked = draft.attempt(renew)
    draft.order(renew, asked === undefined ? undefined : asked.lastAtMs + RENEW_GAP_MS)
  }
  if (yielding.has(podId) || waiting.has(podId)) {
    for (const [container, { state }] of containers)
      if (container !== AGENT_CONTAINER && state === 'running')
        draft.order({ type: 'stop', key, podId, container })
    draft.lookAgainAt(draft.nowMs + POLL_MS)
    return
  }
  if (held.has(podId)) draft.lookAgainAt(draft.nowMs + POLL_MS)
  else planServices(draft, version, instance, key, agent)
}

/**
 * The engine starts and restarts what is in the pod; it is made anew when that does not help: it has ended as a whole, or its
 * services hold the socket and the secrets of an agent that is gone.
 */
function planWholePod(
  draft: Draft,
  { services }: DesiredVersion,
  { podId, containers, isOver, agent: state }: ObservedInstance,
): void {
  const agent = containers.get(AGENT_CONTAINER)
  const isFinished = services.every((service) => {
    const its = containers.get(service.name)
    return its?.state === 'exited' && isDone(service, its.exitCode)
  })
  if (isOver === true && !isFinished) draft.order({ type: 'remove', podId, reason: 'pod-over' })
  for (const service of services) {
    const its = containers.get(service.name)
    if (its?.state === 'running' && outlivedAgent(service, its, agent, draft.nowMs))
      draft.order({ type: 'remove', podId, reason: 'agent-restarted' })
  }
  if (state === undefined || state === 'measuring') draft.lookAgainAt(draft.nowMs + POLL_MS)
}

function planServices(
  draft: Draft,
  version: DesiredVersion,
  instance: ObservedInstance,
  key: InstanceKey,
  agent: ContainerState | undefined,
): void {
  const { podId, containers } = instance
  const restart = { type: 'restart', key, podId } as const
  for (const service of version.services) {
    const state = containers.get(service.name)
    if (state?.state === 'running') {
      if (outlivedAgent(service, state, agent, draft.nowMs))
        draft.order({ ...restart, container: service.name, reason: 'agent-restarted' })
      else planHeal(draft, instance, key, service)
      continue
    }
    if (state?.state === 'exited' && isDone(service, state.exitCode)) continue
    const waitsUntil = dependenciesDueAt(draft, instance, version, service)
    if (waitsUntil === 'due') planStart(draft, instance, key, service.name)
    else draft.lookAgainAt(waitsUntil)
  }
}

/**
 * Whether a running service was started before its agent: the socket that it has mounted is gone, and its secrets were those of
 * another release. A job that may run only once keeps running; so does everything while the clock is behind.
 */
function outlivedAgent(
  { restart }: PlannedService,
  service: Extract<ContainerState, { state: 'running' }>,
  agent: ContainerState | undefined,
  nowMs: number,
): boolean {
  if (restart === 'no' || agent?.state !== 'running' || agent.startedAtMs > nowMs) return false
  return service.startedAtMs < agent.startedAtMs
}

/** Starts a service anew that is unhealthy for long; a job that may run only once is left alone. */
function planHeal(
  draft: Draft,
  { podId, health }: ObservedInstance,
  key: InstanceKey,
  { name: container, restart }: PlannedService,
): void {
  const found = health.get(container)
  if (found?.state !== 'unhealthy' || restart === 'no') return
  const action: Action = { type: 'restart', key, podId, container, reason: 'unhealthy' }
  draft.order(action, healDueAtMs(found.sinceMs, draft.attempt(action), draft.nowMs))
}

/** Whether an ended service stays as it is. */
export function isDone({ restart }: PlannedService, exitCode: number): boolean {
  return restart === 'no' || (restart === 'on-failure' && exitCode === 0)
}

/** Starts a container now, or after its back-off when it has crashed. */
function planStart(
  draft: Draft,
  { podId, containers }: ObservedInstance,
  key: InstanceKey,
  container: string,
): void {
  const action: Action = { type: 'start', key, podId, container }
  const attempt = draft.attempt(action)
  const state = containers.get(container)
  if (attempt === undefined || state?.state !== 'exited') {
    draft.order(action)
    return
  }
  const stable = state.finishedAtMs - attempt.lastAtMs >= STABLE_MS
  draft.order(action, state.finishedAtMs + backOffMs(stable ? 1 : attempt.count))
}

/** `due` when everything a service waits for holds, else when to look again. */
function dependenciesDueAt(
  draft: Draft,
  instance: ObservedInstance,
  version: DesiredVersion,
  service: PlannedService,
): number | 'due' {
  let latest: number | 'due' = 'due'
  for (const { service: name, condition } of service.dependsOn) {
    const needed = version.services.find((other) => other.name === name)
    if (needed === undefined) continue
    const dueAt = dependencyDueAt(draft.nowMs, instance, needed, condition)
    if (dueAt !== 'due') latest = latest === 'due' ? dueAt : Math.max(latest, dueAt)
  }
  return latest
}

function dependencyDueAt(
  nowMs: number,
  { containers, health }: ObservedInstance,
  { name, hasHealthcheck }: PlannedService,
  condition: PlannedService['dependsOn'][number]['condition'],
): number | 'due' {
  const later = nowMs + POLL_MS
  const state = containers.get(name)
  if (condition === 'service_completed_successfully')
    return state?.state === 'exited' && state.exitCode === 0 ? 'due' : later
  if (state?.state !== 'running') return later
  if (condition === 'service_started') return 'due'
  if (hasHealthcheck) return health.get(name)?.state === 'healthy' ? 'due' : later
  const settledAtMs = state.startedAtMs + SETTLED_MS
  return settledAtMs <= nowMs ? 'due' : settledAtMs
}

/**
 * An instance that is not wanted any more hands its clients over first: to a newer version, here or on another worker, or to the
 * other replicas.
 */
function planUnwanted(
  draft: Draft,
  desired: DesiredApp,
  observed: ObservedApp,
  instance: ObservedInstance,
  { drainMs }: PlanPolicy,
): void {
  const { podId, appId, version, replica, connections, drainingSinceMs } = instance
  const current = desired.versions.find(({ role }) => role === 'current')
  const newest = current?.version ?? desired.currentElsewhere
  const serves = instance.agent === 'attested' && instance.attached
  // A newer one was a canary, or never had a client.
  const hasClients = newest !== undefined && (version <= newest || (connections ?? 0) > 0)
  const isOlder = newest !== undefined && version < newest
  const stopsFirst = isOlder && current?.update?.strategy === 'stop-first'
  if (!hasClients || !serves || stopsFirst) {
    draft.order({ type: 'remove', podId, reason: 'not-desired' })
    return
  }
  if (drainingSinceMs === undefined) {
    const replaced =
      !isOlder ||
      current === undefined ||
      observed.instances.some((i) => i.version === current.version && isReady(i))
    if (replaced) draft.order({ type: 'drain', key: { appId, version, replica }, podId })
    else if (current.security) draft.order({ type: 'remove', podId, reason: 'not-desired' })
    draft.lookAgainAt(draft.nowMs + Math.max(drainMs, POLL_MS))
    return
  }
  const isEmpty = connections === 0
  const endAtMs = drainingSinceMs + (isEmpty ? Math.min(drainMs, LEAST_DRAIN_MS) : drainMs)
  if (endAtMs <= draft.nowMs) draft.order({ type: 'remove', podId, reason: 'drained' })
  else draft.lookAgainAt(endAtMs)
}

function planPending(draft: Draft, desired: DesiredApp, observed: ObservedApp): void {
  const pending = desired.versions.find(({ role }) => role === 'pending')
  if (pending === undefined) return
  const { version, replicas } = pending
  if (desired.pendingExpired) {
    draft.order({ type: 'drop-pending', version })
    return
  }
  const ready = observed.instances.filter((i) => i.version === version && isReady(i))
  const replicasReady = new Set(ready.map(({ replica }) => replica)).size
  if (!desired.pendingAttested || replicasReady !== replicas) return
  const canaryEnd = canaryEndsAtMs(pending, ready) ?? draft.nowMs
  if (canaryEnd <= draft.nowMs) draft.order({ type: 'activate', version })
  else if (Number.isFinite(canaryEnd)) draft.lookAgainAt(canaryEnd)
}
