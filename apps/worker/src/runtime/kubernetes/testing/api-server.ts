// For tests: a small API server in memory over TLS, which keeps objects, tells watchers, and fails in the ways it is told. Listens on
// loopback.
import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createTlsIdentity } from '@wetee/certificates'
import type { Cluster } from '../cluster.ts'

/** One request as it came. */
export type Seen = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

/** Answers a request in place of the server; `undefined` leaves it to it. */
export type Fault = (
  seen: Seen,
  response: ServerResponse,
) => 'answered' | undefined | Promise<'answered' | undefined>

type Stored = {
  kind: string
  apiVersion: string
  metadata: {
    name: string
    namespace?: string
    uid: string
    resourceVersion: string
    labels?: Record<string, string>
    [field: string]: unknown
  }
  [field: string]: unknown
}
type Watcher = {
  readonly matches: (path: string, object: Stored) => boolean
  readonly response: ServerResponse
}

/** Objects by path. Reviews are allowed, users are `tester`, pods of the network of the host are refused. */
export class FakeApiServer {
  readonly seen: Seen[] = []
  readonly objects = new Map<string, Stored>()
  readonly #watchers = new Set<Watcher>()
  readonly #history: { version: number; path: string; object: Stored; line: string }[] = []
  readonly #server: Server
  readonly #certPem: string
  #version = 1
  #fault: Fault | undefined

  static async start(): Promise<FakeApiServer> {
    const { keyPem, certPem } = await createTlsIdentity({ commonName: 'localhost' })
    const server = new FakeApiServer(createServer({ key: keyPem, cert: certPem }), certPem)
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  private constructor(server: Server, certPem: string) {
    this.#server = server
    this.#certPem = certPem
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      response.on('error', () => undefined)
      void this.#take(request, response)
    })
  }

  /** How a client reaches it. */
  get cluster(): Cluster {
    const { port } = this.#server.address() as AddressInfo
    return {
      server: `https://127.0.0.1:${port}`,
      serverName: 'localhost',
      ca: this.#certPem,
      token: () => 'token-of-the-test',
    }
  }

  /** From now on asked first for every request; `undefined`: nobody. */
  fail(fault: Fault | undefined): void {
    this.#fault = fault
  }

  /** Cuts every watch as a broken connection does; `bytes` of an unfinished event are sent before. */
  cutWatches(bytes = ''): void {
    for (const watcher of this.#watchers) {
      watcher.response.write(bytes)
      watcher.response.socket?.end()
    }
    this.#watchers.clear()
  }

  /** Ends every watch with an event. */
  endWatches(event: unknown): void {
    for (const { response } of this.#watchers) response.end(`${JSON.stringify(event)}\n`)
    this.#watchers.clear()
  }

  get watches(): number {
    return this.#watchers.size
  }

  /** Puts an object there and tells watchers. */
  put(path: string, object: Omit<Stored, 'metadata'> & { metadata: object }): Stored {
    const before = this.objects.get(path)
    const stored = { ...object } as Stored
    stored.metadata = {
      uid: before?.metadata.uid ?? `uid-${this.#version}`,
      ...object.metadata,
      resourceVersion: String(++this.#version),
    } as Stored['metadata']
    this.objects.set(path, stored)
    this.#tell(before === undefined ? 'ADDED' : 'MODIFIED', path, stored)
    return stored
  }

  /** Takes an object away and tells watchers. */
  remove(path: string): void {
    const object = this.objects.get(path)
    if (object === undefined) return
    this.objects.delete(path)
    object.metadata.resourceVersion = String(++this.#version)
    this.#tell('DELETED', path, object)
  }

  async close(): Promise<void> {
    this.cutWatches()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #tell(type: string, path: string, object: Stored): void {
    const line = `${JSON.stringify({ type, object })}\n`
    this.#history.push({ version: this.#version, path, object, line })
    for (const { matches, response } of this.#watchers)
      if (matches(path, object)) response.write(line)
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'https://x')
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString('utf8')
    const seen: Seen = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    }
    this.seen.push(seen)
    if ((await this.#fault?.(seen, response)) === 'answered') return
    this.#answer(seen, response)
  }

  #answer(seen: Seen, response: ServerResponse): void {
    const { method, path, query, body } = seen
    if (path.endsWith('/selfsubjectreviews'))
      return json(response, 201, { status: { userInfo: { username: 'tester' } } })
    if (path.endsWith('/selfsubjectaccessreviews'))
      return json(response, 201, { status: { allowed: true } })
    if (method === 'PATCH') return this.#apply(path, body as Stored, query, response)
    const found = this.objects.get(path)
    if (method === 'DELETE') {
      if (found === undefined) return refuse(response, 404, 'NotFound')
      this.remove(path)
      return json(response, 200, found)
    }
    if (found !== undefined) return json(response, 200, found)
    if (!isCollection(path) || path.startsWith('/apis/metrics'))
      return refuse(response, 404, 'NotFound')
    const matches = matcher(path, query.get('labelSelector') ?? '')
    if (query.get('watch') === '1') {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.flushHeaders()
      const from = Number(query.get('resourceVersion'))
      for (const { version, path: place, object, line } of this.#history)
        if (version > from && matches(place, object)) response.write(line)
      const watcher = { matches, response }
      this.#watchers.add(watcher)
      response.on('close', () => this.#watchers.delete(watcher))
      return
    }
    const items = [...this.objects]
      .filter(([place, object]) => matches(place, object))
      .map(([, object]) => object)
    json(response, 200, { metadata: { resourceVersion: String(this.#version) }, items })
  }

  #apply(path: string, body: Stored, query: URLSearchParams, response: ServerResponse): void {
    const spec = body['spec'] as { hostNetwork?: boolean } | undefined
    if (spec?.hostNetwork === true)
      return refuse(response, 403, 'Forbidden', 'violates PodSecurity "restricted:latest"')
    if (query.get('dryRun') === 'All')
      return json(response, 200, {
        ...body,
        metadata: { ...body.metadata, uid: 'dry' },
      })
    json(response, 200, this.put(path, body.kind === 'ResourceQuota' ? counted(body) : body))
  }
}

/** Whether a path ends in a plural: /api/v1 and /apis/group/version come first. */
function isCollection(path: string): boolean {
  const parts = path.split('/').filter((part) => part !== '')
  const rest = parts.slice(parts[0] === 'api' ? 2 : 3)
  return rest.length === 1 || (rest.length === 3 && rest[0] === 'namespaces')
}

function matcher(collection: string, selector: string): (path: string, object: Stored) => boolean {
  const plural = collection.split('/').at(-1) ?? ''
  const [, namespace] = /\/namespaces\/([^/]+)\//.exec(collection) ?? []
  const terms = selector.split(',').filter((term) => term !== '')
  return (path, { metadata }) =>
    path.split('/').at(-2) === plural &&
    (namespace === undefined || metadata.namespace === namespace) &&
    terms.every((term) => {
      const [key = '', value] = term.split('=')
      const has = metadata.labels?.[key]
      return value === undefined ? has !== undefined : has === value
    })
}

/** A quota as the controller leaves it: all of nothing used. */
function counted(quota: Stored): Stored {
  const { hard } = quota['spec'] as { hard: Record<string, string> }
  const used = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']))
  return { ...quota, status: { hard, used } }
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

/** A refusal as Kubernetes writes it. */
export function refuse(
  response: ServerResponse,
  status: number,
  reason: string,
  message: string = reason,
): void {
  json(response, status, { kind: 'Status', code: status, reason, message })
}
