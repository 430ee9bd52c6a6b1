// For tests: a worker's socket as an agent sees it, with a settable chain head. Serves a Unix socket.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { json } from 'node:stream/consumers'

/** A call the agent made. */
export type WorkerCall = { readonly path: string; readonly body: unknown }

/** A worker for tests; `calls` in order. */
export type TestWorker = {
  readonly calls: WorkerCall[]
  head: { number: string; hash: string; timestamp: string }
  /** What `GET /v1/committee` answers; undefined: nothing that an agent takes. */
  committee: unknown
  /** What `GET /v1/holders/S` answers, by S; default as `committee`. */
  readonly holders: Map<string, unknown>
  /** What it knows of custom domains; it keeps the certificates that it is given. */
  domains: { name: string; records: string[]; chain?: string }[]
  /** Hosts that CONNECT may reach. */
  readonly allowed: Set<string>
  /** Resolves with the next call of `POST /v1/appraised`. */
  appraised(): Promise<WorkerCall>
  close(): Promise<void>
}

/** Listens on `socketPath`; `collateral` answers `GET /v1/collateral`. */
export async function startTestWorker(
  socketPath: string,
  collateral: () => Promise<unknown>,
): Promise<TestWorker> {
  const calls: WorkerCall[] = []
  const waiting: ((call: WorkerCall) => void)[] = []
  const worker: TestWorker = {
    calls,
    head: {
      number: '42',
      hash: `0x${'42'.repeat(32)}`,
      timestamp: String(Math.floor(Date.now() / 1000)),
    },
    committee: undefined,
    holders: new Map(),
    domains: [],
    allowed: new Set(),
    appraised: () => new Promise((resolve) => waiting.push(resolve)),
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      for (const socket of tunnels) socket.destroy()
      await closed
    },
  }
  const tunnels = new Set<Socket>()
  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const path = request.url ?? ''
    const body: unknown = request.method === 'POST' ? await json(request) : undefined
    const call = { path, body }
    calls.push(call)
    if (path === '/v1/head') return worker.head
    if (path === '/v1/collateral') return collateral()
    if (path === '/v1/authorize')
      return { signature: `0x${'aa'.repeat(65)}`, platformId: `0x${'bb'.repeat(32)}` }
    if (path === '/v1/committee') return worker.committee ?? {}
    const key = /^\/v1\/holders\/(.*)$/.exec(path)?.[1]
    if (key !== undefined) return worker.holders.get(key) ?? worker.committee ?? {}
    if (path === '/v1/domains') return { domains: worker.domains }
    if (path === '/v1/certificates') {
      const { domain, chain } = body as { domain: string; chain: string }
      for (const known of worker.domains) if (known.name === domain) known.chain = chain
    }
    if (path === '/v1/appraised') for (const resolve of waiting.splice(0)) resolve(call)
    return {}
  }
  const server = createServer((request, response: ServerResponse) => {
    answer(request).then(
      (value) => response.end(JSON.stringify(value)),
      () => response.writeHead(500).end('{}'),
    )
  })
  server.on('connect', (request: IncomingMessage, near: Socket) => {
    near.on('error', () => undefined)
    const host = request.url ?? ''
    if (!worker.allowed.has(host)) {
      near.end('HTTP/1.1 403 Forbidden\r\n\r\n')
      return
    }
    const [name, port] = host.split(':')
    const far = connect(Number(port), name, () => {
      near.write('HTTP/1.1 200 OK\r\n\r\n')
      near.pipe(far).pipe(near)
    })
    for (const socket of [near, far]) tunnels.add(socket)
    far.on('error', () => near.destroy())
    near.on('close', () => far.destroy())
  })
  server.listen(socketPath)
  await once(server, 'listening')
  return worker
}
