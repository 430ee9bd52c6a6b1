// What the API shows, from the last look at each application. No I/O.
import type { ConditionBoard } from '../condition/condition.ts'
import { appScope } from '../condition/condition.ts'
import type { Guests } from '../instance/guests.ts'
import type { Ingress } from '../ingress/ingress.ts'
import { ownerRoute, ownerTarget, routeText } from '../ingress/port-choice.ts'
import { publishedUrls, type PublishedAt } from '../ingress/published-urls.ts'
import type { ObservedInstance } from '../reconcile/model.ts'
import type { AppSnapshot, Reconciler } from '../reconcile/reconciler.ts'
import { isReady } from '../reconcile/plan.ts'
import { callOwner } from '../instance/owner-call.ts'
import type { RelaySources } from './relay-api.ts'
import type { ApiSources, InstanceView, VersionView } from './worker-api.ts'

/** What application views are made of. */
export type SourceParts = {
  readonly reconciler: Pick<Reconciler, 'snapshot'>
  readonly guests: Pick<Guests, 'get' | 'evidence'>
  readonly ingress: Pick<Ingress, 'listening'>
  readonly board: ConditionBoard
  readonly published: PublishedAt
}

/** The sources that are about applications. */
export function appSources(
  parts: SourceParts,
): Pick<ApiSources, 'app' | 'appEvidence'> & Pick<RelaySources, 'ownerCall'> {
  const { reconciler, board } = parts
  return {
    ownerCall: async (appId, { version, replica }, body, signal) => {
      const snapshot = reconciler.snapshot(appId)
      const instance = snapshot === undefined ? undefined : servingOf(snapshot, replica, version)
      const guest = instance === undefined ? undefined : parts.guests.get(instance.podId)
      if (guest === undefined) return undefined
      return callOwner(() => guest.dial(ownerTarget), body, signal)
    },
    appEvidence: (appId, replica, version) => {
      const snapshot = reconciler.snapshot(appId)
      const instance = snapshot === undefined ? undefined : servingOf(snapshot, replica, version)
      return instance === undefined
        ? Promise.resolve(undefined)
        : parts.guests.evidence(instance.podId)
    },
    app: (appId) => {
      const snapshot = reconciler.snapshot(appId)
      if (snapshot === undefined || snapshot.facts.state === 'none')
        return Promise.resolve(undefined)
      return Promise.resolve({
        owner: snapshot.facts.owner,
        versions: versionsOf(snapshot),
        instances: snapshot.observed.instances.map((i) => viewOf(parts, snapshot, i)),
        conditions: board.list(appScope(appId)),
      })
    },
  }
}

function versionsOf({ facts, observed }: AppSnapshot): VersionView[] {
  return facts.desired.versions.map(({ version, role, replicas, services }) => {
    const digests = [...new Set(services.map(({ digest }) => digest))]
    const pulled = digests.filter((digest) => observed.images.has(digest)).length
    return { version, role, replicas, images: { pulled, total: digests.length } }
  })
}

/** The instance of a replica and version; without one that shall have its traffic: of the current version, else of the pending one. */
function servingOf(
  { facts, observed }: AppSnapshot,
  replica: number,
  version?: number,
): ObservedInstance | undefined {
  const { versions } = facts.desired
  const serving = versions.find(({ role }) => role === 'current') ?? versions[0]
  const wanted = version ?? serving?.version
  return observed.instances.find(
    (instance) =>
      instance.version === wanted &&
      instance.replica === replica &&
      instance.drainingSinceMs === undefined,
  )
}

/** By the manifest of the version that has the traffic. */
function isHttp(
  { versions }: AppSnapshot['facts'],
  version: number,
  { service, target }: { readonly service: string; readonly target: number },
): boolean {
  const services = versions.get(version)?.document.services ?? []
  const ports = services.find(({ name }) => name === service)?.ports ?? []
  return ports.find((port) => port.target === target)?.protocol !== 'tcp'
}

function unhealthyOf({ health }: ObservedInstance): string | undefined {
  for (const [name, { state, reason }] of health)
    if (state !== 'healthy' && reason !== undefined) return `${name}: its healthcheck: ${reason}`
  return undefined
}

function viewOf(
  { guests, ingress, published }: SourceParts,
  { facts, observed }: AppSnapshot,
  instance: ObservedInstance,
): InstanceView {
  const { podId, version, replica } = instance
  const report = guests.get(podId)?.report
  const starts = [...instance.containers.keys()].map(
    (name) => observed.attempts.get(`start:${podId}/${name}`)?.count ?? 1,
  )
  const role = facts.desired.versions.find((desired) => desired.version === version)?.role
  const unhealthy = unhealthyOf(instance)
  const listening = ingress.listening(instance.appId)
  const owned =
    role === undefined ? undefined : routeText(ownerRoute(instance.appId, role, replica))
  const owner = listening.filter((key) => routeText(key) === owned)
  const [ownerUrl] = publishedUrls(
    owner.map((key) => ({ ...key, isHttp: true })),
    published,
  )
  return {
    id: podId,
    version,
    replica,
    state: instance.drainingSinceMs === undefined ? (report?.state ?? 'starting') : 'draining',
    ...(report?.code === undefined ? {} : { code: report.code }),
    ready: isReady(instance),
    ...(unhealthy === undefined ? {} : { unhealthy }),
    restarts: starts.reduce((sum, count) => sum + count - 1, 0),
    urls:
      role === 'current'
        ? publishedUrls(
            listening
              .filter(({ target }) => target !== ownerTarget)
              .map((key) => ({ ...key, isHttp: isHttp(facts, version, key) })),
            published,
          )
        : [],
    ...(ownerUrl === undefined ? {} : { ownerUrl: ownerUrl.url }),
  }
}
