// Which TCP port an application's published port gets on this machine: the same again without any record. Pure.
import { createHash } from 'node:crypto'

/** What a listener is for. */
export type RouteKey = {
  readonly appId: bigint
  readonly service: string
  /** Port inside the application; `ownerTarget` for the owner API of an instance. */
  readonly target: number
}

/** In the place of a port: the owner API, which is no port of the application and has no host name. */
export const ownerTarget = 0
/** In the place of a port: the agent's socket for challenges of a CA, there only while it has ordered a certificate. */
export const challengeTarget = -1

/** The route to the owner API of the instance that has, or shall have, the traffic of a replica. */
export function ownerRoute(appId: bigint, role: 'current' | 'pending', replica: number): RouteKey {
  return { appId, service: `owner-${role}-${replica}`, target: ownerTarget }
}

/** First and last port, both included. */
export type PortRange = readonly [first: number, last: number]

/** The key as text, for records and logs. */
export const routeText = ({ appId, service, target }: RouteKey): string =>
  `${appId}/${service}/${target}`

/** Ports of the range in the order in which they are tried: the remembered one, then from a place that follows from the key. */
export function* candidatePorts(
  key: RouteKey,
  [first, last]: PortRange,
  remembered: number | undefined,
): Generator<number, void, undefined> {
  const size = last - first + 1
  if (remembered !== undefined && remembered >= first && remembered <= last) yield remembered
  const start = createHash('sha256').update(routeText(key)).digest().readUInt32BE(0) % size
  for (let step = 0; step < size; step++) {
    const port = first + ((start + step) % size)
    if (port !== remembered) yield port
  }
}
