// The port to applications and workers: bounded HTTP, with the peer's TLS key where the platform can tell. Port and browser form.
import type { requestPinned, streamPinned } from '@wetee/tls'
import type { Hex } from 'viem'
import { SdkError } from './error.ts'

/** An answer; `tlsKeyHash` is the key this very connection was made to, absent where it cannot be known. */
export type TransportAnswer = {
  readonly status: number
  readonly body: Uint8Array
  readonly tlsKeyHash?: Hex
}

/** Largest answer and end of waiting of one request. */
export type TransportOptions = {
  readonly maxBytes: number
  readonly signal?: AbortSignal
  /** Default 15,000. */
  readonly timeoutMs?: number
  readonly headers?: Readonly<Record<string, string>>
}

/** Calls over connections to one TLS key. */
export type PinnedCalls = {
  readonly request: typeof requestPinned
  readonly stream: typeof streamPinned
}

/** GETs a URL, or PUTs bytes there. Throws SdkError `transport.failed` (retryable) or `transport.too-large`. */
export type Transport = {
  get(url: string, options: TransportOptions): Promise<TransportAnswer>
  put(url: string, body: Uint8Array, options: TransportOptions): Promise<TransportAnswer>
  /** Connections to a key that the caller names, where no authority has certified it; absent in browsers. */
  readonly pinned?: PinnedCalls
}

const defaultTimeoutMs = 15_000

/** A signal that ends with the caller's or after the time, whichever is first. */
export function bounded(signal: AbortSignal | undefined, timeoutMs: number): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs)
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout])
}

/** Reads at most `maxBytes` of a body; throws `transport.too-large`. */
export async function readBounded(
  url: string,
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array> {
  if (body === null) return new Uint8Array()
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.length
    if (size > maxBytes) {
      await reader.cancel()
      throw new SdkError('transport.too-large', `${url} answered more than ${maxBytes} bytes`)
    }
    chunks.push(value)
  }
  const all = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    all.set(chunk, offset)
    offset += chunk.length
  }
  return all
}

/** The transport of browsers and of plain HTTP: it cannot say which TLS key the peer has. */
export const fetchTransport: Transport = {
  get: (url, options) => fetchBounded(url, {}, options),
  put: (url, body, options) =>
    fetchBounded(
      url,
      { method: 'PUT', body: new Uint8Array(body), headers: { 'content-type': bytesType } },
      options,
    ),
}

/** Media type of bytes. */
export const bytesType = 'application/octet-stream'

async function fetchBounded(
  url: string,
  request: Pick<RequestInit, 'method' | 'body'> & { readonly headers?: Record<string, string> },
  options: TransportOptions,
): Promise<TransportAnswer> {
  const signal = bounded(options.signal, options.timeoutMs ?? defaultTimeoutMs)
  try {
    const answer = await fetch(url, {
      ...request,
      signal,
      redirect: 'manual',
      headers: { ...request.headers, ...options.headers },
    })
    return {
      status: answer.status,
      body: await readBounded(url, answer.body, options.maxBytes),
    }
  } catch (cause) {
    throw transportError(url, cause, options.signal)
  }
}

/** Turns what a connection threw into an SdkError that names the address. */
export function transportError(url: string, cause: unknown, signal?: AbortSignal): SdkError {
  if (cause instanceof SdkError) return cause
  if (signal?.aborted === true)
    return new SdkError('aborted', `stopped while waiting for ${url}`, { cause })
  return new SdkError('transport.failed', `no answer from ${url}: ${reasonOf(cause)}`, {
    retryable: true,
    cause,
  })
}

/** What Chromium, Firefox and Safari say of every connection that fails. */
const unsaid: ReadonlySet<string> = new Set([
  ...['Failed to fetch', 'network error', 'Load failed', 'The network connection was lost.'],
  ...['NetworkError when attempting to fetch resource.', 'Error in input stream'],
])

/** The innermost message of an error chain: what the socket said. */
export function reasonOf(cause: unknown): string {
  let current: unknown = cause
  for (let depth = 0; depth < 5; depth += 1) {
    if (!(current instanceof Error)) break
    if (current.cause === undefined) break
    current = current.cause
  }
  if (current instanceof AggregateError && current.errors[0] instanceof Error)
    return current.errors[0].message
  const said = current instanceof Error ? current.message : String(current)
  return unsaid.has(said) ? 'the connection failed, and the browser does not say why' : said
}
