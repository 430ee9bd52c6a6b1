// Anything over TCP between a client, whose TLS ends here, and the application. Does network I/O.
import { connect, type Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Way } from './exchange.ts'
import { codeOf, type Target } from './relay.ts'

const CONNECT_TIMEOUT_MS = 10_000

/**
 * Passes bytes both ways: the end of one direction is passed on, an error or the end of both ends all, and so does `idleMs` without
 * a byte in either. Returns a function that cuts it.
 */
export function joinTcp(client: TLSSocket, target: Target, idleMs: number): () => void {
  const application = dial(target)
  const cut = () => void client.destroy()
  application.on('error', cut)
  client.on('error', cut)
  client.setTimeout(idleMs, cut)
  client.pipe(application)
  application.pipe(client)
  client.once('close', () => application.destroy())
  application.once('close', () => {
    if (!client.writableEnded) cut()
  })
  return cut
}

/** For requests on a port that carries no HTTP: they are told whether the application takes connections. */
export function noWay(target: Target): Way {
  return {
    send(exchange) {
      const application = dial(target)
      application.once('connect', () => {
        exchange.refuse('request.not-http')
        application.destroy()
      })
      application.once('error', (error) => {
        if (!exchange.hasBegun()) exchange.refuse(codeOf(error))
      })
      exchange.onOver(() => application.destroy())
      return () => exchange.cut()
    },
    close: () => undefined,
  }
}

function dial(target: Target): Socket {
  const socket = connect({ ...target, allowHalfOpen: true, noDelay: true })
  socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy(new Error('no connection in time')))
  socket.once('connect', () => socket.setTimeout(0))
  return socket
}
