// The URLs of an application's published ports: by name first, then by port of the machine. Pure.
import { hostNameOf } from './host-names.ts'
import type { Listening } from './ingress.ts'

/** Where this worker is reached. */
export type PublishedAt = {
  /** Name or address of the machine. */
  readonly host: string
  /** What host names end in; `undefined`: none are served. */
  readonly domain: string | undefined
  readonly namePort: number
}

/** A URL that leads to a published port. */
export type PublishedUrl = {
  readonly service: string
  readonly target: number
  readonly url: string
}

/** In the order in which they are to be shown. */
export function publishedUrls(
  listening: readonly Listening[],
  { host, domain, namePort }: PublishedAt,
): PublishedUrl[] {
  const machine = host.includes(':') ? `[${host}]` : host
  const byName =
    domain === undefined
      ? []
      : listening.map(({ appId, service, target }) => {
          const port = namePort === 443 ? '' : `:${namePort}`
          return { service, target, url: `https://${hostNameOf({ appId, target }, domain)}${port}` }
        })
  const byPort = listening.map(({ service, target, port }) => ({
    service,
    target,
    url: `https://${machine}:${port}`,
  }))
  return [...byName, ...byPort]
}
