// Carries requests to an application that speaks HTTP/1.1 and its answers back, streaming both ways. Does network I/O.
import { Agent, request, type ClientRequest, type IncomingMessage } from 'node:http'
import type { Drain } from './drain.ts'
import { passBodyOn, streamOfAnswer, TimeoutError, codeOf, type Target } from './relay.ts'
import type { Exchange, Way } from './exchange.ts'
import { responseHeaders, trailers, type HeaderList } from './headers.ts'

/** Largest header section taken from an application. */
export const MAX_ANSWER_HEADER_BYTES = 65_536
const MAX_IDLE_CONNECTIONS = 32
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Connections are reused only for safe requests without a body, which are repeated once when a reused connection turns out to
 * be closed; everything else gets a connection of its own. `answerTimeoutMs` limits the wait for the head of an answer; a body
 * may take as long as it flows or idles.
 */
export function http1Way(target: Target, answerTimeoutMs: number, drain: Drain): Way {
  const pool = new Agent({ keepAlive: true, maxFreeSockets: MAX_IDLE_CONNECTIONS, timeout: 4_000 })

  const ask = (exchange: Exchange, reuse: boolean, onAnswer: () => void): ClientRequest => {
    const outgoing = request({
      ...target,
      agent: reuse ? pool : false,
      method: exchange.method,
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
      passAnswerOn(received, exchange, drain)
    })
    return outgoing
  }

  const send = (exchange: Exchange): (() => void) => {
    const hasBody = exchange.bodyLength !== undefined && exchange.bodyLength !== 0
    const reusable = SAFE_METHODS.has(exchange.method) && !hasBody
    // Once an answer has begun, or nobody waits for one, errors of the sending side say nothing more.
    let settled = false
    const settle = () => {
      settled = true
    }
    let outgoing: ClientRequest
    try {
      outgoing = ask(exchange, reusable, settle)
    } catch {
      // Bytes that HTTP/2 allows and HTTP/1.1 does not.
      exchange.refuse('request.invalid')
      return () => exchange.cut()
    }
    const onError = (error: Error) => {
      if (settled) return
      if (reusable && outgoing.reusedSocket && isReset(error)) {
        outgoing = ask(exchange, false, settle)
        outgoing.on('error', onError)
        outgoing.end()
        return
      }
      exchange.refuse(codeOf(error))
    }
    outgoing.on('error', onError)
    exchange.onOver((whole) => {
      if (whole) return
      settle()
      outgoing.destroy()
    })
    if (hasBody)
      passBodyOn(exchange, outgoing, (list) => {
        addTrailers(outgoing, list)
      })
    else outgoing.end()
    return () => {
      settle()
      outgoing.destroy()
      exchange.cut()
    }
  }
  return { send, close: () => pool.destroy() }
}

function isReset(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
}

/** Frames the request to the application the way the client framed it; a body is never sent without framing. */
function frame(outgoing: ClientRequest, { method, bodyLength }: Exchange): void {
  if (bodyLength === 'open') outgoing.setHeader('Transfer-Encoding', 'chunked')
  else if (bodyLength !== undefined) outgoing.setHeader('Content-Length', bodyLength)
  else if (!SAFE_METHODS.has(method)) outgoing.setHeader('Content-Length', '0')
}

function passAnswerOn(received: IncomingMessage, exchange: Exchange, drain: Drain): void {
  received.on('error', () => undefined)
  if (exchange.hasBegun()) {
    received.destroy()
    return
  }
  const { statusCode = 502, statusMessage = '', rawHeaders } = received
  try {
    exchange.begin(statusCode, statusMessage, responseHeaders(rawHeaders), false)
  } catch {
    // A status or a phrase that Node reads but does not write: the agent must not end by it.
    received.destroy()
    exchange.refuse('application.closed')
    return
  }
  const { source, endedEarly } = streamOfAnswer(received, received.headers, exchange, drain)
  source.pipe(exchange.sink, { end: false })
  source.once('end', () => {
    if (endedEarly()) exchange.onOver(() => received.destroy())
    else if (!received.complete) return
    exchange.end(trailers(received.rawTrailers))
  })
  received.once('close', () => {
    if (!received.complete && !endedEarly()) exchange.breakOff()
  })
}

function addTrailers(outgoing: ClientRequest, list: HeaderList): void {
  if (list.length > 0)
    outgoing.addTrailers(list.map(([name, value]): [string, string] => [name, value]))
}
