// Connections of clients that speak HTTP/2: their limits, and how they are sent elsewhere. Does socket I/O.
import {
  constants,
  performServerHandshake,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerOptions,
} from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { TokenBucket } from '../owner/token-bucket.ts'
import { MAX_HEADER_BYTES } from './headers.ts'
import { authorityOf, type Http2Request } from './http2-exchange.ts'
import { BrokenOff } from './relay.ts'
import { GOING_AWAY_SOON, Seam } from './seam.ts'

/** What becomes of requests and of a connection. */
export type Http2Parts = {
  readonly onRequest: (request: Http2Request) => void
  /** A request for another host than the connection was made to (RFC 9110, 7.4). */
  readonly onMisdirected: (request: Http2Request) => void
  /** From connecting to the first request. */
  readonly headTimeoutMs: number
  /** A connection without a request for this long is sent away, default 60,000. */
  readonly idleMs?: number
  /** An answer that its client does not take for this long is broken off, default 60,000. */
  readonly stallMs?: number
}

const { NGHTTP2_ENHANCE_YOUR_CALM } = constants
const IDLE_MS = 60_000
const STALL_MS = 60_000
/** A client has so long to say that it has read what it was sent, and to close when it is left, milliseconds. */
const ANSWER_MS = 2_000
/** Frames that ask for an answer and are no requests: at once, and in a second. */
const FRAME_BURST = 100
const FRAMES_PER_SECOND = 10

/**
 * Resets: what a browser cancels when its user goes on fits; beyond it the connection ends (CVE-2023-44487). CONTINUATION frames
 * are limited by nghttp2 itself to eight.
 */
const LIMITS: ServerOptions = {
  streamResetBurst: 200,
  streamResetRate: 20,
  maxHeaderListPairs: 128,
  maxSessionMemory: 4,
  maxSessionInvalidFrames: 50,
  maxSessionRejectedStreams: 50,
  settings: { maxConcurrentStreams: 100, maxHeaderListSize: MAX_HEADER_BYTES },
}

/** One connection whose TLS has been made. */
export class Http2Connection {
  readonly #socket: TLSSocket
  readonly #parts: Http2Parts
  readonly #seam: Seam
  readonly #session: ServerHttp2Session
  #streams = 0
  #hasAsked = false
  #going: 'no' | 'wanted' | 'told' = 'no'
  #timer: NodeJS.Timeout | undefined

  /** Serves it. */
  constructor(socket: TLSSocket, parts: Http2Parts) {
    this.#socket = socket
    this.#parts = parts
    this.#seam = new Seam(socket)
    this.#session = performServerHandshake(this.#seam, LIMITS)
    const session = this.#session
    const frames = new TokenBucket(FRAMES_PER_SECOND, FRAME_BURST, () => performance.now())
    const onFrame = () => {
      if (!frames.take()) session.destroy(new Error('flood'), NGHTTP2_ENHANCE_YOUR_CALM)
    }
    session.on('error', () => undefined)
    session.on('ping', onFrame)
    session.on('remoteSettings', onFrame)
    session.on('stream', (stream, headers, _flags, rawHeaders) =>
      this.#take({ stream, headers, rawHeaders }),
    )
    session.once('close', () => clearTimeout(this.#timer))
    this.#after(parts.headTimeoutMs, () => this.#leave())
  }

  /**
   * Takes no new requests, once the client knows; finishes those that were sent. A client that has not asked for anything
   * yet is answered once.
   */
  goAway(): void {
    if (this.#going === 'no') this.#going = 'wanted'
    const session = this.#session
    if (!this.#hasAsked || this.#going === 'told' || session.destroyed || session.closed) return
    this.#going = 'told'
    this.#seam.insert(GOING_AWAY_SOON)
    // What the client sent before it read that has come when it answers.
    const late = setTimeout(() => this.#leave(), ANSWER_MS)
    session.once('close', () => clearTimeout(late))
    session.ping(() => {
      clearTimeout(late)
      this.#leave()
    })
  }

  destroy(): void {
    this.#session.destroy()
  }

  #take(request: Http2Request): void {
    const { stream, headers } = request
    const { idleMs = IDLE_MS, stallMs = STALL_MS, onRequest, onMisdirected } = this.#parts
    stream.on('error', () => undefined)
    // Reset before it was looked at.
    if (stream.destroyed || stream.closed) return
    clearTimeout(this.#timer)
    this.#streams++
    this.#hasAsked = true
    if (this.#going === 'wanted') this.goAway()
    stream.once('close', () => {
      if (--this.#streams > 0 || this.#session.destroyed) return
      if (this.#session.closed) this.#leave()
      else this.#after(idleMs, () => this.goAway())
    })
    stream.setTimeout(stallMs)
    stream.on('timeout', () => {
      if (stream.writableLength > 0) stream.destroy(new BrokenOff())
    })
    if (isMisdirected(this.#socket, headers)) onMisdirected(request)
    else onRequest(request)
  }

  /** Node waits for ever for a header section that has begun. */
  #leave(): void {
    this.#session.close()
    if (this.#streams === 0) this.#after(ANSWER_MS, () => this.#session.destroy())
  }

  #after(ms: number, act: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(act, ms)
  }
}

/** Browsers send requests for all names of a certificate over one connection; behind each name may be another port. */
function isMisdirected({ servername }: TLSSocket, headers: IncomingHttpHeaders): boolean {
  const host = authorityOf(headers)?.replace(/:[0-9]*$/, '')
  const asked = typeof servername === 'string' && servername !== '' ? servername : undefined
  return asked !== undefined && host !== undefined && host.toLowerCase() !== asked.toLowerCase()
}
