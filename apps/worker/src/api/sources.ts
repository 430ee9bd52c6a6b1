// What the API shows, from the last look at each application. Reads container logs.
import type { ConditionBoard } from '../condition/condition.ts'
import { appScope } from '../condition/condition.ts'
import type { Guests } from '../instance/guests.ts'
import { AGENT_CONTAINER } from '../instance/identity.ts'
import type { Ingress } from '../ingress/ingress.ts'
import { publishedUrls, type PublishedAt } from '../ingress/published-urls.ts'
import type { ObservedInstance } from '../reconcile/model.ts'
import type { AppSnapshot, Reconciler } from '../reconcile/reconciler.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { ApiSources, InstanceView, LogSource } from './worker-api.ts'

/** What application views are made of. */
export type SourceParts = {
  readonly reconciler: Pick<Reconciler, 'snapshot'>
  readonly guests: Pick<Guests, 'get'>
  readonly ingress: Pick<Ingress, 'listening'>
  readonly runtime: Pick<Runtime, 'logs'>
  readonly board: ConditionBoard
  readonly published: PublishedAt
}

/** The sources that are about applications. */
export function appSources(parts: SourceParts): Pick<ApiSources, 'app' | 'logs'> {
  const { reconciler, board, runtime } = parts
  return {
    app: (appId) => {
      const snapshot = reconciler.snapshot(appId)
      if (snapshot === undefined || snapshot.facts.state === 'none')
        return Promise.resolve(undefined)
      return Promise.resolve({
        owner: snapshot.facts.owner,
        instances: snapshot.observed.instances.map((i) => viewOf(parts, snapshot, i)),
        conditions: board.list(appScope(appId)),
      })
    },
    logs: (appId, service) => {
      const instances = reconciler.snapshot(appId)?.observed.instances ?? []
      return Promise.resolve(
        instances.flatMap(({ podId, version, replica, containers }) =>
          [...containers.keys()]
            .filter((name) => (service === undefined ? name !== AGENT_CONTAINER : name === service))
            .map((name): LogSource => ({
              service: name,
              version,
              replica,
              lines: (options) => runtime.logs(podId, name, options),
            })),
        ),
      )
    },
  }
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
  const isCurrent = facts.desired.versions.some(
    (v) => v.role === 'current' && v.version === version,
  )
  return {
    id: podId,
    version,
    replica,
    state: instance.drainingSinceMs === undefined ? (report?.state ?? 'starting') : 'draining',
    ...(report?.code === undefined ? {} : { code: report.code }),
    restarts: starts.reduce((sum, count) => sum + count - 1, 0),
    urls: isCurrent ? publishedUrls(ingress.listening(instance.appId), published) : [],
  }
}
