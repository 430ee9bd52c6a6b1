// A registry on loopback that takes what is pushed, as OCI distribution 1.1 says, and notes what it was asked. Network I/O.
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** What it has, and what a test may make of it. */
export type PushRegistry = {
  readonly host: string
  /** By digest. */
  readonly blobs: Map<string, Buffer>
  /** By digest and by tag. */
  readonly manifests: Map<string, { readonly bytes: Buffer; readonly type: string }>
  /** Method and path of each request, in order. */
  readonly requests: string[]
  /** Answers in the place of the registry when it returns true. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean
  close(): Promise<void>
}

/** Starts one; it wants a token for each request where `login` is given, by `user:password`. */
export async function startPushRegistry(login?: string): Promise<PushRegistry> {
  const blobs = new Map<string, Buffer>()
  const manifests = new Map<string, { bytes: Buffer; type: string }>()
  const requests: string[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://registry')
    requests.push(`${request.method} ${url.pathname}`)
    if (registry.intercept(request, response)) return
    answer(request, response, url).catch(() => response.destroy())
  })
  const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  const answer = async (request: IncomingMessage, response: ServerResponse, url: URL) => {
    const { authorization } = request.headers
    const end = (status: number, headers: Record<string, string> = {}, body = '') => {
      request.resume()
      response.writeHead(status, headers).end(body)
    }
    if (url.pathname === '/token') {
      const right = authorization === `Basic ${Buffer.from(login ?? '').toString('base64')}`
      const rights = url.searchParams.get('scope')?.split(':').at(-1)
      return right && rights === 'pull,push' ? end(200, {}, '{"token":"good"}') : end(401)
    }
    if (login !== undefined && authorization !== 'Bearer good') {
      const realm = `http://${registry.host}/token`
      return end(401, { 'www-authenticate': `Bearer realm="${realm}",service="test"` })
    }
    const [, kind = '', reference = ''] = /^\/v2\/my\/app\/(\w+)\/(.+)$/.exec(url.pathname) ?? []
    if (request.method === 'HEAD') return end(blobs.has(reference) ? 200 : 404)
    if (request.method === 'POST')
      return end(202, { location: '/v2/my/app/blobs/uploads/1?state=a' })
    // A server that cannot take bodies of unknown length is common.
    if (request.headers['content-length'] === undefined) return end(411)
    const bytes = await buffer(request)
    const digest = digestOf(bytes)
    if (kind === 'blobs') {
      const isRight =
        url.searchParams.get('digest') === digest && url.searchParams.get('state') === 'a'
      if (!isRight) return end(400)
      blobs.set(digest, bytes)
      return end(201)
    }
    const type = request.headers['content-type'] ?? ''
    for (const name of [digest, reference]) manifests.set(name, { bytes, type })
    return end(201, { 'docker-content-digest': digest })
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const registry: PushRegistry = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ blobs, manifests, requests },
    intercept: () => false,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return registry
}
