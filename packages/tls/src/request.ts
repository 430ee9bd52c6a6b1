// One HTTP/1.1 request over a pinned TLS connection, with bounds on time and size. Does network I/O.
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { abortError, connectPinned, type ConnectTarget, type ExpectedKey } from './connection.ts'
import { TlsError } from './error.ts'
import type { Hex } from './key-hash.ts'

/** A request and its bounds. */
export type PinnedRequest = {
  readonly connect: ConnectTarget
  readonly method: string
  /** Absolute path with query. */
  readonly path: string
  /** `host` header; default the host of `connect`, or `localhost` for a given stream. */
  readonly host?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  readonly tlsKeyHash: ExpectedKey
  /** Largest body accepted, bytes; headers are limited to 16 KiB. */
  readonly maxBytes: number
  readonly signal?: AbortSignal
  /** For connection, request and answer together; default 30,000. */
  readonly timeoutMs?: number
}

/** A complete answer; `tlsKeyHash` is the key that the peer has proved. */
export type PinnedAnswer = {
  readonly status: number
  readonly body: Uint8Array
  readonly headers: IncomingHttpHeaders
  readonly tlsKeyHash: Hex
}

/** An answer whose body is still coming; its reader ends it with `close`. */
export type PinnedStream = Omit<PinnedAnswer, 'body'> & {
  readonly body: AsyncIterable<Uint8Array>
  close(): void
}

const MAX_HEADER_BYTES = 16_384
const DEFAULT_TIMEOUT_MS = 30_000

/**
 * Sends one request on a new connection after the peer's key was checked; redirects are not followed.
 * Throws TlsError: `tls.key-mismatch` (nothing was sent), `tls.answer-too-large`, `tls.timeout`, `tls.aborted`,
 * `tls.connect-failed`, `tls.handshake-failed`, `tls.connection-lost`.
 */
export async function requestPinned(options: PinnedRequest): Promise<PinnedAnswer> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
  const { socket, tlsKeyHash } = await connectPinned({
    connect: options.connect,
    tlsKeyHash: options.tlsKeyHash,
    signal,
  })
  try {
    const read = (incoming: IncomingMessage) => readBody(incoming, options.maxBytes)
    const answer = await exchange(options, socket, signal, read)
    return { ...answer, tlsKeyHash }
  } finally {
    socket.on('error', () => undefined)
    socket.destroy()
  }
}

/**
 * Sends one request like `requestPinned`, and gives the body as it comes, however long; the time limit is for its head. The body
 * throws TlsError `tls.connection-lost` when it ends early, `tls.aborted` by the signal.
 */
export async function streamPinned(
  options: Omit<PinnedRequest, 'maxBytes'>,
): Promise<PinnedStream> {
  const { signal } = options
  const timeout = AbortSignal.timeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS)
  const head = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
  const { connect, tlsKeyHash: expected } = options
  const { socket, tlsKeyHash } = await connectPinned({
    connect,
    tlsKeyHash: expected,
    signal: head,
  })
  const close = () => {
    signal?.removeEventListener('abort', close)
    socket.on('error', () => undefined)
    socket.destroy()
  }
  try {
    const answer = await exchange(options, socket, head, (incoming) => Promise.resolve(incoming))
    signal?.addEventListener('abort', close, { once: true })
    if (signal?.aborted === true) close()
    return { ...answer, tlsKeyHash, body: chunksOf(answer.body, signal), close }
  } catch (error) {
    close()
    throw error
  }
}

async function* chunksOf(
  incoming: IncomingMessage,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) yield chunk
  } catch (cause) {
    throw signal?.aborted === true ? abortError(signal) : asTlsError(cause, 'tls.connection-lost')
  }
}

function exchange<Body>(
  options: Omit<PinnedRequest, 'maxBytes'>,
  socket: TLSSocket,
  signal: AbortSignal,
  read: (answer: IncomingMessage) => Promise<Body>,
): Promise<Omit<PinnedAnswer, 'tlsKeyHash' | 'body'> & { readonly body: Body }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      createConnection: () => socket,
      method: options.method,
      path: options.path,
      maxHeaderSize: MAX_HEADER_BYTES,
      setHost: false,
      headers: {
        host: hostHeader(options),
        connection: 'close',
        ...options.headers,
        ...(options.body === undefined
          ? {}
          : { 'content-length': String(Buffer.byteLength(options.body)) }),
      },
    })
    const onAbort = () => outgoing.destroy(abortError(signal))
    signal.addEventListener('abort', onAbort, { once: true })
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', onAbort)
      act()
    }
    outgoing.on('error', (cause) => settle(() => reject(asTlsError(cause, 'tls.connection-lost'))))
    outgoing.on('upgrade', (_answer, upgraded) => {
      upgraded.destroy()
      settle(() => reject(new TlsError('tls.connection-lost', 'an upgrade was not asked for')))
    })
    outgoing.on('response', (answer) => {
      read(answer).then(
        (body) =>
          settle(() => resolve({ status: answer.statusCode ?? 0, body, headers: answer.headers })),
        (cause: unknown) =>
          settle(() =>
            reject(signal.aborted ? abortError(signal) : asTlsError(cause, 'tls.connection-lost')),
          ),
      )
    })
    if (signal.aborted) onAbort()
    else outgoing.end(options.body)
  })
}

async function readBody(answer: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () =>
    new TlsError('tls.answer-too-large', `the answer is larger than ${maxBytes} bytes`)
  if (Number(answer.headers['content-length'] ?? 0) > maxBytes) throw tooLarge()
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

function hostHeader({ host, connect }: Pick<PinnedRequest, 'host' | 'connect'>): string {
  if (host !== undefined) return host
  if (typeof connect === 'function') return 'localhost'
  return `${connect.host.includes(':') ? `[${connect.host}]` : connect.host}:${connect.port}`
}

function asTlsError(cause: unknown, code: 'tls.connection-lost'): TlsError {
  if (cause instanceof TlsError) return cause
  const message = cause instanceof Error ? cause.message : String(cause)
  return new TlsError(code, `the connection ended before the answer: ${message}`, { cause })
}
