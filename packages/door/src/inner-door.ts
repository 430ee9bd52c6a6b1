// The agent's end of the door: lets its own worker in and nobody else, and gives the agent the sockets that a worker beside it would. Serves
// TCP and Unix sockets, keeps a key in memory.
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import {
  constants,
  performServerHandshake,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { join as joinPath } from 'node:path'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { createTlsIdentity } from '@wetee/certificates'
import { tlsKeyHashOf, type Hex } from '@wetee/tls'
import { join } from './join.ts'
import { doorPorts, MAX_LINE_BYTES, readClientName, type DoorPorts } from './names.ts'

/** Where the sockets of an agent are, and for whom the door opens. */
export type InnerDoorOptions = {
  /** SHA-256 of the worker's public key (SPKI), from the launch. */
  readonly workerKey: Hex
  /** PEM file of the door's own key, in memory that no service sees; made when missing. */
  readonly keyFile: string
  /** The agent listens here for its worker. */
  readonly agentSocket: string
  /** The agent listens here for clients: `<name>.sock`. */
  readonly clientsFolder: string
  /** Made here: where the agent calls its worker. */
  readonly workerSocket: string
  /** Made here: where the agent calls a simulated TEE. */
  readonly teeSocket: string
  /** Default: those of every agent. Port 0 takes any free one. */
  readonly ports?: DoorPorts
  /** Address to listen at; default: every one of the pod. */
  readonly host?: string
  /** Somebody else's key was shown. */
  readonly onRefused?: (tlsKeyHash: Hex | undefined) => void
}

/** An open door. */
export type InnerDoor = {
  /** Of its own key. */
  readonly tlsKeyHash: Hex
  readonly ports: DoorPorts
  /** Resolves when the worker has come in for the first time. */
  readonly reached: Promise<void>
  /** Ends every stream. */
  close(): Promise<void>
}

/** A worker that is being replaced and its successor, and one of each that has not ended yet. */
const MAX_SESSIONS = 4
const MAX_STREAMS = 256
const MAX_SESSION_MIB = 64
const MAX_CLIENTS = 16_384
/** Of the agent's calls that no stream is there for yet. */
const MAX_WAITING = 256
const HEAD_TIMEOUT_MS = 10_000
const WAIT_TIMEOUT_MS = 10_000
/** What one stream may send before it is read. */
const WINDOW_BYTES = 1_048_576

/** Opens it. Throws the error of `listen` where a port is taken. */
export async function openInnerDoor(options: InnerDoorOptions): Promise<InnerDoor> {
  const { keyFile, agentSocket, clientsFolder, ports = doorPorts } = options
  const identity = await openIdentity(keyFile)
  const open = new Set<{ destroy(): void }>()
  const keep = <T extends Socket | ServerHttp2Stream>(one: T): T => {
    open.add(one)
    one.once('close', () => open.delete(one))
    one.on('error', () => undefined)
    return one
  }
  const reach = (path: string): Socket => keep(connect({ path, allowHalfOpen: true }))
  const calls = {
    worker: new Calls(),
    tee: new Calls(),
  }
  const onStream = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    keep(stream)
    const path = headers[constants.HTTP2_HEADER_PATH]
    if (path === '/worker') calls.worker.offer(stream)
    else if (path === '/tee') calls.tee.offer(stream)
    else if (path === '/agent') {
      stream.respond({ [constants.HTTP2_HEADER_STATUS]: 200 })
      join(stream, reach(agentSocket))
    } else stream.respond({ [constants.HTTP2_HEADER_STATUS]: 404 }, { endStream: true })
  }
  const { promise: reached, resolve: onReached } = Promise.withResolvers<void>()
  const callsServer = serveWorker(identity, {
    ...{ workerKey: options.workerKey, keep, onStream, onReached },
    onRefused: (key) => options.onRefused?.(key),
  })
  const clientsServer = createServer({ allowHalfOpen: true }, (client) => {
    keep(client)
    nameOf(client, (name) => join(client, reach(joinPath(clientsFolder, `${name}.sock`))))
  })
  clientsServer.maxConnections = MAX_CLIENTS
  const local = (waiting: Calls) =>
    createServer({ allowHalfOpen: true }, (caller) => waiting.ask(keep(caller)))
  const servers: [Server, string | number][] = [
    [local(calls.worker), options.workerSocket],
    [local(calls.tee), options.teeSocket],
    [callsServer, ports.calls],
    [clientsServer, ports.clients],
  ]
  for (const [server, where] of servers) await listen(server, where, options.host)
  const portOf = (server: Server) => (server.address() as AddressInfo).port
  return {
    tlsKeyHash: identity.tlsKeyHash,
    ports: { calls: portOf(callsServer), clients: portOf(clientsServer) },
    reached,
    close: async () => {
      const ended = servers.map(
        ([server]) => new Promise<void>((resolve) => server.close(() => resolve())),
      )
      for (const one of [...open]) one.destroy()
      await Promise.all(ended)
    },
  }
}

/** What the server of the worker's sessions is given. */
type WorkerSessions = {
  readonly workerKey: Hex
  readonly keep: (socket: TLSSocket) => TLSSocket
  readonly onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void
  readonly onReached: () => void
  readonly onRefused: (shown: Hex | undefined) => void
}

/** HTTP/2 over TLS for the one key, a few sessions at a time. */
function serveWorker(
  { keyPem: key, certPem: cert }: { readonly keyPem: string; readonly certPem: string },
  { workerKey, keep, onStream, onReached, onRefused }: WorkerSessions,
): Server {
  const sessions = new Set<TLSSocket>()
  const server = createTlsServer({
    ...{ key, cert, requestCert: true },
    // No authority has signed it: its key is compared.
    rejectUnauthorized: false,
    minVersion: 'TLSv1.3',
    ALPNProtocols: ['h2'],
    handshakeTimeout: HEAD_TIMEOUT_MS,
  })
  server.maxConnections = 2 * MAX_SESSIONS
  server.on('secureConnection', (socket: TLSSocket) => {
    keep(socket)
    const certificate = socket.getPeerX509Certificate()
    const shown = certificate === undefined ? undefined : tlsKeyHashOf(certificate.raw)
    if (shown !== workerKey || sessions.size >= MAX_SESSIONS) {
      if (shown !== workerKey) onRefused(shown)
      socket.destroy()
      return
    }
    sessions.add(socket)
    socket.once('close', () => sessions.delete(socket))
    const session = performServerHandshake(socket, {
      maxSessionMemory: MAX_SESSION_MIB,
      settings: { maxConcurrentStreams: MAX_STREAMS, initialWindowSize: WINDOW_BYTES },
    })
    session.on('error', () => socket.destroy())
    session.once('close', () => socket.destroy())
    session.on('stream', onStream)
    onReached()
  })
  server.on('tlsClientError', (_error: Error, socket: TLSSocket) => socket.destroy())
  return server
}

/** Streams that the worker has opened for calls to it, and calls that wait for one. */
class Calls {
  readonly #streams: ServerHttp2Stream[] = []
  readonly #callers: Socket[] = []

  offer(stream: ServerHttp2Stream): void {
    for (let caller = this.#callers.shift(); caller !== undefined; caller = this.#callers.shift())
      if (!caller.destroyed) {
        answer(stream, caller)
        return
      }
    this.#streams.push(stream)
    stream.once('close', () => this.#forget(stream))
  }

  ask(caller: Socket): void {
    // The newest: it is of the worker that has come last.
    const stream = this.#streams.pop()
    if (stream !== undefined) {
      answer(stream, caller)
      return
    }
    if (this.#callers.length >= MAX_WAITING) {
      caller.destroy()
      return
    }
    this.#callers.push(caller)
    const timer = setTimeout(() => {
      const at = this.#callers.indexOf(caller)
      if (at === -1) return
      this.#callers.splice(at, 1)
      caller.destroy()
    }, WAIT_TIMEOUT_MS)
    timer.unref()
    caller.once('close', () => clearTimeout(timer))
  }

  #forget(stream: ServerHttp2Stream): void {
    const at = this.#streams.indexOf(stream)
    if (at !== -1) this.#streams.splice(at, 1)
  }
}

/** The headers tell the worker that the stream is in use now. */
function answer(stream: ServerHttp2Stream, caller: Socket): void {
  stream.respond({ [constants.HTTP2_HEADER_STATUS]: 200 })
  join(stream, caller)
}

/** Reads the line in front, then hands the connection on as if it had not been there. */
function nameOf(client: Socket, take: (name: string) => void): void {
  let seen = Buffer.alloc(0)
  const timer = setTimeout(() => client.destroy(), HEAD_TIMEOUT_MS)
  timer.unref()
  client.once('close', () => clearTimeout(timer))
  const onEnd = () => client.destroy()
  const onReadable = () => {
    for (;;) {
      const chunk = client.read() as Buffer | null
      if (chunk === null) return
      seen = Buffer.concat([seen, chunk])
      const read = readClientName(seen.subarray(0, MAX_LINE_BYTES))
      if (read === undefined) continue
      client.off('readable', onReadable).off('end', onEnd)
      clearTimeout(timer)
      if (read === 'refused') {
        client.destroy()
        return
      }
      const rest = seen.subarray(read.name.length + 1)
      if (rest.length > 0) client.unshift(rest)
      take(read.name)
      return
    }
  }
  client.on('readable', onReadable).on('end', onEnd)
}

/** Kept over restarts of the agent: its worker has seen it before any service was there that could stand in for it. */
async function openIdentity(keyFile: string) {
  const known = existsSync(keyFile) ? { keyPem: readFileSync(keyFile, 'utf8') } : {}
  const identity = await createTlsIdentity({ commonName: 'door.wetee', ...known })
  if (!('keyPem' in known)) writeFileSync(keyFile, identity.keyPem, { mode: 0o600 })
  return identity
}

function listen(server: Server, where: string | number, host?: string): Promise<void> {
  if (typeof where === 'string') rmSync(where, { force: true })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    const place = typeof where === 'string' ? { path: where } : { port: where, host }
    server.listen(place, () => {
      server.off('error', reject)
      if (typeof where === 'string') chmodSync(where, 0o600)
      resolve()
    })
  })
}
