// JSON answers over a Unix socket, with bounds on size and connections. Does socket and file I/O.
import { chmodSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { TeeError } from './error.ts'

/** A request as a handler sees it; `body` is the parsed JSON, `undefined` when empty. */
export type SocketCall = { readonly method: string; readonly path: string; readonly body: unknown }

/** What to serve where. */
export type SocketServerOptions = {
  readonly socketPath: string
  /** Mode of the socket file, for example 0o600 or 0o666 inside a closed folder. */
  readonly fileMode: number
  /** Largest request body, bytes; default 1 MiB. */
  readonly maxBytes?: number
  /** Returns what is sent as JSON (`undefined`: status 204). A thrown TeeError with a status is sent as such. */
  readonly handle: (call: SocketCall) => Promise<unknown>
  /** Hears of errors that are not refusals. */
  readonly onError?: (error: unknown, call: SocketCall) => void
}

const DEFAULT_MAX_BYTES = 1_048_576
/** Linux: sun_path has 108 bytes with its final zero. */
const MAX_PATH_BYTES = 107
const MAX_CONNECTIONS = 128

/** A refusal that reaches the caller as `{ error: { code, message } }` with this status. */
export function refusal(status: number, code: string, message: string): TeeError {
  return new TeeError(code, message, { status })
}

/**
 * Listens on a Unix socket; removes a stale socket file of a process that is gone.
 * Throws TeeError `socket.path-too-long` or `socket.in-use`. `close` ends every connection and removes the file.
 */
export async function serveSocket(
  options: SocketServerOptions,
): Promise<{ close(): Promise<void> }> {
  const { socketPath } = options
  if (Buffer.byteLength(socketPath) > MAX_PATH_BYTES)
    throw new TeeError(
      'socket.path-too-long',
      `${socketPath}: a socket path has at most ${MAX_PATH_BYTES} bytes; use a shorter folder`,
    )
  if (await answers(socketPath))
    throw new TeeError('socket.in-use', `${socketPath}: another process listens here`)
  rmSync(socketPath, { force: true })
  const server = createServer(
    { maxHeaderSize: 16_384, requestTimeout: 30_000 },
    (request, answer) => void respond(options, request, answer),
  )
  server.maxConnections = MAX_CONNECTIONS
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, () => {
      server.off('error', reject)
      resolve()
    })
  })
  chmodSync(socketPath, options.fileMode)
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function respond(
  options: SocketServerOptions,
  request: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  const { method = 'GET', url = '/' } = request
  let call: SocketCall = { method, path: url, body: undefined }
  answer.on('error', () => undefined)
  try {
    call = { ...call, body: await readJson(request, options.maxBytes ?? DEFAULT_MAX_BYTES) }
    const value = await options.handle(call)
    if (value === undefined) answer.writeHead(204).end()
    else send(answer, 200, value)
  } catch (error) {
    if (error instanceof TeeError && error.status >= 400) {
      send(answer, error.status, { error: { code: error.code, message: error.message } })
      return
    }
    options.onError?.(error, call)
    send(answer, 500, { error: { code: 'internal', message: 'the request failed; see the log' } })
  }
}

async function readJson(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  // The refusal of a large body still has to travel, so its connection is not destroyed here.
  const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  for await (const chunk of body) {
    size += chunk.length
    if (size > maxBytes)
      throw refusal(413, 'request.too-large', `the body is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  if (size === 0) return undefined
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown
  } catch {
    throw refusal(400, 'request.not-json', 'the body is not JSON')
  }
}

function send(answer: ServerResponse, status: number, value: unknown): void {
  if (answer.headersSent) return
  const text = JSON.stringify(value)
  answer.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    connection: 'close',
  })
  answer.end(text)
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}
