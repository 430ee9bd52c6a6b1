// For tests of the ingress: a real TLS client and real applications on loopback. Serves sockets.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { createServer as createNetServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect as connectTls } from 'node:tls'
import type { PublishedPort } from '@wetee/manifest'
import { createTlsIdentity } from '@wetee/certificates'
import { afterEach, beforeEach } from 'vitest'
import { startPort } from '../ingress/port-server.ts'
import type { Gate, Ingress } from '../ingress/tls-listener.ts'

/** Of every ingress. */
export const identity = await createTlsIdentity({ commonName: 'app' })
let folder: string
let socketPath: string
const cleanups: (() => unknown)[] = []

/** Gives every test of a file a socket of its own, and ends what it started. */
export function useIngress(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'wetee-in-'))
    socketPath = join(folder, '80.sock')
  })
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    rmSync(folder, { recursive: true, force: true })
  })
}

/** Path that the ingress of this test listens on. */
export const ingressPath = () => socketPath

/** A gate that a test opens and closes. */
class TestGate implements Gate {
  code: 'lease.pending' | 'lease.lapsed' | undefined
  #listeners: (() => void)[] = []
  refusal() {
    return this.code
  }
  onClosed(listener: () => void) {
    this.#listeners.push(listener)
  }
  close(code: 'lease.lapsed') {
    this.code = code
    for (const listener of this.#listeners) listener()
  }
}

/** An ingress to an application on loopback. */
export async function ingressTo(
  port: number,
  {
    evidence,
    protocol,
    ...times
  }: {
    readonly evidence?: string
    readonly protocol?: NonNullable<PublishedPort['protocol']>
    readonly answerTimeoutMs?: number
    readonly headTimeoutMs?: number
    readonly idleMs?: number
    readonly stallMs?: number
  } = {},
): Promise<{ ingress: Ingress; gate: TestGate }> {
  const gate = new TestGate()
  const ingress = await startPort({
    socketPath,
    target: { host: '127.0.0.1', port },
    ...(protocol === undefined ? {} : { protocol }),
    identity,
    gate,
    evidence: () => Promise.resolve(evidence),
    ...times,
  })
  cleanups.push(() => ingress.close())
  return { ingress, gate }
}

/** An application that speaks HTTP. */
export async function application(
  listener: RequestListener,
): Promise<{ server: Server; port: number }> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { server, port: (server.address() as AddressInfo).port }
}

/** A server that hears and says raw bytes. */
export async function rawApplication(
  onData: (socket: Socket, data: string) => void,
): Promise<number> {
  const server = createNetServer((socket) => {
    socket.on('error', () => undefined)
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
      onData(socket, heard)
    })
    cleanups.push(() => socket.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => server.close())
  return (server.address() as AddressInfo).port
}

type ClientOptions = RequestOptions & { readonly ALPNProtocols?: string[] }

/** Has an application take WebSocket handshakes (RFC 6455, 4.2.2), and write `first` right after its answer. */
export function takeWebSockets(
  server: Server,
  onSocket: (socket: Socket) => void,
  first: string | Buffer = '',
): void {
  server.on('upgrade', (request, socket: Socket) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const accept = createHash('sha1').update(key).digest('base64')
    socket.on('error', () => undefined)
    socket.write(
      Buffer.concat([
        Buffer.from(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
            `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
        ),
        Buffer.from(first),
      ]),
    )
    onSocket(socket)
  })
}

/** A client's handshake with the sample key of RFC 6455, 1.3; what it was answered, its socket, and what came along. */
export async function openWebSocket(): Promise<[IncomingMessage, Socket, Buffer]> {
  const request = open({
    path: '/socket',
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-version': '13',
    },
  })
  const upgraded = once(request, 'upgrade') as Promise<[IncomingMessage, Socket, Buffer]>
  request.end()
  return upgraded
}

/** A request that has not been sent. */
export function open(options: ClientOptions = {}) {
  const request = httpsRequest({
    socketPath,
    rejectUnauthorized: false,
    agent: false,
    path: '/',
    ...options,
    headers: { host: 'app.test', ...options.headers },
  })
  request.on('error', () => undefined)
  return request
}

/** A request and its whole answer. */
export async function ask(options: ClientOptions = {}, body?: string | Buffer) {
  const request = open(options)
  const responded = once(request, 'response') as Promise<[IncomingMessage]>
  request.end(body)
  const [response] = await responded
  const content = await text(response)
  return { status: response.statusCode, headers: response.headers, content, response }
}

/** Everything that comes back for raw bytes. */
export async function rawClient(bytes: string): Promise<string> {
  const socket = connectTls({ path: socketPath, rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  socket.write(bytes)
  return text(socket)
}
