// Turns finalized events into ids of applications to look at. What an event says is not acted upon. Pure.

/** An event of the Cloud contract, as far as it is looked at. */
export type CloudEvent = { readonly args?: unknown }

/** Which applications of this worker the events are about: by worker id, or by an id that is known to be here. */
export function appsInEvents(
  events: readonly CloudEvent[],
  workerId: bigint,
  isKnown: (appId: bigint) => boolean,
): Set<bigint> {
  const apps = new Set<bigint>()
  for (const { args } of events) {
    if (typeof args !== 'object' || args === null) continue
    const { appId, workerId: named } = args as { appId?: unknown; workerId?: unknown }
    if (typeof appId !== 'bigint') continue
    if (named === workerId || isKnown(appId)) apps.add(appId)
  }
  return apps
}
