// The worker's end of the door of one agent: holds a connection to its pod, gives the worker the agent's socket and the agent the worker's.
// Does network I/O, serves a Unix socket.
import { connect as connectSession, constants, type ClientHttp2Session } from 'node:http2'
import { chmodSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { TlsIdentity } from '@wetee/certificates'
import { connectPinned, type Hex } from '@wetee/tls'
import { join } from './join.ts'
import { doorPorts, isClientName, type DoorPorts } from './names.ts'

/** The key that an agent's door has shown first; kept as long as its pod lives. */
export type KeptKey = {
  get(): Hex | undefined
  set(tlsKeyHash: Hex): void
}

/** What a door is opened with. */
export type OuterDoorOptions = {
  /** The worker's own key; its hash is in the launch of the agent. */
  readonly identity: Pick<TlsIdentity, 'keyPem' | 'certPem'>
  /** Of the pod now; `undefined` while it has none. */
  readonly address: () => Promise<string | undefined>
  /**
   * The first key is believed: before the first contact no service of the pod has been started, and afterwards none can show it. In a
   * cluster that lies nothing can be believed, and nothing depends on it.
   */
  readonly agentKey: KeptKey
  /** Made here: where the worker calls the agent. */
  readonly agentSocket: string
  /** Where the worker listens for its agent. */
  readonly workerSocket: () => string
  /** Where a simulated TEE listens for its guest. */
  readonly teeSocket: () => string | undefined
  /** Default: those of every agent. */
  readonly ports?: DoorPorts
  /** A connection could not be made, or another key was shown. */
  readonly onFailure?: (error: unknown) => void
  readonly signal: AbortSignal
}

/** The worker's end. */
export type OuterDoor = {
  /** Connects for a client; throws while the pod has no address. */
  dial(name: string): Socket
  close(): Promise<void>
}

/** Streams that wait for calls of the agent; one is opened for each that is taken. */
const IDLE_STREAMS = { worker: 8, tee: 2 } as const
const CONNECT_TIMEOUT_MS = 10_000
const FIRST_WAIT_MS = 100
const LAST_WAIT_MS = 5_000
const PING_MS = 15_000
const MAX_SESSION_MIB = 64
const WINDOW_BYTES = 1_048_576
/** Calls of the worker that are open. */
const MAX_CALLS = 128

/** Opens it; whether its pod is there shows with the first call. Throws the error of `listen`. */
export async function openOuterDoor(options: OuterDoorOptions): Promise<OuterDoor> {
  const door = new Door(options)
  await door.open()
  return door
}

class Door implements OuterDoor {
  readonly #options: OuterDoorOptions
  readonly #ports: DoorPorts
  readonly #ending = new AbortController()
  readonly #signal: AbortSignal
  readonly #open = new Set<Socket>()
  readonly #server: Server
  #host: string | undefined
  #session: ClientHttp2Session | undefined
  #running: Promise<void> = Promise.resolve()

  constructor(options: OuterDoorOptions) {
    this.#options = options
    this.#ports = options.ports ?? doorPorts
    this.#signal = AbortSignal.any([options.signal, this.#ending.signal])
    this.#server = createServer({ allowHalfOpen: true }, (caller) => this.#call(this.#keep(caller)))
    this.#server.maxConnections = MAX_CALLS
  }

  async open(): Promise<void> {
    const { agentSocket } = this.#options
    rmSync(agentSocket, { force: true })
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(agentSocket, resolve)
    })
    chmodSync(agentSocket, 0o600)
    this.#running = this.#run()
  }

  dial(name: string): Socket {
    if (!isClientName(name)) throw new Error(`${name} is no name for clients`)
    if (this.#host === undefined) throw new Error('the pod has no address yet')
    const socket = this.#keep(
      connect({ host: this.#host, port: this.#ports.clients, allowHalfOpen: true, noDelay: true }),
    )
    socket.write(`${name}\n`)
    return socket
  }

  async close(): Promise<void> {
    this.#ending.abort(new Error('closed'))
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const socket of [...this.#open]) socket.destroy()
    await Promise.all([closed, this.#running])
  }

  #keep(socket: Socket): Socket {
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    return socket
  }

  /** Connects, and again whenever the connection has ended. */
  async #run(): Promise<void> {
    let waitMs = FIRST_WAIT_MS
    while (!this.#signal.aborted) {
      try {
        await this.#connected(() => (waitMs = FIRST_WAIT_MS))
      } catch (error) {
        if (this.#signal.aborted) return
        this.#options.onFailure?.(error)
      }
      await delay(waitMs, undefined, { signal: this.#signal, ref: false }).catch(() => undefined)
      waitMs = Math.min(2 * waitMs, LAST_WAIT_MS)
    }
  }

  /** Resolves when a connection that was made has ended. */
  async #connected(onOpen: () => void): Promise<void> {
    const { agentKey, identity, address } = this.#options
    const host = await address()
    if (host === undefined) return
    this.#host = host
    const known = agentKey.get()
    const { socket, tlsKeyHash } = await connectPinned({
      connect: { host, port: this.#ports.calls },
      tlsKeyHash: known ?? 'report',
      identity,
      protocol: 'h2',
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS)]),
    })
    const session = connectSession('https://door.wetee', {
      createConnection: () => socket,
      maxSessionMemory: MAX_SESSION_MIB,
      settings: { enablePush: false, initialWindowSize: WINDOW_BYTES },
    })
    // A session may wait for its streams: what ends it is its connection.
    const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    const end = () => socket.destroy()
    session.on('error', end)
    session.once('close', end)
    this.#signal.addEventListener('abort', end, { once: true })
    if (this.#signal.aborted) end()
    // The agent answers nobody but its worker: what comes is the word of whoever holds the key that was shown.
    session.once('remoteSettings', () => {
      try {
        if (known === undefined) agentKey.set(tlsKeyHash)
      } catch (error) {
        this.#options.onFailure?.(error)
        session.destroy()
        return
      }
      this.#session = session
      for (const name of ['worker', 'tee'] as const)
        for (let i = 0; i < IDLE_STREAMS[name]; i++) this.#offer(session, name)
      onOpen()
    })
    const stop = keepAlive(session)
    try {
      await ended
    } finally {
      stop()
      this.#signal.removeEventListener('abort', end)
      session.destroy()
      if (this.#session === session) this.#session = undefined
    }
  }

  /** A stream for a call of the agent; when it is taken, another one waits. */
  #offer(session: ClientHttp2Session, name: keyof typeof IDLE_STREAMS): void {
    if (session.destroyed || session.closed) return
    const { workerSocket, teeSocket } = this.#options
    const stream = session.request(requestOf(name), { endStream: false })
    stream.on('error', () => undefined)
    stream.once('response', () => {
      this.#offer(session, name)
      const path = name === 'worker' ? workerSocket() : teeSocket()
      if (path === undefined) stream.close(constants.NGHTTP2_REFUSED_STREAM)
      else join(stream, this.#keep(connect({ path, allowHalfOpen: true })))
    })
  }

  #call(caller: Socket): void {
    caller.on('error', () => undefined)
    const session = this.#session
    if (session === undefined || session.destroyed || session.closed) {
      caller.destroy()
      return
    }
    const stream = session.request(requestOf('agent'), { endStream: false })
    join(caller, stream)
  }
}

function requestOf(name: string) {
  return {
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: `/${name}`,
  }
}

/** A peer that is gone without a word is noticed. */
function keepAlive(session: ClientHttp2Session): () => void {
  let waiting = false
  const timer = setInterval(() => {
    if (waiting || session.destroyed) {
      session.destroy()
      return
    }
    waiting = true
    session.ping((error) => {
      if (error === null) waiting = false
    })
  }, PING_MS)
  timer.unref()
  return () => clearInterval(timer)
}
