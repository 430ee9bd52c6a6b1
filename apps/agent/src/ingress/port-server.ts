// A published port: HTTP/1.1, HTTP/2, WebSocket or TCP to the application, evidence from the agent. Does I/O.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants } from 'node:http2'
import { createServer, type Server } from 'node:https'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { PublishedPort } from '@wetee/manifest'
import { answerError, answerErrorOn } from './answers.ts'
import { Drain } from './drain.ts'
import type { Exchange, Way } from './exchange.ts'
import { MAX_HEADER_BYTES, targetOf } from './headers.ts'
import { http1Exchange } from './http1-exchange.ts'
import { http1Way } from './http1-way.ts'
import { answerStream, http2Exchange, type Http2Request } from './http2-exchange.ts'
import { Http2Connection } from './http2-server.ts'
import { http2Way } from './http2-way.ts'
import { joinTcp, noWay } from './tcp.ts'
import {
  HEAD_TIMEOUT_MS,
  listenOn,
  MAX_CONNECTIONS,
  tlsOptions,
  type Ingress,
  type PortOptions,
} from './tls-listener.ts'
import { forwardUpgrade, isWebSocket } from './upgrade.ts'

/** What a port needs. */
export type PublishedPortOptions = PortOptions & {
  /** What the application speaks; default HTTP/1.1. */
  readonly protocol?: PublishedPort['protocol']
  /** The current evidence document as text, `undefined` when there is none yet. */
  readonly evidence: () => Promise<string | undefined>
  /** Limit for the head of an application's answer; default 300,000. */
  readonly answerTimeoutMs?: number
  /** For connections of HTTP/2, see Http2Parts; of TCP, default 600,000. */
  readonly idleMs?: number
  readonly stallMs?: number
}

const EVIDENCE_PATH = '/.well-known/wetee/evidence'
const ANSWER_TIMEOUT_MS = 300_000
const TCP_IDLE_MS = 600_000
/** Requests of all connections of HTTP/2 that are under way; HTTP/1.1 has one for each connection. */
const MAX_STREAMS = MAX_CONNECTIONS
const { NGHTTP2_REFUSED_STREAM } = constants

/** Listens. When the gate closes, open exchanges and connections of TCP are cut; while it is closed, these are closed at once. */
export async function startPort(options: PublishedPortOptions): Promise<Ingress> {
  const headTimeoutMs = options.headTimeoutMs ?? HEAD_TIMEOUT_MS
  const server = listenerOf(options, headTimeoutMs)
  const traffic = new Traffic(options, headTimeoutMs)
  const isTcp = options.protocol === 'tcp'
  server.on('request', (incoming: IncomingMessage, answer: ServerResponse) =>
    traffic.serveRequest(incoming, answer),
  )
  server.on('upgrade', (incoming: IncomingMessage, client: Duplex, early: Buffer) =>
    traffic.serveUpgrade(incoming, client, early),
  )
  const [serveHttp1] = server.listeners('secureConnection') as ((socket: TLSSocket) => void)[]
  server.removeAllListeners('secureConnection')
  server.on('secureConnection', (socket) => {
    if (isTcp && socket.alpnProtocol !== 'http/1.1') traffic.serveTcp(socket)
    else if (socket.alpnProtocol === 'h2') traffic.serveStreams(socket)
    else serveHttp1?.call(server, socket)
  })
  options.gate.onClosed(() => traffic.cut())
  const count = await listenOn(options.socketPath, server)
  return {
    drain: () => traffic.drain.begin(),
    connections: count,
    async close() {
      const stopped = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      traffic.cut()
      server.closeAllConnections()
      traffic.close()
      await stopped
    },
  }
}

/** What goes through a port: exchanges and connections, until they are over or cut. */
class Traffic {
  readonly drain = new Drain()
  readonly #options: PublishedPortOptions
  readonly #headTimeoutMs: number
  readonly #answerTimeoutMs: number
  readonly #ways: Ways
  /** Each ends what is under way. */
  readonly #open = new Set<() => void>()
  readonly #connections = new Set<Http2Connection>()

  constructor(options: PublishedPortOptions, headTimeoutMs: number) {
    this.#options = options
    this.#headTimeoutMs = headTimeoutMs
    this.#answerTimeoutMs = options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS
    this.#ways = new Ways(options, this.#answerTimeoutMs, this.drain)
  }

  /** HTTP/1.1. */
  serveRequest(incoming: IncomingMessage, answer: ServerResponse): void {
    answer.on('error', () => undefined)
    this.drain.track(answer)
    const exchange = http1Exchange(incoming, answer)
    if (exchange === undefined) answerError(answer, 'request.invalid')
    else this.#serve(exchange, incoming.socket)
  }

  serveUpgrade(incoming: IncomingMessage, client: Duplex, early: Buffer): void {
    client.on('error', () => undefined)
    const { gate, target } = this.#options
    const refused = gate.refusal()
    if (refused !== undefined) {
      answerErrorOn(client, refused)
      return
    }
    const cut = forwardUpgrade(target, incoming, client, early, this.#answerTimeoutMs, this.drain)
    this.#open.add(cut)
    client.once('close', () => this.#open.delete(cut))
  }

  /** HTTP/2. */
  serveStreams(socket: TLSSocket): void {
    const connection = new Http2Connection(socket, {
      ...this.#options,
      headTimeoutMs: this.#headTimeoutMs,
      onMisdirected: (request) => answerStream(request.stream, 'request.misdirected'),
      onRequest: (request: Http2Request) => {
        const exchange = http2Exchange(request)
        if (this.#open.size >= MAX_STREAMS) request.stream.close(NGHTTP2_REFUSED_STREAM)
        else if (exchange === undefined) answerStream(request.stream, 'request.invalid')
        else this.#serve(exchange, socket)
      },
    })
    this.#connections.add(connection)
    const forget = this.drain.onBegin(() => connection.goAway())
    socket.once('close', () => {
      forget()
      this.#connections.delete(connection)
    })
  }

  serveTcp(socket: TLSSocket): void {
    const { gate, target, idleMs = TCP_IDLE_MS } = this.#options
    if (gate.refusal() !== undefined) {
      socket.destroy()
      return
    }
    const cut = joinTcp(socket, target, idleMs)
    this.#open.add(cut)
    socket.once('close', () => this.#open.delete(cut))
  }

  /** Ends all that is under way. */
  cut(): void {
    for (const cut of [...this.#open]) cut()
  }

  close(): void {
    for (const connection of this.#connections) connection.destroy()
    this.#ways.close()
  }

  #serve(exchange: Exchange, connection: Duplex): void {
    if (exchange.path.split('?', 1)[0] === EVIDENCE_PATH) {
      void answerEvidence(this.#options, exchange)
      return
    }
    const refused = this.#options.gate.refusal()
    if (refused !== undefined) {
      exchange.refuse(refused)
      return
    }
    const cut = this.#ways.of(connection).send(exchange)
    this.#open.add(cut)
    exchange.onOver(() => this.#open.delete(cut))
  }
}

/** TLS and HTTP/1.1 of a port, which hand errors of clients back to them. */
function listenerOf(options: PublishedPortOptions, headTimeoutMs: number): Server {
  const isTcp = options.protocol === 'tcp'
  const server = createServer({
    ...tlsOptions(options),
    ...(isTcp ? { ALPNCallback: chooseForTcp } : { ALPNProtocols: ['h2', 'http/1.1'] }),
    allowHalfOpen: isTcp,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: headTimeoutMs,
    // Node looks at heads that are late only so often.
    connectionsCheckingInterval: Math.ceil(headTimeoutMs / 3),
    requestTimeout: 0,
    keepAliveTimeout: 10_000,
    shouldUpgradeCallback: (incoming) =>
      options.protocol === undefined && isWebSocket(incoming) && !asksForEvidence(incoming),
  })
  server.on('clientError', (_error: Error, socket: Duplex) => {
    if (socket.writable) answerErrorOn(socket, 'request.invalid')
    else socket.destroy()
  })
  // Also what Node has just answered as a client's error: without a handshake that would wait for ever.
  server.on('tlsClientError', (_error: Error, socket: Duplex) => socket.destroy())
  return server
}

/**
 * A client that offers protocols (RFC 7301) is told its first one: what the application speaks, its owner and its clients know. The
 * agent's own answers are for those that speak HTTP/1.1.
 */
function chooseForTcp({ protocols }: { protocols: string[] }): string | undefined {
  return protocols.find((protocol) => protocol === 'http/1.1') ?? protocols[0]
}

/** Ways to the application: one for all over HTTP/1.1, one for each connection of a client over HTTP/2. */
class Ways {
  readonly #make: () => Way
  readonly #shared: Way | undefined
  readonly #open = new Map<Duplex, Way>()

  constructor({ target, protocol }: PublishedPortOptions, answerTimeoutMs: number, drain: Drain) {
    this.#make = () => http2Way(target, answerTimeoutMs, drain)
    if (protocol === 'tcp') this.#shared = noWay(target)
    else if (protocol === undefined) this.#shared = http1Way(target, answerTimeoutMs, drain)
    else this.#shared = undefined
  }

  of(connection: Duplex): Way {
    const known = this.#shared ?? this.#open.get(connection)
    if (known !== undefined) return known
    const made = this.#make()
    this.#open.set(connection, made)
    connection.once('close', () => {
      this.#open.delete(connection)
      made.close()
    })
    return made
  }

  close(): void {
    this.#shared?.close()
    for (const way of this.#open.values()) way.close()
  }
}

/** In any form of target and with any upgrade: the application never answers for its evidence. */
function asksForEvidence(incoming: IncomingMessage): boolean {
  return targetOf(incoming)?.path.split('?', 1)[0] === EVIDENCE_PATH
}

async function answerEvidence(
  { evidence }: Pick<PublishedPortOptions, 'evidence'>,
  exchange: Exchange,
): Promise<void> {
  exchange.body.resume()
  if (exchange.method !== 'GET' && exchange.method !== 'HEAD') {
    exchange.refuse('request.method')
    return
  }
  const text = await evidence().catch(() => undefined)
  if (exchange.hasBegun()) return
  if (text === undefined) {
    exchange.refuse('evidence.pending')
    return
  }
  const fields = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    'cache-control': 'no-store',
    // Evidence is public; pages that verify it come from anywhere.
    'access-control-allow-origin': '*',
  }
  exchange.begin(200, 'OK', Object.entries(fields), false)
  if (exchange.method === 'GET') exchange.sink.write(text)
  exchange.end([])
}
