// Carries requests to an application that speaks HTTP/2 without TLS (gRPC) and its answers back, streaming both ways. Does network I/O.
import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from 'node:http2'
import type { Drain } from './drain.ts'
import type { Exchange, Way } from './exchange.ts'
import { grouped, responseHeaders, trailers, type HeaderList } from './headers.ts'
import { MAX_ANSWER_HEADER_BYTES } from './http1-way.ts'
import {
  BrokenOff,
  codeOf,
  passBodyOn,
  streamOfAnswer,
  TimeoutError,
  type Target,
} from './relay.ts'

const { NGHTTP2_FLAG_END_STREAM } = constants
const OPTIONS: SecureClientSessionOptions = {
  maxSessionMemory: 4,
  maxHeaderListPairs: 256,
  settings: { enablePush: false, maxHeaderListSize: MAX_ANSWER_HEADER_BYTES },
}

/**
 * For one connection of a client, with one connection of its own to the application: what a client resets or stalls touches no
 * other client. An application that goes away is connected to anew with the next request.
 */
export function http2Way(target: Target, answerTimeoutMs: number, drain: Drain): Way {
  let session: ClientHttp2Session | undefined
  const current = (): ClientHttp2Session => {
    if (session !== undefined && !session.closed && !session.destroyed) return session
    const made = connect(`http://${target.host}:${target.port}`, OPTIONS)
    made.on('error', () => undefined)
    session = made
    return made
  }
  const send = (exchange: Exchange): (() => void) => {
    const hasBody = exchange.bodyLength !== undefined && exchange.bodyLength !== 0
    let outgoing: ClientHttp2Stream
    try {
      const options = { endStream: !hasBody, waitForTrailers: hasBody }
      outgoing = current().request(requestOf(exchange), options)
    } catch {
      exchange.refuse('request.invalid')
      return () => exchange.cut()
    }
    const late = setTimeout(() => outgoing.destroy(new TimeoutError()), answerTimeoutMs)
    let failure = new Error('reset')
    // Where the connection failed, its error is the cause of the stream's.
    outgoing.on('error', (error: Error) => {
      failure = error.cause instanceof Error ? error.cause : error
    })
    outgoing.once('close', () => {
      clearTimeout(late)
      if (!exchange.hasBegun()) exchange.refuse(codeOf(failure))
    })
    exchange.onOver((whole) => {
      if (!whole) outgoing.destroy(new BrokenOff())
    })
    outgoing.once('response', (fields, flags, raw) => {
      clearTimeout(late)
      passAnswerOn(outgoing, { fields, flags, raw }, exchange, drain)
    })
    if (hasBody) {
      let left: HeaderList = []
      outgoing.once('wantTrailers', () => outgoing.sendTrailers(grouped(left)))
      passBodyOn(exchange, outgoing, (list) => (left = list))
    }
    return () => {
      outgoing.destroy(new BrokenOff())
      exchange.cut()
    }
  }
  return { send, close: () => session?.destroy() }
}

type Head = {
  readonly fields: IncomingHttpHeaders & { readonly ':status'?: number | undefined }
  readonly flags: number
  readonly raw: readonly string[]
}

function passAnswerOn(
  received: ClientHttp2Stream,
  { fields, flags, raw }: Head,
  exchange: Exchange,
  drain: Drain,
): void {
  if (exchange.hasBegun()) {
    received.destroy(new BrokenOff())
    return
  }
  const isLast = (flags & NGHTTP2_FLAG_END_STREAM) !== 0
  const plain = raw.flatMap((name, index) =>
    index % 2 === 0 && !name.startsWith(':') ? [name, raw[index + 1] ?? ''] : [],
  )
  try {
    exchange.begin(fields[':status'] ?? 502, '', responseHeaders(plain), isLast)
  } catch {
    exchange.refuse('application.closed')
    received.destroy(new BrokenOff())
    return
  }
  let rawTrailers: readonly string[] = []
  received.on('trailers', (_parsed, _flags, list: string[]) => (rawTrailers = list))
  const { source, endedEarly } = streamOfAnswer(received, fields, exchange, drain)
  let ended = false
  source.pipe(exchange.sink, { end: false })
  source.once('end', () => {
    // A reset without an error cannot be told from an end here: it is the application's word all the same.
    if ((received.rstCode ?? 0) !== 0 && !endedEarly()) return
    ended = true
    if (endedEarly()) exchange.onOver(() => received.destroy(new BrokenOff()))
    exchange.end(trailers(rawTrailers))
  })
  received.once('close', () => {
    if (!ended && !endedEarly()) exchange.breakOff()
  })
}

/** The request with its pseudo fields; `te` says whether the client takes trailers, which gRPC asks for. */
function requestOf({
  method,
  path,
  headers,
  bodyLength,
  takesTrailers,
}: Exchange): OutgoingHttpHeaders {
  const [[, authority] = ['Host', ''], ...others] = headers
  return {
    ':method': method,
    ':scheme': 'http',
    ':path': path,
    ...(authority === '' ? {} : { ':authority': authority }),
    ...grouped(others),
    ...(typeof bodyLength === 'number' ? { 'content-length': String(bodyLength) } : {}),
    ...(takesTrailers ? { te: 'trailers' } : {}),
  }
}
