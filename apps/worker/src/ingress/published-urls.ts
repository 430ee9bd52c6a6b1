// The URLs of an application's published ports and owner APIs: by domain and name first, then by port of the machine. Pure.
import type { Domain } from '@wetee/manifest'
import { hostNameOf } from './host-names.ts'
import type { Listening } from './ingress.ts'

/** Where this worker is reached. */
export type PublishedAt = {
  /** Name or address of the machine. */
  readonly host: string
  /** What host names end in; `undefined`: none are served. */
  readonly domain: string | undefined
  readonly namePort: number
  /** Custom domains of an application that lead here. */
  readonly proven: (appId: bigint) => readonly Domain[]
}

/** What is published, and whether it speaks HTTP; else its bytes are passed on, over TLS all the same. */
export type PublishedPort = Listening & { readonly isHttp: boolean }

/** A URL that leads to a published port. */
export type PublishedUrl = {
  readonly service: string
  readonly target: number
  readonly url: string
}

/** In the order in which they are to be shown. */
export function publishedUrls(
  listening: readonly PublishedPort[],
  { host, domain, namePort, proven }: PublishedAt,
): PublishedUrl[] {
  const machine = host.includes(':') ? `[${host}]` : host
  const port = namePort === 443 ? '' : `:${namePort}`
  const byName =
    domain === undefined
      ? []
      : listening.flatMap((key) => {
          const { appId, service, target } = key
          const scheme = schemeOf(key)
          const custom = proven(appId).filter((one) => one.target === target)
          const names = [...custom.map(({ name }) => name), hostNameOf(key, domain)]
          return names.map((name) => ({ service, target, url: `${scheme}://${name}${port}` }))
        })
  const byPort = listening.map((key) => ({
    service: key.service,
    target: key.target,
    url: `${schemeOf(key)}://${machine}:${key.port}`,
  }))
  return [...byName, ...byPort]
}

function schemeOf({ isHttp }: PublishedPort): 'https' | 'tcp' {
  return isHttp ? 'https' : 'tcp'
}
