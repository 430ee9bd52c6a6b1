// A vendor's server on loopback that speaks the real API over given collateral, and fails on demand.
// Network; for tests and development.
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { amdRouteOf, answerAmd, type AmdHoldings, type AmdRoute } from './amd-routes.ts'
import { send, type Answer, type Behaviour } from './behaviour.ts'
import { answerIntel, intelRouteOf, type IntelHoldings, type IntelRoute } from './intel-routes.ts'

/** Which API, over what. */
export type VendorServerOptions =
  | { readonly api: 'pcs' | 'pccs'; readonly intel: IntelHoldings }
  | { readonly api: 'kds'; readonly amd: AmdHoldings }

/** A route of any API. */
export type VendorRoute = IntelRoute | AmdRoute

/** A request that came. */
export type SeenRequest = {
  readonly route: VendorRoute | undefined
  /** Path and query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
}

/** A running server. */
export type VendorServer = {
  /** `http://127.0.0.1:port`. */
  readonly url: string
  /** In the order they came. */
  readonly requests: readonly SeenRequest[]
  /** How many came for a route. */
  count(route: VendorRoute): number
  /** The next `times` answers of a route; every one from now on when absent. */
  behave(route: VendorRoute, behaviour: Behaviour, times?: number): void
  /** Rightly again. */
  heal(): void
  close(): Promise<void>
}

/** Starts a server on a free port of 127.0.0.1. */
export async function startVendorServer(options: VendorServerOptions): Promise<VendorServer> {
  const requests: SeenRequest[] = []
  const behaviours = new Map<VendorRoute, { behaviour: Behaviour; left: number }>()
  const server = createServer((request, response) => {
    response.on('error', () => undefined)
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const { api } = options
    const route = api === 'kds' ? amdRouteOf(url.pathname) : intelRouteOf(api, url.pathname)
    requests.push({ route, path: request.url ?? '/', headers: request.headers })
    if (route === undefined) return void response.writeHead(404).end()
    const behaviour = take(behaviours, route)
    try {
      const answer = answerRoute(options, route, url, behaviour?.type === 'stale')
      send(response, answer, behaviour).catch(() => response.destroy())
    } catch {
      // Holdings that throw are a broken service.
      response.writeHead(500).end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    count: (route) => requests.filter((request) => request.route === route).length,
    behave: (route, behaviour, times = Number.POSITIVE_INFINITY) =>
      void behaviours.set(route, { behaviour, left: times }),
    heal: () => behaviours.clear(),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function take(
  behaviours: Map<VendorRoute, { behaviour: Behaviour; left: number }>,
  route: VendorRoute,
): Behaviour | undefined {
  const set = behaviours.get(route)
  if (set === undefined || set.left <= 0) return undefined
  set.left--
  return set.behaviour
}

function answerRoute(
  options: VendorServerOptions,
  route: VendorRoute,
  url: URL,
  stale: boolean,
): Answer {
  if (options.api === 'kds') return answerAmd(route as AmdRoute, url, options.amd, stale)
  return answerIntel(options.api, route as IntelRoute, url, options.intel, stale)
}
