// WebSocket upgrades through the agent: the handshake is forwarded, then bytes flow both ways. Does network I/O.
import { request, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { answerErrorOn, head } from './answers.ts'
import { codeOf, MAX_ANSWER_HEADER_BYTES, type Target } from './forwarder.ts'
import { requestHeaders, responseHeaders } from './headers.ts'

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
    client.write(first)
    application.write(early)
    join(client, application)
  })
  client.once('close', () => outgoing.destroy())
  outgoing.end()
  return () => {
    client.destroy()
    outgoing.destroy()
  }
}

/** Pipes two streams into each other; when one is gone, so is the other. */
function join(client: Duplex, application: Duplex): void {
  application.on('error', () => client.destroy())
  client.pipe(application).pipe(client)
  client.once('close', () => application.destroy())
  application.once('close', () => client.destroy())
}
