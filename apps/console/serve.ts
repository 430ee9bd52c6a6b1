// Serves a built console and its network profile from memory, with the headers that a web server should send. Listens.
import { readFileSync, readdirSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'

/** A console that is served; `url` ends in a slash. */
export type ServedConsole = { readonly url: string; close(): Promise<void> }

/** How it is served. */
export type ServeOptions = {
  /** What `buildConsole` made. */
  readonly folder: string
  /** Text of `network.json`, beside the page; the folder's own where none is given, as in a release. */
  readonly profile?: string
  /** A Compose file to begin with, offered where something is deployed. */
  readonly example?: string
  /** Sources that pages may connect to beside their own: RPC, workers, registries. */
  readonly connect: readonly string[]
  readonly port: number
  /** Address to listen on; default loopback. */
  readonly host?: string
  /** Where the site begins; default `/`. */
  readonly path?: string
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}

/** What pages from elsewhere may read: the badge, and the network that it asks. */
const embedded = new Set(['wetee-verify.js', 'network.json'])

type Served = { readonly type: string; readonly bytes: Buffer; readonly fixed: boolean }

/** Starts to serve. Rejects when the port is taken. */
export async function serveConsole(options: ServeOptions): Promise<ServedConsole> {
  const { port, host = '127.0.0.1', path = '/' } = options
  const files = readSite(options)
  const relays = relaySources(files.get('')?.bytes.toString() ?? '')
  const headers = securityHeaders([...options.connect, ...relays])
  const server = createServer({ requestTimeout: 30_000 }, (request, response) =>
    answer({ files, headers, path }, request, response),
  )
  server.maxConnections = 256
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${host}:${bound}${path}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

/** Relays of wallets that a page's own policy names: none, unless it was built for one. */
export function relaySources(page: string): readonly string[] {
  return page.match(/\bwss?:\/\/[^\s;"]+/g) ?? []
}

/** Nothing inline, nothing from elsewhere, no frame around it. */
export function securityHeaders(connect: readonly string[]): Record<string, string> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      `connect-src ${["'self'", ...connect].join(' ')}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'cross-origin-opener-policy': 'same-origin-allow-popups',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
}

function readSite({ folder, profile, example }: ServeOptions): ReadonlyMap<string, Served> {
  const files = new Map<string, Served>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    const name = relative(folder, path).split(sep).join('/')
    const type = types[extname(name)] ?? 'application/octet-stream'
    files.set(name, { type, bytes: readFileSync(path), fixed: name.startsWith('assets/') })
  }
  const index = files.get('index.html')
  if (index === undefined) throw new Error(`${folder} holds no index.html: build the console`)
  files.set('', index)
  if (profile !== undefined)
    files.set('network.json', {
      type: 'application/json',
      bytes: Buffer.from(profile),
      fixed: false,
    })
  if (example !== undefined)
    files.set('example.yaml', { type: 'text/plain', bytes: Buffer.from(example), fixed: false })
  return files
}

function answer(
  site: {
    readonly files: ReadonlyMap<string, Served>
    readonly headers: Readonly<Record<string, string>>
    readonly path: string
  },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const file = path.startsWith(site.path) ? site.files.get(path.slice(site.path.length)) : undefined
  const readable = request.method === 'GET' || request.method === 'HEAD'
  if (file === undefined || !readable) {
    const status = readable ? 404 : 405
    response.writeHead(status, { ...site.headers, 'content-type': 'text/plain' })
    response.end(readable ? 'no such file\n' : 'read only\n')
    return
  }
  response.writeHead(200, {
    ...site.headers,
    'content-type': file.type,
    'content-length': file.bytes.length,
    ...(embedded.has(path.slice(site.path.length)) ? { 'access-control-allow-origin': '*' } : {}),
    'cache-control': file.fixed ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  response.end(request.method === 'HEAD' ? undefined : file.bytes)
}
