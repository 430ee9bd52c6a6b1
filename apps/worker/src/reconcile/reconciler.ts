// Makes one application on this machine what the chain says: read both worlds, plan, apply. Does I/O through its parts.
import type { Condition } from '@wetee/daemon'
import { launcherPath } from '@wetee/manifest'
import { appScope, type ConditionBoard } from '../condition/condition.ts'
import type { Checked, HealthChecks } from '../health/health-checks.ts'
import { engineHealth, newHealth, type Health } from '../health/health.ts'
import {
  keyOfLabels,
  keyOfPodId,
  podIdOf,
  podIdPrefix,
  type InstanceKey,
} from '../instance/identity.ts'
import type { AgentReport } from '../instance/agent-client.ts'
import { listens, type TeeRecord } from '../instance/instance-folder.ts'
import { instanceConfiguration, publishedPorts } from '../instance/launch-config.ts'
import type { Backend, Ingress, Route } from '../ingress/ingress.ts'
import { challengeTarget, ownerRoute, ownerTarget } from '../ingress/port-choice.ts'
import type { ObservedPod } from '../runtime/runtime.ts'
import { codeOf, messageOf } from '../worker-error.ts'
import { actionCondition, appConditions } from './app-conditions.ts'
import { apply, type ApplyParts } from './apply.ts'
import { FailureTeller } from './failures.ts'
import { readFacts, type AppFacts, type ManifestCache } from './facts.ts'
import {
  attemptKey,
  type Action,
  type Attempt,
  type ObservedApp,
  type ObservedInstance,
} from './model.ts'
import { handover } from './handover.ts'
import { droppedCondition, notePending, type PendingNote } from './pending-trouble.ts'
import { isDone, isReady, plan } from './plan.ts'
import { STABLE_MS } from './back-off.ts'

/** What the reconciler works with. */
export type ReconcilerParts = ApplyParts & {
  readonly board: ConditionBoard
  readonly ingress: Pick<Ingress, 'setRoutes'>
  readonly health: Pick<HealthChecks, 'watch' | 'keepOnly'>
  readonly drainMs: number
  /** Asks for another reconciliation of an application, soon. */
  readonly enqueue: (appId: bigint) => void
  /** Told whenever an application was read. */
  readonly onFacts?: (facts: AppFacts) => void
}

/** What is known of an application after its last reconciliation. */
export type AppSnapshot = {
  readonly facts: AppFacts
  readonly observed: ObservedApp
  readonly atMs: number
}

/** An order has been carried out: look again at once, milliseconds. */
const SOON_MS = 20

/** Reconciles one application at a time; the queue sees to it that an application is never reconciled twice at once. */
export class Reconciler {
  readonly #parts: ReconcilerParts
  readonly #manifests: ManifestCache = new Map()
  readonly #attempts = new Map<bigint, Map<string, Attempt>>()
  readonly #busy = new Map<bigint, Set<string>>()
  readonly #snapshots = new Map<bigint, AppSnapshot>()
  readonly #failed = new Map<bigint, Map<string, Condition>>()
  readonly #pending = new Map<bigint, PendingNote>()
  readonly #readySince = new Map<string, number>()
  readonly #teller = new FailureTeller()
  /** Ended, and nothing of them is left here. */
  readonly #gone = new Set<bigint>()
  /** An earlier process has left folders of them, and they were not looked at yet. */
  readonly #left: Set<bigint>

  constructor(parts: ReconcilerParts) {
    this.#parts = parts
    const { folders, tag } = parts
    const keys = [...folders.podIds()].flatMap((podId) => keyOfPodId(tag, podId) ?? [])
    this.#left = new Set([...keys.map(({ appId }) => appId), ...folders.appsWithVolumes()])
  }

  /** Ids of applications that were here at the last look, or left something here in an earlier run. */
  known(): bigint[] {
    return [...new Set([...this.#snapshots.keys(), ...this.#left])]
  }

  /** Ids of applications that had notice at the last look. */
  noticed(): bigint[] {
    return [...this.#snapshots].flatMap(([appId, { facts }]) => (facts.hasNotice ? [appId] : []))
  }

  snapshot(appId: bigint): AppSnapshot | undefined {
    return this.#snapshots.get(appId)
  }

  /**
   * Digests of all images that these applications need; `undefined` while one of them was not looked at yet, pulls, or
   * still has an instance that is about to go.
   */
  imagesInUse(apps: ReadonlySet<bigint>): Set<string> | undefined {
    const digests = new Set<string>()
    for (const appId of apps) {
      if (this.#gone.has(appId)) continue
      const snapshot = this.#snapshots.get(appId)
      if (snapshot === undefined || (this.#busy.get(appId)?.size ?? 0) > 0) return undefined
      const { versions } = snapshot.facts.desired
      const wanted = new Set(versions.map(({ version }) => version))
      if (snapshot.observed.instances.some(({ version }) => !wanted.has(version))) return undefined
      for (const { services } of versions) for (const { digest } of services) digests.add(digest)
    }
    return digests
  }

  /**
   * One round: reads, plans, applies. Returns after how many milliseconds to look again even if nothing happens;
   * `undefined`: not before the next event. Throws ChainError and RuntimeError when a world cannot be read; nothing is
   * stopped then.
   */
  async reconcile(appId: bigint): Promise<number | undefined> {
    const { workerId, tag, chain, drainMs, now, board, log, cluster } = this.#parts
    const facts = await readFacts(chain, workerId, appId, this.#manifests, cluster?.unfit)
    this.#parts.onFacts?.(facts)
    const observed = await this.#observe(appId, facts)
    this.#gone.delete(appId)
    this.#left.delete(appId)
    this.#snapshots.set(appId, { facts, observed, atMs: now() })
    const { actions, nextAtMs, keys } = plan(
      facts.desired,
      observed,
      { tag, drainMs, wholePods: cluster !== undefined },
      now(),
    )
    this.#dropStale(appId, keys)
    await this.#teller.tell(this.#parts.guests, observed.instances, actions)
    // New connections have to go elsewhere before anything is drained or removed.
    await this.#route(facts, observed, actions)
    let done = 0
    for (const action of actions) {
      if (action.type === 'pull') this.#inBackground(facts, action)
      else if (await this.#apply(facts, action)) done++
    }
    this.#say(appId)
    board.set(appScope(appId), 'reconcile', appConditions(facts, observed, now()))
    this.#sayDropped(facts, observed)
    if (facts.desired.state === 'ended' && keys.size === 0 && observed.instances.length === 0)
      this.#forget(appId)
    if (done > 0) log.debug({ appId: String(appId), done }, 'orders carried out')
    if (done > 0) return SOON_MS
    // An order that failed is due again later than this plan knew.
    const waits = actions.length > 0 ? [1_000] : []
    if (nextAtMs !== undefined) waits.push(Math.max(nextAtMs - now(), SOON_MS))
    return waits.length === 0 ? undefined : Math.min(...waits)
  }

  /** Remembers why a pending version was not ready, and says it once that was dropped, until the next update. */
  #sayDropped(facts: AppFacts, observed: ObservedApp): void {
    const { appId, state } = facts.desired
    const { board } = this.#parts
    const before = this.#pending.get(appId)
    const note = notePending(facts, observed, [...this.#failures(appId).values()])
    if (note !== undefined) {
      this.#pending.set(appId, note)
      board.set(appScope(appId), 'update', [])
    } else if (before !== undefined) {
      const condition = droppedCondition(before, facts)
      if (condition === undefined && state === 'active') this.#pending.delete(appId)
      board.set(appScope(appId), 'update', condition === undefined ? [] : [condition])
    }
  }

  /** What is here of an application, in the terms of the plan. */
  async #observe(appId: bigint, facts: AppFacts): Promise<ObservedApp> {
    const { runtime, images, folders, tag } = this.#parts
    const attempts = this.#attempts.get(appId) ?? new Map<string, Attempt>()
    this.#attempts.set(appId, attempts)
    const instances: ObservedInstance[] = []
    const strangers: string[] = []
    const own = { 'wetee.worker': tag, 'wetee.app': String(appId) }
    const pods = await runtime.list(own)
    for (const pod of pods) {
      const key = keyOfLabels(tag, pod.labels)
      if (key === undefined) continue
      if (pod.id === podIdOf(tag, key))
        instances.push(this.#sinceReady(await this.#instance(pod, facts)))
      else strangers.push(pod.id)
    }
    const listed = new Set(pods.map(({ id }) => id))
    const leftovers = [...folders.podIdsOf(podIdPrefix(tag, appId))].filter(
      (podId) => !listed.has(podId) && keyOfPodId(tag, podId) !== undefined,
    )
    for (const { podId, agent } of instances)
      if (agent === 'attested') attempts.delete(`create:${podId}`)
    this.#parts.health.keepOnly(appId, new Set(instances.map(({ podId }) => podId)))
    const digests = new Set(
      facts.desired.versions.flatMap(({ services }) => services.map(({ digest }) => digest)),
    )
    return {
      instances,
      strangers,
      leftovers,
      images: await images.present(digests),
      attempts,
      busy: this.#busy.get(appId) ?? new Set(),
      hasVolumes: folders.hasVolumes(appId),
    }
  }

  #sinceReady(instance: Omit<ObservedInstance, 'readySinceMs'>): ObservedInstance {
    const { podId } = instance
    if (!isReady(instance)) this.#readySince.delete(podId)
    else if (!this.#readySince.has(podId)) this.#readySince.set(podId, this.#parts.now())
    return { ...instance, readySinceMs: this.#readySince.get(podId) }
  }

  async #instance(
    pod: ObservedPod,
    facts: AppFacts,
  ): Promise<Omit<ObservedInstance, 'readySinceMs'>> {
    const { guests, folders, tag } = this.#parts
    const key = keyOfLabels(tag, pod.labels) ?? { appId: 0n, version: 0, replica: 0 }
    const tee = folders.tee(pod.id)
    const guest = guests.get(pod.id)
    const containers = new Map(
      pod.containers.map(({ name, ready: _, ...state }) => [name, state] as const),
    )
    const published = new Set(
      publishedPorts(facts.versions.get(key.version)?.document ?? { services: [] }).map(
        ({ service }) => service,
      ),
    )
    const running = [...published].every((name) => containers.get(name)?.state === 'running')
    if (!running) guests.restarted(pod.id)
    return {
      ...key,
      podId: pod.id,
      containers,
      isOver: pod.isOver === true,
      attached: guest !== undefined,
      tee: await this.#tee(tee, key, facts),
      agent: guest?.report?.state,
      agentCode: guest?.report?.code,
      answering: guest?.answering === true && running,
      health:
        this.#parts.cluster === undefined
          ? this.#health(pod.id, key, containers, facts)
          : engineHealth(pod, facts.versions.get(key.version)?.document ?? { services: [] }),
      isLeaseless: this.#isLeaseless(key, guest?.report, facts),
      drainingSinceMs: guest?.drainingSinceMs,
      connections: guest?.report?.connections,
    }
  }

  #isLeaseless(
    key: InstanceKey,
    report: AgentReport | undefined,
    { leases, head }: AppFacts,
  ): boolean {
    if (report?.state !== 'attested' || report.instanceKey === undefined) return false
    const lease = leases.get(`${key.version}/${key.replica}`)
    const isLive =
      lease?.instanceKey === report.instanceKey.toLowerCase() && lease.notAfter > head.timestamp
    return !isLive && !this.#parts.collector.holds(key, report.instanceKey)
  }

  /** Has the healthchecks of what runs run, and says what came of them so far. */
  #health(
    podId: string,
    { appId, version }: InstanceKey,
    containers: ObservedInstance['containers'],
    { versions, desired }: AppFacts,
  ): ReadonlyMap<string, Health> {
    const checked: Checked[] = []
    const down = new Map<string, Health>()
    const planned = desired.versions.find((other) => other.version === version)?.services ?? []
    for (const service of versions.get(version)?.document.services ?? []) {
      const { name: container, healthcheck: check } = service
      const state = containers.get(container)
      const plan = planned.find(({ name }) => name === container)
      if (check === undefined || plan === undefined) continue
      if (state?.state === 'exited' && isDone(plan, state.exitCode)) continue
      if (state?.state !== 'running') down.set(container, newHealth(state?.finishedAtMs ?? 0))
      else {
        const { startedAtMs } = state
        checked.push({ container, check, prefix: [launcherPath], startedAtMs })
      }
    }
    return new Map([...this.#parts.health.watch(appId, podId, checked), ...down])
  }

  async #tee(
    tee: TeeRecord | undefined,
    key: InstanceKey,
    { versions }: AppFacts,
  ): Promise<ObservedInstance['tee']> {
    if (tee === undefined || !(await listens(tee.teeSocket))) return 'lost'
    const { record: version, networkKey } = versions.get(key.version) ?? {}
    // Not wanted any more: what it was launched with does not matter.
    if (version === undefined) return 'alive'
    const { network } = this.#parts.chain
    const expected = instanceConfiguration({ network, networkKey, key, version })
    return tee.configuration === expected ? 'alive' : 'outdated'
  }

  /** Gives the application's published ports to its instances; those about to be drained or removed get nothing new. */
  async #route(facts: AppFacts, observed: ObservedApp, actions: readonly Action[]): Promise<void> {
    const { guests, ingress, board } = this.#parts
    const { appId, versions } = facts.desired
    const leaving = new Set(
      actions.flatMap((a) => (a.type === 'remove' || a.type === 'drain' ? [a.podId] : [])),
    )
    const current = versions.find(({ role }) => role === 'current')
    const document =
      current === undefined ? undefined : facts.versions.get(current.version)?.document
    const { peers, canary } = handover(facts.desired, observed, isReady)
    const isEarly = (podId: string) => peers.has(podId) || canary?.podIds.has(podId) === true
    const usable = observed.instances.filter(
      (i) =>
        current !== undefined &&
        (i.version <= current.version || isEarly(i.podId)) &&
        i.attached &&
        !leaving.has(i.podId) &&
        i.drainingSinceMs === undefined,
    )
    const routes = document === undefined ? [] : publishedPorts(document)
    const backendOf = (instance: ObservedInstance, target: number): Backend => ({
      podId: instance.podId,
      version: peers.has(instance.podId) ? (current?.version ?? 0) : instance.version,
      ready: isReady(instance),
      ...(canary?.podIds.has(instance.podId) ? { canaryPercent: canary.percent } : {}),
      dial: () => guests.get(instance.podId)?.dial(target),
      dialChallenge: () => guests.get(instance.podId)?.dial(challengeTarget),
    })
    // Each instance has one of its own, also one that takes no traffic: its owner wants to know why.
    const owned = versions.flatMap(({ version, role }) =>
      observed.instances
        .filter((i) => i.version === version && i.attached)
        .map((instance): Route => ({
          ...ownerRoute(appId, role, instance.replica),
          backends: [backendOf(instance, ownerTarget)],
        })),
    )
    try {
      const published = routes.map(({ service, target }): Route => ({
        appId,
        service,
        target,
        domains:
          document?.domains?.filter((d) => d.target === target).map(({ name }) => name) ?? [],
        backends: usable.map((instance) => backendOf(instance, target)),
      }))
      await ingress.setRoutes(appId, [...published, ...owned])
      board.set(appScope(appId), 'routes', [])
    } catch (error) {
      board.set(appScope(appId), 'routes', [
        {
          code: codeOf(error),
          severity: 'error',
          text: messageOf(error),
          remedy: 'widen ingress.portRange of the worker',
        },
      ])
    }
  }

  /** True when the order succeeded. */
  async #apply(facts: AppFacts, action: Action): Promise<boolean> {
    const { appId } = facts.desired
    const { log, now, guests } = this.#parts
    const attempts = this.#attempts.get(appId) ?? new Map<string, Attempt>()
    const key = attemptKey(action)
    try {
      await apply(this.#parts, facts, action)
    } catch (error) {
      const count = (attempts.get(key)?.count ?? 0) + 1
      attempts.set(key, { count, lastAtMs: now() })
      const condition = actionCondition(action, error, count)
      this.#failures(appId).set(key, condition)
      this.#say(appId)
      log.warn({ appId: String(appId), order: key, code: condition.code, count }, condition.text)
      return false
    }
    this.#failures(appId).delete(key)
    this.#say(appId)
    if (action.type === 'start') this.#noteStart(attempts, facts, action)
    else if (
      action.type === 'renew' ||
      (action.type === 'restart' && action.reason === 'unhealthy')
    )
      attempts.set(key, { count: (attempts.get(key)?.count ?? 0) + 1, lastAtMs: now() })
    else if (action.type !== 'create') attempts.delete(key)
    if (action.type === 'remove') {
      this.#readySince.delete(action.podId)
      for (const kept of [...attempts.keys()])
        if (/^(start|restart|heal|renew):/.test(kept) && `${kept}/`.includes(`:${action.podId}/`))
          attempts.delete(kept)
      if (action.reason === 'agent-refused') {
        const create = `create:${action.podId}`
        attempts.set(create, { count: (attempts.get(create)?.count ?? 0) + 1, lastAtMs: now() })
        this.#distrustImages(facts, action.podId)
      }
      const gone = this.#snapshots
        .get(appId)
        ?.observed.instances.find(({ podId }) => podId === action.podId)
      if (gone !== undefined) this.#parts.collector.forget(appId, gone.version, gone.replica)
    }
    if (action.type === 'start') await guests.poll(action.podId)
    log.info(
      {
        appId: String(appId),
        order: key,
        ...('reason' in action ? { reason: action.reason } : {}),
      },
      'order carried out',
    )
    return true
  }

  /** Counts starts since the container last ran for a minute. */
  #noteStart(
    attempts: Map<string, Attempt>,
    facts: AppFacts,
    action: Extract<Action, { type: 'start' }>,
  ): void {
    const key = attemptKey(action)
    const before = attempts.get(key)
    const state = this.#snapshots
      .get(facts.desired.appId)
      ?.observed.instances.find(({ podId }) => podId === action.podId)
      ?.containers.get(action.container)
    const stable =
      before !== undefined &&
      state?.state === 'exited' &&
      state.finishedAtMs - before.lastAtMs >= STABLE_MS
    const count = stable ? 1 : (before?.count ?? 0) + 1
    attempts.set(key, { count, lastAtMs: this.#parts.now() })
  }

  /** An agent that refuses may have found other bytes than were pulled: they are hashed again. */
  #distrustImages(facts: AppFacts, podId: string): void {
    for (const { version, services, replicas } of facts.desired.versions)
      for (let replica = 0; replica < replicas; replica++)
        if (podIdOf(this.#parts.tag, { appId: facts.desired.appId, version, replica }) === podId)
          for (const { digest } of services) this.#parts.images.distrust(digest)
  }

  #inBackground(facts: AppFacts, action: Action): void {
    const { appId } = facts.desired
    const busy = this.#busy.get(appId) ?? new Set<string>()
    this.#busy.set(appId, busy.add(attemptKey(action)))
    void this.#apply(facts, action).then(() => {
      busy.delete(attemptKey(action))
      this.#parts.enqueue(appId)
    })
  }

  #failures(appId: bigint): Map<string, Condition> {
    const known = this.#failed.get(appId) ?? new Map<string, Condition>()
    this.#failed.set(appId, known)
    return known
  }

  /** Failures of orders that nobody gives any more, such as the image of a dropped version. */
  #dropStale(appId: bigint, keys: ReadonlySet<string>): void {
    const failures = this.#failures(appId)
    for (const key of [...failures.keys()])
      if (!keys.has(key)) {
        failures.delete(key)
        if (!/^(start|heal|create):/.test(key)) this.#attempts.get(appId)?.delete(key)
      }
  }

  #say(appId: bigint): void {
    this.#parts.board.set(appScope(appId), 'orders', [...this.#failures(appId).values()])
  }

  #forget(appId: bigint): void {
    this.#failed.delete(appId)
    this.#gone.add(appId)
    this.#attempts.delete(appId)
    this.#busy.delete(appId)
    this.#snapshots.delete(appId)
    this.#pending.delete(appId)
    this.#parts.board.clear(appScope(appId))
  }
}
