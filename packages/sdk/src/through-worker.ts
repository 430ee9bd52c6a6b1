// A network whose dsecret nodes are reached through a worker: for pages, which cannot connect to keys that no authority has certified. HTTP.
import type { Network } from './network.ts'
import type { Transport } from './transport.ts'
import { joinUrl } from './worker-api.ts'

/**
 * The same network, with calls of dsecret nodes relayed by the worker at `endpoint`. It is not believed: what nodes keep is named by
 * digests on chain, and what they say is signed. A platform that sees TLS keys needs no relay and connects by itself.
 */
export function throughWorker(network: Network, endpoint: string): Network {
  const { transport } = network
  if (transport.pinned !== undefined) return network
  const relayed = (url: string): string => {
    const { protocol, hostname, port, pathname, search } = new URL(url)
    if (protocol !== 'https:' || url.startsWith(`${endpoint.replace(/\/+$/, '')}/`)) return url
    const authority = encodeURIComponent(`${hostname}:${port === '' ? '443' : port}`)
    return joinUrl(endpoint, `/v1/nodes/${authority}${pathname}${search}`)
  }
  const through: Transport = {
    get: (url, options) => transport.get(relayed(url), options),
    put: (url, body, options) => transport.put(relayed(url), body, options),
  }
  return { ...network, transport: through }
}
