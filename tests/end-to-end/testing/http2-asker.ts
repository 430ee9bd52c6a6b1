// Requests over a few HTTP/2 connections that are kept, as a well-made client sends them: what an old connection refuses is asked of a new one. Does network I/O.
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import type { TLSSocket } from 'node:tls'

const CONNECTIONS = 8
const TIMEOUT_MS = 15_000

/** The server has said of a stream that it did nothing for it: RFC 9113, 8.7. */
class Refused extends Error {}

/** Asks for one address over HTTP/2. */
export class Http2Asker {
  readonly #url: URL
  readonly #sessions: (ClientHttp2Session | undefined)[] = Array.from({ length: CONNECTIONS })
  #turn = 0
  /** Requests that were refused unprocessed and asked again, since the beginning. */
  retried = 0

  constructor(url: URL) {
    this.#url = url
  }

  /** A whole answer with status 200; gives the fingerprint of the key that has answered. Throws for everything else. */
  async ask(): Promise<string> {
    const place = this.#turn++ % CONNECTIONS
    try {
      return await answerOf(this.#session(place), this.#url)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
    }
    this.retried++
    // What goes away has made place for a new one; refused there as well, it has failed.
    return answerOf(this.#session(place), this.#url)
  }

  close(): void {
    for (const session of this.#sessions) session?.destroy()
  }

  /** One that was told to go away (Node closes it then) is replaced, and what it has under way goes on. */
  #session(place: number): ClientHttp2Session {
    const kept = this.#sessions[place]
    if (kept !== undefined && !kept.closed && !kept.destroyed) return kept
    // Its key is the instance's; which one is counted. A resumed session does not show its certificate.
    const opened = connect(this.#url.origin, { rejectUnauthorized: false })
    // Its streams say so, too.
    opened.on('error', () => undefined)
    this.#sessions[place] = opened
    return opened
  }
}

async function answerOf(session: ClientHttp2Session, { pathname }: URL): Promise<string> {
  const stream = session.request({ ':path': pathname })
  let status: number | undefined
  let hasEnded = false
  let failure: Error | undefined
  stream.on('response', (headers) => (status = headers[':status']))
  stream.on('error', (error: Error) => (failure = error))
  stream.on('end', () => (hasEnded = true))
  stream.setTimeout(TIMEOUT_MS, () => stream.destroy(new Error('no answer in time')))
  stream.resume()
  await new Promise<void>((resolve) => stream.once('close', resolve))
  if (wasRefused(stream) && status === undefined) throw new Refused('refused unprocessed')
  // Node ends a stream that was reset, too.
  if (failure !== undefined || !hasEnded || stream.rstCode !== constants.NGHTTP2_NO_ERROR)
    throw failure ?? new Error(`ended with ${stream.rstCode} before its answer was whole`)
  if (status !== 200) throw new Error(`status ${status}`)
  return keyOf(session)
}

/** Reset as REFUSED_STREAM, or above the last stream of a GOAWAY, which Node shows as the same. */
function wasRefused({ rstCode }: ClientHttp2Stream): boolean {
  return rstCode === constants.NGHTTP2_REFUSED_STREAM
}

function keyOf(session: ClientHttp2Session): string {
  return (session.socket as TLSSocket).getPeerX509Certificate()?.fingerprint256 ?? 'none'
}
