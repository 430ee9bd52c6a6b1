// One HTTPS request to a CA through the worker's relay; TLS ends here and the CA is checked by name. Does network I/O.
import { request } from 'node:https'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { connect as connectTls, rootCertificates } from 'node:tls'
import { AcmeError } from './acme-error.ts'

/** The way to a CA. */
export type CaRoad = {
  /** A byte stream to `host:port`. */
  readonly tunnel: (host: string, signal: AbortSignal) => Promise<Duplex>
  /** PEM; absent: the public roots. */
  readonly roots?: string
  readonly signal: AbortSignal
}

/** An answer with its whole body. */
export type CaAnswer = {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

const TIMEOUT_MS = 30_000
const MAX_BODY_BYTES = 65_536
const MAX_HEADER_BYTES = 16_384

/** Asks once, on a connection of its own. Throws AcmeError `acme.unreachable`, `acme.answer-invalid`. */
export async function callCa(
  { tunnel, roots, signal: stop }: CaRoad,
  call: { readonly method: 'GET' | 'HEAD' | 'POST'; readonly url: string; readonly body?: string },
): Promise<CaAnswer> {
  const signal = AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT_MS)])
  const { protocol, hostname, host, port, pathname, search } = parseUrl(call.url)
  if (protocol !== 'https:') throw new AcmeError('acme.answer-invalid', `${call.url}: no HTTPS`)
  try {
    const authority = `${hostname}:${port === '' ? 443 : port}`
    const socket = connectTls({
      socket: await tunnel(authority, signal),
      servername: hostname,
      ca: roots ?? [...rootCertificates],
      ALPNProtocols: ['http/1.1'],
    })
    const body = call.body === undefined ? undefined : Buffer.from(call.body)
    return (await new Promise((resolve, reject) => {
      socket.on('error', reject)
      const outgoing = request({
        createConnection: () => socket,
        method: call.method,
        path: `${pathname}${search}`,
        maxHeaderSize: MAX_HEADER_BYTES,
        signal,
        headers: {
          host,
          connection: 'close',
          'user-agent': 'wetee-agent',
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/jose+json', 'content-length': body.length }),
        },
      })
      outgoing.on('error', reject)
      outgoing.on('response', (answer) => {
        readBody(answer).then(
          (text) =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
          reject,
        )
      })
      outgoing.end(body)
    }).finally(() => socket.destroy())) as CaAnswer
  } catch (cause) {
    if (cause instanceof AcmeError) throw cause
    stop.throwIfAborted()
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new AcmeError('acme.unreachable', `${hostname}: ${why}`, { cause })
  }
}

function parseUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null) throw new AcmeError('acme.answer-invalid', 'expected a URL')
  return url
}

async function readBody(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES)
      throw new AcmeError('acme.answer-invalid', `an answer of more than ${MAX_BODY_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
