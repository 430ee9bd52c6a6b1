// A registry on loopback that serves layout folders over the OCI distribution pull API, and takes pushes where it is given a folder
// for them. Does network and file I/O.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { blobPath, readDocument } from './blob.ts'
import { ImageError } from './error.ts'
import { readLayout } from './layout.ts'
import { isDigest, parseManifestOrIndex, type Digest } from './manifest.ts'
import { pushedLayout, takePush } from './registry-push.ts'

/** A running registry; `url` is `http://host:port`. */
export type RegistryServer = { readonly url: string; close(): Promise<void> }

const loopbackHosts = new Set(['127.0.0.1', '::1', 'localhost'])
const requestPattern =
  /^\/v2\/([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)\/(manifests|blobs|tags)\/([A-Za-z0-9_][A-Za-z0-9_.:-]{0,140})$/

/**
 * Serves each repository from its layout folder; folders may change while it runs.
 * Throws ImageError `registry.not-loopback` or `registry.port-taken`.
 */
export async function createRegistryServer(options: {
  readonly layouts: Readonly<Record<string, string>>
  /** Any other repository may be pushed to, and lies in this folder; without it nothing can be pushed. */
  readonly pushed?: string
  readonly host: string
  /** 0: any free port. */
  readonly port: number
}): Promise<RegistryServer> {
  const { host, port, pushed } = options
  if (!loopbackHosts.has(host))
    throw new ImageError('registry.not-loopback', `${host}: this registry serves loopback only`)
  const layouts = new Map(Object.entries(options.layouts))
  const server = createServer({ requestTimeout: 30_000 }, (request, response) => {
    answer({ layouts, pushed }, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else if (error instanceof ImageError) fail(response, 404, 'MANIFEST_UNKNOWN', error.message)
      else fail(response, 500, 'UNKNOWN', 'the registry failed')
    })
  })
  server.maxConnections = 64
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      const message = taken ? `port ${port} of ${host} is taken: stop what uses it` : error.message
      const code = taken ? 'registry.port-taken' : 'registry.unreachable'
      reject(new ImageError(code, message, { cause: error }))
    })
    server.listen(port, host, resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

type Served = {
  readonly layouts: ReadonlyMap<string, string>
  readonly pushed: string | undefined
}

async function answer(
  { layouts, pushed }: Served,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // Images are public: pages that look up a digest come from anywhere.
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('access-control-expose-headers', 'docker-content-digest')
  if (request.method === 'OPTIONS') {
    response.setHeader('access-control-allow-headers', 'accept')
    response.writeHead(204).end()
    return
  }
  const path = (request.url ?? '').split('?')[0] ?? ''
  const [, repository = '', kind, reference = ''] = requestPattern.exec(path) ?? []
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    await push({ layouts, pushed }, request, response)
    return
  }
  if (path === '/v2/' || path === '/v2') {
    send(response, request, 'application/json', Buffer.from('{}'))
    return
  }
  const own =
    pushed === undefined || repository === '' ? undefined : pushedLayout(pushed, repository)
  const layout = layouts.get(repository) ?? own
  if (layout === undefined) {
    fail(response, 404, 'NAME_UNKNOWN', `there is no repository ${repository}`)
  } else if (kind === 'manifests') await sendManifest(layout, reference, request, response)
  else if (kind === 'blobs') await sendBlob(layout, reference, request, response)
  else if (reference === 'list') {
    const { images } = await readLayout(layout)
    const tags = images.flatMap(({ refName }) => refName ?? [])
    send(response, request, 'application/json', json({ name: repository, tags }))
  } else fail(response, 404, 'UNSUPPORTED', 'there is nothing here')
}

/** Repositories that are served from elsewhere are not pushed to. */
async function push(
  { layouts, pushed }: Served,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const isOpen = (repository: string) => !layouts.has(repository)
    const taken = pushed === undefined ? undefined : await takePush(pushed, isOpen, request)
    if (taken === undefined) fail(response, 405, 'UNSUPPORTED', 'this cannot be pushed here')
    else response.writeHead(taken.status, taken.headers).end()
  } catch (error) {
    if (!(error instanceof ImageError)) throw error
    fail(response, 400, 'MANIFEST_INVALID', error.message)
  } finally {
    request.resume()
  }
}

async function sendManifest(
  layout: string,
  reference: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const digest = isDigest(reference) ? reference : await digestOfTag(layout, reference)
  const bytes = await readDocument(layout, digest)
  const parsed = parseManifestOrIndex(bytes)
  const type = parsed.kind === 'index' ? parsed.mediaType : parsed.manifest.mediaType
  response.setHeader('docker-content-digest', digest)
  send(response, request, type, Buffer.from(bytes))
}

async function digestOfTag(layout: string, tag: string): Promise<Digest> {
  const { images } = await readLayout(layout)
  const found = images.findLast(({ refName }) => refName === tag)
  if (found === undefined) throw new ImageError('registry.not-found', `there is no tag ${tag}`)
  return found.digest
}

async function sendBlob(
  layout: string,
  reference: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isDigest(reference)) {
    fail(response, 400, 'DIGEST_INVALID', 'expected sha256:<hex>')
    return
  }
  const path = blobPath(layout, reference)
  const size = await stat(path).then(
    (found) => (found.isFile() ? found.size : undefined),
    () => undefined,
  )
  if (size === undefined) {
    fail(response, 404, 'BLOB_UNKNOWN', `there is no ${reference}`)
    return
  }
  const range = parseRange(request.headers.range, size)
  if (range === 'unsatisfiable') {
    response.setHeader('content-range', `bytes */${size}`)
    fail(response, 416, 'RANGE_INVALID', `the blob has ${size} bytes`)
    return
  }
  const { start, end } = range ?? { start: 0, end: size - 1 }
  if (range !== undefined) response.setHeader('content-range', `bytes ${start}-${end}/${size}`)
  response.writeHead(range === undefined ? 200 : 206, {
    'accept-ranges': 'bytes',
    'content-length': end - start + 1,
    'content-type': 'application/octet-stream',
    'docker-content-digest': reference,
  })
  if (request.method === 'HEAD' || size === 0) response.end()
  else await pipeline(createReadStream(path, { start, end, highWaterMark: 1 << 18 }), response)
}

/**
 * One range of bytes; several ranges or other units are ignored, as RFC 9110 section 14.2 allows.
 */
function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=([0-9]{0,15})-([0-9]{0,15})$/.exec(header ?? '')
  const [, first = '', last = ''] = match ?? []
  if (match === null || (first === '' && last === '')) return undefined
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < start) return undefined
  return start >= size ? 'unsatisfiable' : { start, end }
}

function send(
  response: ServerResponse,
  request: IncomingMessage,
  type: string,
  bytes: Buffer,
): void {
  response.writeHead(200, { 'content-type': type, 'content-length': bytes.length })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

function fail(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(json({ errors: [{ code, message }] }))
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value))
}
