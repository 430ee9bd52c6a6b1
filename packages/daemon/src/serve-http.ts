// Serves a hono application over HTTP or HTTPS, everything bounded. Does socket I/O.
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { SecureVersion } from 'node:tls'
import { getRequestListener } from '@hono/node-server'
import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { codeOf, DaemonError, messageOf } from './daemon-error.ts'

/** A hono application, as far as it is needed here. */
export type HttpApp = {
  fetch(request: Request, environment: object): Response | Promise<Response>
}

/** What to serve where. */
export type HttpOptions = {
  /** Default 127.0.0.1. */
  readonly host?: string
  /** 0: any free one, see `url`. Or a Unix socket: a path whose folder decides who reaches it; a file there is replaced. */
  readonly port: number | { readonly socketPath: string }
  readonly app: HttpApp
  /** Closes the server. */
  readonly signal: AbortSignal
  /** HTTPS with this key and certificate (PEM); `minVersion` defaults to TLSv1.3. */
  readonly tls?: {
    readonly key: string | Buffer
    readonly cert: string | Buffer
    readonly minVersion?: SecureVersion
  }
  /** Largest request body, bytes; default 1 MiB. */
  readonly maxBodyBytes?: number
  /** Connections at once; default 256. Further ones are closed. */
  readonly maxConnections?: number
  /** For the whole of a request's head, then for head and body together, milliseconds; default 10,000 and 30,000. */
  readonly headersTimeoutMs?: number
  readonly requestTimeoutMs?: number
  /** How long `close` lets answers finish, milliseconds; default 3,000. */
  readonly closeTimeoutMs?: number
}

/** A server that listens. */
export type HttpServer = {
  /** `http(s)://host:port` without a final slash; of a Unix socket `http(s)://localhost`. */
  readonly url: string
  /** Takes no more connections, lets answers finish within the bound, then ends what is left. May be called again. */
  close(): Promise<void>
}

const MAX_BODY_BYTES = 1_048_576
const MAX_CONNECTIONS = 256
const MAX_HEADER_BYTES = 16_384
const MAX_HEADERS = 64
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000
const KEEP_ALIVE_MS = 5_000
const CLOSE_TIMEOUT_MS = 3_000

/** Refuses larger bodies with 413 `request.too-large` before the route sees them; for routes that need less than the server allows. */
export function limitBody(maxBytes: number): MiddlewareHandler {
  const message = `the body is larger than ${maxBytes} bytes`
  return bodyLimit({
    maxSize: maxBytes,
    onError: (c) => {
      c.header('connection', 'close')
      return c.json({ error: { code: 'request.too-large', message } }, 413)
    },
  })
}

/** Listens and serves until `signal` or `close`. Throws DaemonError `http.port-taken` or `http.cannot-listen`. */
export async function serveHttp(options: HttpOptions): Promise<HttpServer> {
  const { host = '127.0.0.1', port, signal, tls } = options
  signal.throwIfAborted()
  const server = openServer(options)
  server.maxConnections = options.maxConnections ?? MAX_CONNECTIONS
  server.maxHeadersCount = MAX_HEADERS
  // Once closing, a connection ends with its answer instead of waiting for another request.
  server.on('request', (_, answer) =>
    answer.once('close', () => {
      if (!server.listening) server.closeIdleConnections()
    }),
  )
  await (typeof port === 'number' ? listen(server, host, port) : listenOn(server, port.socketPath))
  let closed: Promise<void> | undefined
  const close = () => {
    signal.removeEventListener('abort', onAbort)
    return (closed ??= closeServer(server, options.closeTimeoutMs ?? CLOSE_TIMEOUT_MS))
  }
  const onAbort = () => void close()
  signal.addEventListener('abort', onAbort)
  return { url: `${tls === undefined ? 'http' : 'https'}://${authorityOf(server, host)}`, close }
}

function openServer(options: HttpOptions): Server {
  const { tls, headersTimeoutMs = HEADERS_TIMEOUT_MS } = options
  const requestTimeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS
  const limits = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: Math.min(headersTimeoutMs, requestTimeoutMs, 2_000),
  }
  const bounded = bound(options.app, options.maxBodyBytes ?? MAX_BODY_BYTES)
  const listener = getRequestListener((request, bindings) => bounded.fetch(request, bindings))
  const onRequest = (...pair: Parameters<typeof listener>) => void listener(...pair)
  if (tls === undefined) return createServer(limits, onRequest)
  try {
    return createTlsServer(
      { ...limits, minVersion: 'TLSv1.3', handshakeTimeout: headersTimeoutMs, ...tls },
      onRequest,
    )
  } catch (cause) {
    throw new DaemonError('http.cannot-listen', 'the key or certificate for TLS is unusable', {
      cause,
    })
  }
}

/** The body limit around an application, whose own error and not-found answers are kept. */
function bound(app: HttpApp, maxBodyBytes: number): Hono {
  const outer = new Hono()
  outer.onError((_, c) =>
    c.json({ error: { code: 'request.unreadable', message: 'the body did not arrive' } }, 400),
  )
  outer.use(limitBody(maxBodyBytes))
  outer.all('*', (c) => app.fetch(c.req.raw, c.env as object))
  return outer
}

function authorityOf(server: Server, host: string): string {
  const address = server.address()
  if (address === null || typeof address === 'string') return 'localhost'
  return `${host.includes(':') ? `[${host}]` : host}:${address.port}`
}

/** A socket file of an earlier process is dead; mode 0666: the folder keeps others out. */
async function listenOn(server: Server, socketPath: string): Promise<void> {
  try {
    rmSync(socketPath, { force: true })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(socketPath, () => {
        server.off('error', reject)
        resolve()
      })
    })
    chmodSync(socketPath, 0o666)
  } catch (cause) {
    throw new DaemonError('http.cannot-listen', `${socketPath}: ${messageOf(cause)}`, { cause })
  }
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, () => {
        server.off('error', reject)
        resolve()
      })
    })
  } catch (cause) {
    if (codeOf(cause) === 'EADDRINUSE')
      throw new DaemonError(
        'http.port-taken',
        `${host}:${port}: another process listens there; stop it or choose another port`,
        { cause },
      )
    throw new DaemonError('http.cannot-listen', `${host}:${port}: ${messageOf(cause)}`, { cause })
  }
}

async function closeServer(server: Server, timeoutMs: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), timeoutMs)
  await new Promise<void>((resolve) => server.close(() => resolve()))
  clearTimeout(timer)
}
