// Carries HTTP/1.1 requests to the application and its answers back, streaming both ways. Does network I/O.
import {
  Agent,
  request,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http'
import { answerError, type IngressCode } from './answers.ts'
import type { Drain } from './drain.ts'
import { EventStreamEnd } from './event-stream.ts'
import { requestHeaders, responseHeaders, targetOf, trailers } from './headers.ts'

/** Where the application listens. */
export type Target = { readonly host: string; readonly port: number }

/** A message that ends early is never passed off as a whole one. */
export type Forwarder = {
  /** Forwards one request; returns a function that cuts it. */
  forward(incoming: IncomingMessage, answer: ServerResponse): () => void
  close(): void
}

/** Largest header section taken from an application. */
export const MAX_ANSWER_HEADER_BYTES = 65_536
const MAX_IDLE_CONNECTIONS = 32
/** A stream of events that does not come to the end of one is cut after this long, milliseconds. */
const EVENT_TIMEOUT_MS = 1_000
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

type Exchange = {
  readonly incoming: IncomingMessage
  readonly answer: ServerResponse
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
  readonly hasBody: boolean
}

/**
 * Forwards to `target`. Connections are reused only for safe requests without a body, which are repeated once when
 * a reused connection turns out to be closed; everything else gets a connection of its own.
 * `answerTimeoutMs` limits the wait for the head of an answer; a body may take as long as it flows or idles.
 */
export function createForwarder(target: Target, answerTimeoutMs: number, drain: Drain): Forwarder {
  const pool = new Agent({ keepAlive: true, maxFreeSockets: MAX_IDLE_CONNECTIONS, timeout: 4_000 })

  const send = (exchange: Exchange, reuse: boolean, onAnswer: () => void): ClientRequest => {
    const { incoming, answer } = exchange
    const outgoing = request({
      ...target,
      agent: reuse ? pool : false,
      method: incoming.method ?? 'GET',
      path: exchange.path,
      maxHeaderSize: MAX_ANSWER_HEADER_BYTES,
      setHost: false,
    })
    outgoing.sendDate = false
    for (const [name, value] of exchange.headers) outgoing.appendHeader(name, value)
    frame(outgoing, exchange)
    outgoing.setTimeout(answerTimeoutMs, () => outgoing.destroy(new TimeoutError()))
    outgoing.on('response', (received) => {
      outgoing.setTimeout(0)
      onAnswer()
      relayAnswer(received, answer, drain)
    })
    return outgoing
  }

  const forward = (incoming: IncomingMessage, answer: ServerResponse): (() => void) => {
    const exchange = openExchange(incoming, answer)
    if (exchange === undefined) {
      answerError(answer, 'request.invalid')
      return () => answer.destroy()
    }
    const reusable = SAFE_METHODS.has(incoming.method ?? '') && !exchange.hasBody
    // Once an answer has begun, or nobody waits for one, errors of the sending side say nothing more.
    let settled = false
    const settle = () => {
      settled = true
    }
    let outgoing = send(exchange, reusable, settle)
    const onError = (error: Error) => {
      if (settled) return
      if (reusable && outgoing.reusedSocket && isReset(error)) {
        outgoing = send(exchange, false, settle)
        outgoing.on('error', onError)
        outgoing.end()
        return
      }
      // What the client still sends is read and dropped, then the connection ends.
      answer.shouldKeepAlive = false
      incoming.unpipe()
      incoming.resume()
      answerError(answer, codeOf(error))
    }
    outgoing.on('error', onError)
    answer.on('close', () => {
      if (answer.writableFinished) return
      settle()
      outgoing.destroy()
    })
    answer.once('finish', () => {
      incoming.unpipe()
      incoming.resume()
    })
    if (exchange.hasBody) relayBody(incoming, outgoing)
    else outgoing.end()
    return () => {
      settle()
      outgoing.destroy()
      answer.destroy()
      incoming.socket.destroy()
    }
  }
  return { forward, close: () => pool.destroy() }
}

class TimeoutError extends Error {}

/** The code for a failure on the way to the application. */
export function codeOf(error: Error): IngressCode {
  if (error instanceof TimeoutError) return 'application.timeout'
  const code = 'code' in error ? error.code : undefined
  return code === 'ECONNREFUSED' || code === 'EADDRNOTAVAIL' || code === 'EHOSTUNREACH'
    ? 'application.unreachable'
    : 'application.closed'
}

function isReset(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
}

/** What is to be sent; `undefined` when it is no request for a gateway. */
function openExchange(incoming: IncomingMessage, answer: ServerResponse): Exchange | undefined {
  const target = targetOf(incoming)
  const { host, 'transfer-encoding': coding } = incoming.headersDistinct
  // A coding that is not undone here would reach the application without its name; of two hosts each end reads another.
  const plain = coding === undefined || coding.join().toLowerCase() === 'chunked'
  if (target === undefined || !plain || (host?.length ?? 0) > 1) return undefined
  return {
    incoming,
    answer,
    path: target.path,
    headers: requestHeaders(incoming.rawHeaders, target.host),
    hasBody:
      incoming.headers['transfer-encoding'] !== undefined ||
      Number(incoming.headers['content-length'] ?? 0) > 0,
  }
}

/** Frames the request to the application the way the client framed it; a body is never sent without framing. */
function frame(outgoing: ClientRequest, { incoming, hasBody }: Exchange): void {
  const length = incoming.headers['content-length']
  if (incoming.headers['transfer-encoding'] !== undefined)
    outgoing.setHeader('Transfer-Encoding', 'chunked')
  else if (length !== undefined) outgoing.setHeader('Content-Length', length)
  else if (!hasBody && !SAFE_METHODS.has(incoming.method ?? ''))
    outgoing.setHeader('Content-Length', '0')
}

function relayBody(incoming: IncomingMessage, outgoing: ClientRequest): void {
  incoming.pipe(outgoing, { end: false })
  incoming.on('error', () => undefined)
  incoming.once('end', () => {
    if (!incoming.complete) return
    addTrailers(incoming, outgoing)
    outgoing.end()
  })
  incoming.once('close', () => {
    if (!incoming.complete) outgoing.destroy()
  })
}

function relayAnswer(received: IncomingMessage, answer: ServerResponse, drain: Drain): void {
  received.on('error', () => undefined)
  if (answer.headersSent || answer.destroyed) {
    received.destroy()
    return
  }
  try {
    answer.statusMessage = received.statusMessage ?? ''
    answer.writeHead(received.statusCode ?? 502, responseHeaders(received.rawHeaders).flat())
  } catch {
    // A status or a phrase that Node reads but does not write: the agent must not end by it.
    received.destroy()
    answerError(answer, 'application.closed')
    return
  }
  const events = isEventStream(received) ? endable(answer, drain) : undefined
  const source = events === undefined ? received : received.pipe(events)
  source.pipe(answer, { end: false })
  source.once('end', () => {
    if (events?.finished === true) answer.once('finish', () => received.destroy())
    else if (!received.complete) return
    addTrailers(received, answer)
    answer.end()
  })
  received.once('close', () => {
    if (!received.complete && events?.finished !== true) answer.destroy()
  })
}

function isEventStream({ headers }: IncomingMessage): boolean {
  return headers['content-type']?.toLowerCase().startsWith('text/event-stream') === true
}

/** A stream of events goes on for ever: draining ends it, and its client asks again from where it was. */
function endable(answer: ServerResponse, drain: Drain): EventStreamEnd {
  const events = new EventStreamEnd()
  const forget = drain.onBegin(() => {
    events.finish()
    const timer = setTimeout(() => events.cut(), EVENT_TIMEOUT_MS)
    answer.once('close', () => clearTimeout(timer))
  })
  answer.once('close', forget)
  return events
}

function addTrailers(from: IncomingMessage, to: ClientRequest | ServerResponse): void {
  const list = trailers(from.rawTrailers)
  if (list.length > 0) to.addTrailers(list.map(([name, value]): [string, string] => [name, value]))
}
