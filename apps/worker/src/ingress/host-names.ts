// Host names of published ports, `<port>-<appId>.<domain>`, and of owner APIs, `owner-<role>-<replica>-<appId>.<domain>`. Pure.
import { ownerRoute, ownerTarget, type RouteKey } from './port-choice.ts'

/** A published port, which no two services of an application share, or the owner API of an instance. */
export type NamedRoute = Pick<RouteKey, 'appId' | 'target'> & {
  /** Of an owner API. */
  readonly service?: string
}

const MAX_APP_ID = 2n ** 64n - 1n
const PORT = /^([1-9][0-9]{0,4})-([1-9][0-9]{0,19})$/
const OWNER = /^owner-(current|pending)-(0|[1-9][0-9]{0,3})-([1-9][0-9]{0,19})$/

/** The name that leads to a route on a worker whose names end in `domain`. */
export function hostNameOf({ appId, service, target }: RouteKey, domain: string): string {
  return `${target === ownerTarget ? service : target}-${appId}.${domain}`
}

/** What a name leads to; `undefined` for any other text, numbers with zeros in front or out of range among them. */
export function parseHostName(name: string, domain: string): NamedRoute | undefined {
  if (!name.endsWith(`.${domain}`)) return undefined
  const label = name.slice(0, -domain.length - 1)
  const [, port, ofPort] = PORT.exec(label) ?? []
  const [, role, replica, ofOwner] = OWNER.exec(label) ?? []
  const appId = BigInt(ofPort ?? ofOwner ?? 0)
  if (appId === 0n || appId > MAX_APP_ID) return undefined
  if (role === 'current' || role === 'pending') return ownerRoute(appId, role, Number(replica))
  const target = Number(port)
  return target <= 65_535 ? { appId, target } : undefined
}
