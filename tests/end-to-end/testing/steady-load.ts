// Requests at a steady pace over connections that are kept, each timed from when it was due. Does network I/O.
import { Agent, request } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { Http2Asker } from './http2-asker.ts'

/** Of a span of time. */
export type LoadResult = {
  readonly answered: number
  readonly failures: readonly string[]
  readonly perSecond: number
  /** From when a request was due: a server that holds one back pays for those behind it. */
  readonly p50Ms: number
  readonly p99Ms: number
  /** Attested keys that have answered. */
  readonly keys: number
  /** Requests that a connection refused unprocessed and that another has answered; over HTTP/2 alone. */
  readonly retried: number
}

/** What is spoken to the application. */
export type LoadProtocol = 'http/1.1' | 'http/2'

const CONNECTIONS = 32
const TIMEOUT_MS = 15_000
const TICK_MS = 5

/** Asks for `/` of one address, so many times a second whatever the answers do, until it is stopped. */
export class SteadyLoad {
  readonly #asker: Asker
  readonly #timer: NodeJS.Timeout
  readonly #everyMs: number
  readonly #open = new Set<Promise<void>>()
  #dueAt = performance.now()
  #sinceAt = performance.now()
  #times: number[] = []
  #failures: string[] = []
  #keys = new Set<string>()
  #retriedBefore = 0

  constructor(url: string, perSecond: number, protocol: LoadProtocol = 'http/1.1') {
    this.#asker =
      protocol === 'http/2' ? new Http2Asker(new URL(url)) : new Http1Asker(new URL(url))
    this.#everyMs = 1_000 / perSecond
    this.#timer = setInterval(() => this.#send(), TICK_MS)
  }

  /** Requests since the last `take` that have ended. */
  get count(): number {
    return this.#times.length + this.#failures.length
  }

  /** What came since the last one. */
  take(): LoadResult {
    const nowAt = performance.now()
    const sorted = this.#times.toSorted((a, b) => a - b)
    const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? NaN
    const result = {
      answered: sorted.length,
      failures: this.#failures,
      perSecond: (this.count / (nowAt - this.#sinceAt)) * 1_000,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      keys: this.#keys.size,
      retried: this.#asker.retried - this.#retriedBefore,
    }
    this.#times = []
    this.#failures = []
    this.#keys = new Set()
    this.#retriedBefore = this.#asker.retried
    this.#sinceAt = nowAt
    return result
  }

  /** Lets what is under way end. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#open)
    this.#asker.close()
  }

  #send(): void {
    for (const nowAt = performance.now(); this.#dueAt <= nowAt; this.#dueAt += this.#everyMs) {
      const dueAt = this.#dueAt
      const asked = this.#asker.ask().then(
        (key) => {
          this.#keys.add(key)
          this.#times.push(performance.now() - dueAt)
        },
        (error: unknown) => void this.#failures.push(String(error)),
      )
      this.#open.add(asked)
      void asked.then(() => this.#open.delete(asked))
    }
  }
}

/** One request after another, whose connections are kept; gives the fingerprint of the key that has answered. */
type Asker = { ask(): Promise<string>; close(): void; readonly retried: number }

/** Over HTTP/1.1. What fails is not asked again: a client cannot know whether anything was done for it. */
class Http1Asker implements Asker {
  readonly #url: URL
  readonly retried = 0
  /** By connection, as it began: one that has ended shows no certificate. */
  readonly #keys = new WeakMap<object, string>()
  readonly #agent = new Agent({
    keepAlive: true,
    maxSockets: CONNECTIONS,
    // All in turn: one that lies idle until its server closes it would be asked just then by a client that is late.
    scheduling: 'fifo',
    // A resumed session does not show its certificate.
    maxCachedSessions: 0,
  })

  constructor(url: URL) {
    this.#url = url
  }

  close(): void {
    this.#agent.destroy()
  }

  async ask(): Promise<string> {
    return new Promise((resolve, reject) => {
      const outgoing = request(this.#url, {
        agent: this.#agent,
        // Its key is the instance's; which one is counted.
        rejectUnauthorized: false,
        timeout: TIMEOUT_MS,
      })
      outgoing.on('socket', (socket: TLSSocket) => {
        if (this.#keys.has(socket)) return
        socket.once('secureConnect', () =>
          this.#keys.set(socket, socket.getPeerX509Certificate()?.fingerprint256 ?? 'none'),
        )
      })
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')))
      outgoing.on('error', (error) => {
        const reused = outgoing.reusedSocket ? ' on a connection that was kept' : ''
        reject(new Error(`${error.message}${reused}`))
      })
      outgoing.on('response', (response) => {
        const key = this.#keys.get(response.socket) ?? 'none'
        response.on('error', reject)
        response.on('end', () => {
          if (response.statusCode === 200 && response.complete) resolve(key)
          else reject(new Error(`status ${response.statusCode}`))
        })
        response.resume()
      })
      outgoing.end()
    })
  }
}
