// WebSocket upgrades through the agent: the handshake is forwarded, then bytes flow both ways. Does network I/O.
import { request, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { answerErrorOn, head } from './answers.ts'
import type { Drain } from './drain.ts'
import { requestHeaders, responseHeaders } from './headers.ts'
import { MAX_ANSWER_HEADER_BYTES } from './http1-way.ts'
import { codeOf, type Target } from './relay.ts'
import { WebSocketEnd } from './web-socket.ts'

/** A client answers a close frame; one that does not is cut after this long, milliseconds. */
const CLOSE_TIMEOUT_MS = 5_000

/** Whether a request asks for the one protocol that is passed on. */
export function isWebSocket(incoming: IncomingMessage): boolean {
  return incoming.method === 'GET' && incoming.headers.upgrade?.toLowerCase() === 'websocket'
}

/** Forwards an upgrade; returns a function that cuts the connection. A refusal of the application is passed on. */
export function forwardUpgrade(
  target: Target,
  incoming: IncomingMessage,
  client: Duplex,
  early: Buffer,
  answerTimeoutMs: number,
  drain: Drain,
): () => void {
  client.on('error', () => undefined)
  const { headers } = incoming
  if (
    !incoming.url?.startsWith('/') ||
    headers['transfer-encoding'] !== undefined ||
    Number(headers['content-length'] ?? 0) > 0
  ) {
    answerErrorOn(client, 'request.invalid')
    return () => client.destroy()
  }
  const outgoing = request({
    ...target,
    agent: false,
    method: 'GET',
    path: incoming.url,
    maxHeaderSize: MAX_ANSWER_HEADER_BYTES,
    setHost: false,
  })
  for (const [name, value] of requestHeaders(incoming.rawHeaders, headers.host ?? ''))
    outgoing.appendHeader(name, value)
  outgoing.setHeader('Connection', 'Upgrade')
  outgoing.setHeader('Upgrade', 'websocket')
  outgoing.setTimeout(answerTimeoutMs, () => outgoing.destroy())
  let answered = false
  outgoing.on('error', (error) => {
    if (answered) client.destroy()
    else answerErrorOn(client, codeOf(error))
    answered = true
  })
  outgoing.on('response', (received) => {
    answered = true
    received.on('error', () => client.destroy())
    client.write(
      head(received.statusCode ?? 502, received.statusMessage ?? '', [
        ...responseHeaders(received.rawHeaders),
        ['Connection', 'close'],
      ]),
    )
    received.pipe(client)
  })
  outgoing.on('upgrade', (received, application, first: Buffer) => {
    answered = true
    application.setTimeout(0)
    client.write(
      head(101, received.statusMessage ?? '', [
        ...responseHeaders(received.rawHeaders),
        ['Connection', 'Upgrade'],
        ['Upgrade', 'websocket'],
      ]),
    )
    application.write(early)
    join(client, application, first, drain)
  })
  client.once('close', () => outgoing.destroy())
  outgoing.end()
  return () => {
    client.destroy()
    outgoing.destroy()
  }
}

/** Pipes two streams into each other; when one is gone, so is the other. Draining tells the client to go elsewhere. */
function join(client: Duplex, application: Duplex, first: Buffer, drain: Drain): void {
  application.on('error', () => client.destroy())
  const frames = new WebSocketEnd()
  frames.write(first)
  client.pipe(application).pipe(frames).pipe(client)
  const forget = drain.onBegin(() => {
    frames.goAway()
    const timer = setTimeout(() => client.destroy(), CLOSE_TIMEOUT_MS)
    client.once('close', () => clearTimeout(timer))
  })
  client.once('close', () => {
    forget()
    application.destroy()
  })
  application.once('close', () => {
    if (frames.readableEnded) client.destroy()
    else frames.once('end', () => client.destroy()).end()
  })
}
