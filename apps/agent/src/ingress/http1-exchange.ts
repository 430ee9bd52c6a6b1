// Requests of clients that speak HTTP/1.1, as exchanges. Acts on requests and responses of Node.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerError } from './answers.ts'
import type { BodyLength, Exchange } from './exchange.ts'
import { requestHeaders, takesTrailers, targetOf, trailers } from './headers.ts'

/** `undefined` when it is no request for a gateway. */
export function http1Exchange(
  incoming: IncomingMessage,
  answer: ServerResponse,
): Exchange | undefined {
  const target = targetOf(incoming)
  const { host, 'transfer-encoding': coding } = incoming.headersDistinct
  // A coding that is not undone here would reach the application without its name; of two hosts each end reads another.
  const plain = coding === undefined || coding.join().toLowerCase() === 'chunked'
  if (target === undefined || !plain || (host?.length ?? 0) > 1) return undefined
  const drop = () => {
    incoming.unpipe()
    incoming.resume()
  }
  incoming.on('error', () => undefined)
  answer.once('finish', drop)
  return {
    method: incoming.method ?? 'GET',
    path: target.path,
    headers: requestHeaders(incoming.rawHeaders, target.host),
    takesTrailers: takesTrailers(incoming.headers),
    body: incoming,
    bodyLength: bodyLength(incoming),
    isWhole: () => incoming.complete,
    trailers: () => trailers(incoming.rawTrailers),
    sink: answer,
    hasBegun: () => answer.headersSent || answer.destroyed,
    begin(status, reason, headers) {
      answer.statusMessage = reason
      answer.writeHead(status, headers.flat())
    },
    end(list) {
      if (list.length > 0)
        answer.addTrailers(list.map(([name, value]): [string, string] => [name, value]))
      answer.end()
    },
    refuse(code) {
      // What the client still sends is read and dropped, then the connection ends.
      answer.shouldKeepAlive = false
      drop()
      answerError(answer, code)
    },
    breakOff: () => answer.destroy(),
    cut() {
      answer.destroy()
      incoming.socket.destroy()
    },
    onOver: (listener) => answer.once('close', () => listener(answer.writableFinished)),
  }
}

function bodyLength({ headers }: IncomingMessage): BodyLength {
  if (headers['transfer-encoding'] !== undefined) return 'open'
  const length = headers['content-length']
  return length === undefined ? undefined : Number(length)
}
