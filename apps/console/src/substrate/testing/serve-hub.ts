// A Hub in memory behind HTTP on loopback, for pages of any origin, as a node with `--rpc-cors all`. Listens.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { MemoryHub } from './memory-hub.ts'

/** A Hub that is served. */
export type ServedHub = { readonly url: string; close(): Promise<void> }

/** Starts to serve. */
export async function serveHub(hub: MemoryHub): Promise<ServedHub> {
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*')
    response.setHeader('access-control-allow-headers', 'content-type')
    if (request.method === 'OPTIONS') return void response.end()
    void answer(hub, request).then((body) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body)),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

async function answer(hub: MemoryHub, request: IncomingMessage): Promise<object> {
  const asked = JSON.parse(await text(request)) as {
    id: number
    method: string
    params: readonly unknown[]
  }
  const head = { jsonrpc: '2.0', id: asked.id }
  try {
    return { ...head, result: await hub.rpc(asked.method, asked.params) }
  } catch (error) {
    return { ...head, error: { code: -32_000, message: String(error) } }
  }
}
