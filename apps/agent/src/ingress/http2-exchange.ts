// Requests of clients that speak HTTP/2, as exchanges (RFC 9113, 8). Acts on streams of Node.
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import { errorAnswer, type IngressCode } from './answers.ts'
import type { BodyLength, Exchange } from './exchange.ts'
import {
  grouped,
  MAX_HEADER_BYTES,
  pairs,
  requestHeaders,
  takesTrailers,
  trailers,
  type HeaderList,
} from './headers.ts'
import { BrokenOff } from './relay.ts'

const { NGHTTP2_NO_ERROR } = constants

/** A request as Node's `stream` event gives it. */
export type Http2Request = {
  readonly stream: ServerHttp2Stream
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[]
}

/** `undefined` when it is no request for a gateway. */
export function http2Exchange({ stream, headers, rawHeaders }: Http2Request): Exchange | undefined {
  const authority = authorityOf(headers)
  const { ':method': method = '', ':path': path = '' } = headers
  const isTarget = path.startsWith('/') || (path === '*' && method === 'OPTIONS')
  // A client that does not confirm our settings is not held to them by Node.
  const isLarge = rawHeaders.reduce((sum, text) => sum + text.length, 0) > MAX_HEADER_BYTES
  if (isLarge || authority === undefined || method === 'CONNECT' || !isTarget) return undefined
  if (headers.expect?.toLowerCase() === '100-continue') stream.additionalHeaders({ ':status': 100 })
  let receivedTrailers: readonly string[] = []
  stream.on('trailers', (_parsed, _flags, raw) => (receivedTrailers = raw))
  let leftTrailers: HeaderList = []
  stream.on('wantTrailers', () => {
    stream.sendTrailers(grouped(leftTrailers))
    // Whoever has the whole answer need not send the rest of its request.
    setImmediate(() => {
      if (!stream.readableEnded && !stream.destroyed) stream.close(NGHTTP2_NO_ERROR)
    })
  })
  let whole = false
  const drop = () => {
    stream.unpipe()
    stream.resume()
  }
  const end = (list: HeaderList) => {
    whole = true
    leftTrailers = list
    drop()
    stream.end()
  }
  const begin: Exchange['begin'] = (status, _reason, list, last) => {
    const fields: HeaderList = [[':status', String(status)], ...list]
    const raw = fields.flatMap(([name, value]) => [name.toLowerCase(), value])
    stream.respond(raw, { endStream: last, waitForTrailers: !last })
  }
  const hasBegun = () => stream.headersSent || stream.destroyed || stream.closed
  const breakOff = () => void stream.destroy(new BrokenOff())
  return {
    method,
    path,
    headers: requestHeaders(withWholeCookie(rawHeaders), authority, '2'),
    takesTrailers: takesTrailers(headers),
    body: stream,
    bodyLength: bodyLength(stream, headers),
    // A stream that was reset without an error looks like one that ended, but for this.
    isWhole: () => !stream.closed && !stream.aborted,
    trailers: () => trailers(receivedTrailers),
    sink: stream,
    hasBegun,
    begin,
    end,
    refuse(code) {
      if (hasBegun()) breakOff()
      else {
        whole = true
        answerStream(stream, code)
      }
    },
    breakOff,
    cut: breakOff,
    onOver: (listener) => stream.once('close', () => listener(whole && stream.rstCode === 0)),
  }
}

/** Answers with an error; what the client still sends is dropped. */
export function answerStream(stream: ServerHttp2Stream, code: IngressCode): void {
  const { status, body, headers } = errorAnswer(code)
  stream.respond({ ':status': status, ...grouped(headers) })
  stream.resume()
  if (!stream.writableEnded) stream.end(body)
}

/** Host and port that a request is for: one, and without a user's name. */
export function authorityOf({
  ':authority': authority,
  host,
}: IncomingHttpHeaders): string | undefined {
  const named = authority ?? host
  if (named === undefined || named === '' || named.includes('@')) return undefined
  return host === undefined || host === named ? named : undefined
}

function bodyLength(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): BodyLength {
  if (stream.endAfterHeaders) return undefined
  const length = headers['content-length']
  return length === undefined ? 'open' : Number(length)
}

/** HTTP/2 may send a cookie in crumbs (RFC 9113, 8.2.3). */
function withWholeCookie(raw: readonly string[]): string[] {
  const list = pairs(raw).filter(([name]) => !name.startsWith(':'))
  const crumbs = list.filter(([name]) => name === 'cookie').map(([, value]) => value)
  const others = list.filter(([name]) => name !== 'cookie')
  return [...others, ...(crumbs.length === 0 ? [] : [['cookie', crumbs.join('; ')]])].flat()
}
