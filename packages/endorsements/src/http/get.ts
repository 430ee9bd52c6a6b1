// One HTTP GET with bounds on size and time, redirects on the same host only. Network.
import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { request as requestHttps } from 'node:https'
import { EndorsementError, type EndorsementErrorCode } from '../error.ts'
import { retryAfterMs } from './backoff.ts'
import { redirectTarget } from './server-url.ts'

/** A complete answer with status 200. */
export type HttpAnswer = { readonly headers: IncomingHttpHeaders; readonly body: Uint8Array }

/** What a request is bounded by. */
export type GetOptions = {
  readonly headers: Readonly<Record<string, string>>
  /** Largest body, bytes. */
  readonly maxBytes: number
  /** From the first byte sent to the last received, redirects included, milliseconds. */
  readonly timeoutMs: number
  /** For dates in Retry-After. */
  readonly nowMs: number
  readonly signal: AbortSignal
  /** PEM of certificates trusted instead of the system's, for a PCCS with its own. */
  readonly ca?: string | undefined
}

const MAX_REDIRECTS = 3
const MAX_HEADER_BYTES = 32_768

/** Statuses that mean "this server has no such thing", with PCCS's own. */
const NOT_FOUND: ReadonlySet<number> = new Set([404, 410, 461, 462])

/**
 * Asks for `url` and reads the whole answer. Throws EndorsementError `network.*` or `answer.*`.
 */
export async function httpGet(url: URL, options: GetOptions): Promise<HttpAnswer> {
  const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(options.timeoutMs)))
  const signal = AbortSignal.any([options.signal, timeout])
  const context = { ...options, signal, host: url.host }
  try {
    let target = url
    for (let redirects = 0; ; redirects++) {
      const response = await open(target, context)
      const status = response.statusCode ?? 0
      if (status === 200) return { headers: response.headers, body: await read(response, context) }
      // Error pages are not read: nothing in them is used.
      response.destroy()
      if (status < 300 || status > 399) throw refusal(status, response.headers, context)
      const next = redirectTarget(target, response.headers.location)
      if (next === undefined || redirects === MAX_REDIRECTS)
        throw new EndorsementError('network.redirect', `${url.host}: redirects elsewhere`, {
          status,
        })
      target = next
    }
  } catch (error) {
    if (options.signal.aborted)
      throw new EndorsementError('network.aborted', `${url.host}: aborted`, { cause: error })
    if (
      timeout.aborted &&
      !(error instanceof EndorsementError && error.code === 'answer.too-large')
    )
      throw new EndorsementError('network.timeout', `${url.host}: no answer within its time`, {
        cause: error,
      })
    throw error
  }
}

type Context = GetOptions & { readonly host: string }

function open(url: URL, { headers, signal, ca, host }: Context): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      method: 'GET',
      // A connection of its own: these requests are rare, and no server's idle timer matters.
      agent: false,
      maxHeaderSize: MAX_HEADER_BYTES,
      headers: { 'accept-encoding': 'identity', ...headers },
      signal,
      ...(ca === undefined ? {} : { ca }),
    })
    request.once('response', resolve)
    const fail = (cause?: unknown) =>
      reject(new EndorsementError('network.failed', `${host}: connection failed`, { cause }))
    request.once('error', fail)
    // An answer of 101 closes the connection, and that is all that is heard of it.
    request.once('close', () => fail())
    request.end()
  })
}

async function read(response: IncomingMessage, { maxBytes, host }: Context): Promise<Uint8Array> {
  const encoding = response.headers['content-encoding'] ?? 'identity'
  const announced = Number(response.headers['content-length'] ?? 0)
  const fail = (code: EndorsementErrorCode, message: string, cause?: unknown) => {
    response.destroy()
    return new EndorsementError(code, `${host}: ${message}`, { cause, status: 200 })
  }
  if (encoding !== 'identity') throw fail('answer.malformed', 'compressed answer, not asked for')
  const tooLarge = `more than ${maxBytes} bytes`
  if (announced > maxBytes) throw fail('answer.too-large', tooLarge)
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxBytes) break
      chunks.push(chunk)
    }
  } catch (cause) {
    throw fail('answer.truncated', `connection lost after ${size} bytes`, cause)
  }
  if (size > maxBytes) throw fail('answer.too-large', tooLarge)
  if (!response.complete) throw fail('answer.truncated', `only ${size} bytes came`)
  return new Uint8Array(Buffer.concat(chunks, size))
}

function refusal(status: number, headers: IncomingHttpHeaders, { host, nowMs }: Context) {
  const wait = retryAfterMs(headers['retry-after'], nowMs)
  const message = `${host}: status ${status}`
  return new EndorsementError(codeOf(status), message, { status, retryAfterMs: wait })
}

function codeOf(status: number): EndorsementErrorCode {
  if (status === 429) return 'answer.rate-limited'
  if (status === 401 || status === 403) return 'answer.unauthorized'
  if (NOT_FOUND.has(status)) return 'answer.not-found'
  if (status === 408 || (status >= 500 && status !== 501)) return 'answer.unavailable'
  return 'answer.refused'
}
