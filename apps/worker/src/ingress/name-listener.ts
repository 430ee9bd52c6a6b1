// The one listener for all host names: reads the name that a client asks for and passes the connection on untouched. Serves TCP.
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { adoptServer } from '../handover/successor.ts'
import { ClientHelloReader, type ClientHello } from './client-hello.ts'
import type { IngressCounters } from './counters.ts'

/** What the listener needs. */
export type NameListenerParts = {
  readonly host: string
  readonly port: number
  /** From connecting to the last byte of the ClientHello. */
  readonly helloMs: number
  /** Connections that may wait for their ClientHello; beyond that the oldest is closed. */
  readonly waitingHellos: number
  readonly counters: IngressCounters
  /** Takes over a connection whose first bytes are still to be read; false: it leads nowhere. */
  readonly pass: (near: Socket, hello: ClientHello & { readonly serverName: string }) => boolean
}

/** Fatal alert `unrecognized_name` (RFC 6066, 3; RFC 8446, 6) as the one record that a client gets. */
export const UNRECOGNIZED_NAME = Buffer.from([21, 3, 3, 0, 2, 2, 112])
/** Fatal alert `decode_error`. */
export const DECODE_ERROR = Buffer.from([21, 3, 3, 0, 2, 2, 50])

/** Listens on one port. */
export class NameListener {
  readonly #parts: NameListenerParts
  #server: Server
  /** In the order in which they came. */
  readonly #waiting = new Set<Socket>()

  constructor(parts: NameListenerParts) {
    this.#parts = parts
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (near) =>
      this.#accept(near),
    )
  }

  /** Port that it listens on; 0 before that. */
  get port(): number {
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Accepts; its own listener, for another process to share. */
  get server(): Server | undefined {
    return this.#server.listening ? this.#server : undefined
  }

  /** Goes on with the listener of another process. */
  adopt(server: Server): void {
    this.#server = adoptServer(server, (near) => this.#accept(near))
  }

  /** Starts. Rejects with the system's error, and may be called again then. */
  async listen(): Promise<void> {
    const { host, port } = this.#parts
    this.#server.listen({ host, port })
    await once(this.#server, 'listening')
  }

  /** Takes no more, and closes what still waits; connections that were passed on are not its own any more. */
  close(): void {
    this.#server.close()
    for (const near of this.#waiting) near.destroy()
  }

  #accept(near: Socket): void {
    const { waitingHellos, helloMs, counters } = this.#parts
    const waiting = this.#waiting
    near.on('error', () => near.destroy())
    waiting.add(near)
    if (waiting.size > waitingHellos) {
      // Whoever is honest says hello at once: the oldest is the one that most likely never will.
      const [oldest] = waiting
      if (oldest !== undefined) {
        waiting.delete(oldest)
        counters.answered('gave-way')
        oldest.destroy()
      }
    }
    const reader = new ClientHelloReader()
    const late = setTimeout(() => {
      counters.answered('too-slow')
      near.destroy()
    }, helloMs)
    const settle = () => {
      clearTimeout(late)
      waiting.delete(near)
      near.off('data', onData).off('end', onEnd).off('close', settle)
    }
    const onEnd = () => near.destroy()
    const onData = (chunk: Buffer) => {
      const state = reader.push(chunk)
      if (state.kind === 'incomplete') return
      settle()
      near.pause()
      if (state.kind === 'hello') this.#pass(near, state.hello, reader.bytes())
      else {
        counters.answered(state.problem)
        if (state.problem !== 'not-tls') near.write(DECODE_ERROR)
        near.destroySoon()
      }
    }
    near.on('data', onData).once('end', onEnd).once('close', settle)
  }

  #pass(near: Socket, { serverName, protocols }: ClientHello, read: Buffer): void {
    near.unshift(read)
    if (serverName !== undefined && this.#parts.pass(near, { serverName, protocols })) return
    this.#parts.counters.answered(serverName === undefined ? 'no-name' : 'unknown-name')
    near.write(UNRECOGNIZED_NAME)
    near.destroySoon()
  }
}
