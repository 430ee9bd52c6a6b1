// For tests of the ingress: real clients and applications of HTTP/2, and one that writes frames by hand. Serves sockets.
import { once, type EventEmitter } from 'node:events'
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionOptions,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'
import { ingressPath } from './ingress-bench.ts'

/** A client's connection to the ingress of this test. */
export async function openHttp2(options: ClientSessionOptions = {}): Promise<ClientHttp2Session> {
  const session = connect('https://app.test', {
    ...options,
    createConnection: () => tls('h2'),
  })
  session.on('error', () => undefined)
  onTestFinished(() => session.destroy())
  await once(session, 'connect')
  return session
}

/** TLS to the ingress of this test, for a protocol. */
export function tls(protocol: string, servername = 'app.test'): TLSSocket {
  const socket = connectTls({
    path: ingressPath(),
    rejectUnauthorized: false,
    servername,
    ALPNProtocols: [protocol],
  })
  socket.on('error', () => undefined)
  onTestFinished(() => void socket.destroy())
  return socket
}

/** Until it has closed, well or not. */
const closing = (emitter: EventEmitter): Promise<void> =>
  new Promise((resolve) => emitter.once('close', () => resolve()))

/** What a stream has come to. */
export type Heard = {
  readonly status: number | undefined
  readonly headers: IncomingHttpHeaders
  readonly content: string
  readonly trailers: IncomingHttpHeaders
  /** Code of the reset, 0 where there was none. */
  readonly code: number
}

/** Everything that a stream answers, however it ends. */
export async function hear(stream: ClientHttp2Stream): Promise<Heard> {
  let headers: IncomingHttpHeaders & { ':status'?: number | undefined } = {}
  let trailers: IncomingHttpHeaders = {}
  stream.on('response', (fields) => (headers = fields))
  stream.on('trailers', (fields: IncomingHttpHeaders) => (trailers = fields))
  stream.on('error', () => undefined)
  const closed = closing(stream)
  const content = await buffer(stream).catch(() => Buffer.alloc(0))
  await closed
  const status = headers[':status']
  return { status, headers, trailers, content: content.toString(), code: stream.rstCode ?? 0 }
}

/** A request and its whole answer. */
export function askHttp2(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders = {},
  body?: string | Buffer,
): Promise<Heard> {
  const stream = session.request(
    { ':authority': 'app.test', ...headers },
    { endStream: body === undefined },
  )
  if (body !== undefined) stream.end(body)
  return hear(stream)
}

/** An application that speaks HTTP/2 without TLS. */
export async function http2Application(
  onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
): Promise<{ port: number; sessions: Set<ServerHttp2Session> }> {
  const sessions = new Set<ServerHttp2Session>()
  const server = createServer().on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    onStream(stream, headers)
  })
  server.on('session', (session) => {
    sessions.add(session)
    session.on('error', () => undefined)
    session.once('close', () => sessions.delete(session))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const session of sessions) session.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, sessions }
}

/** One frame (RFC 9113, 4.1). */
export function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)) {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** `GET https://app.test/` without a dynamic table: HPACK's static entries and one literal. */
export const GET_BLOCK = Buffer.concat([
  Buffer.from([0x82, 0x87, 0x84, 0x01, 0x08]),
  Buffer.from('app.test'),
])
/** Types of frames. */
export const FRAME = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  continuation: 9,
}
/** Flags of HEADERS. */
export const END_STREAM = 1
export const END_HEADERS = 4

/** A frame that came. */
type Frame = { type: number; flags: number; stream: number; payload: Buffer<ArrayBuffer> }

/** A connection whose frames are written by hand, after preface and settings. */
export async function rawHttp2(): Promise<{
  socket: TLSSocket
  frames: Frame[]
  closed: Promise<unknown>
}> {
  const socket = tls('h2')
  await once(socket, 'secureConnect')
  const frames: Frame[] = []
  let rest = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const end = 9 + rest.readUIntBE(0, 3)
      const [type, flags, stream] = [rest.readUInt8(3), rest.readUInt8(4), rest.readUInt32BE(5)]
      frames.push({ type, flags, stream, payload: rest.subarray(9, end) })
      rest = rest.subarray(end)
    }
  })
  const closed = closing(socket)
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
  socket.write(frame(FRAME.settings, 0, 0))
  return { socket, frames, closed }
}
