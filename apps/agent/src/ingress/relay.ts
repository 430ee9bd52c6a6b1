// What both ways to an application have in common: bodies, streams of events, codes of failures. Acts on streams.
import type { Readable, Writable } from 'node:stream'
import type { IngressCode } from './answers.ts'
import type { Drain } from './drain.ts'
import { EventStreamEnd } from './event-stream.ts'
import type { Exchange } from './exchange.ts'
import type { HeaderList } from './headers.ts'

/** Where the application listens. */
export type Target = { readonly host: string; readonly port: number }

/** A stream of events that does not come to the end of one is cut after this long, milliseconds. */
const EVENT_TIMEOUT_MS = 1_000

/** What a stream of HTTP/2 is destroyed with: closed, it would send its end before its reset, as if it were whole. */
export class BrokenOff extends Error {}

/** The application did not answer in time. */
export class TimeoutError extends Error {}

/** The code for a failure on the way to the application. */
export function codeOf(error: Error): IngressCode {
  if (error instanceof TimeoutError) return 'application.timeout'
  const code = 'code' in error ? error.code : undefined
  return code === 'ECONNREFUSED' || code === 'EADDRNOTAVAIL' || code === 'EHOSTUNREACH'
    ? 'application.unreachable'
    : 'application.closed'
}

/** Sends the body of a request on; `addTrailers` is called before its end, which comes only when all of it has come. */
export function passBodyOn(
  exchange: Exchange,
  outgoing: Writable,
  addTrailers: (list: HeaderList) => void,
): void {
  const { body } = exchange
  let whole = false
  body.pipe(outgoing, { end: false })
  body.once('end', () => {
    whole = exchange.isWhole()
    if (!whole) return
    addTrailers(exchange.trailers())
    outgoing.end()
  })
  body.once('close', () => {
    if (!whole) outgoing.destroy(new BrokenOff())
  })
}

/** The body of an answer; a stream of events goes on for ever, so draining ends it, and its client asks again from where it was. */
export function streamOfAnswer(
  received: Readable,
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  exchange: Exchange,
  drain: Drain,
): { source: Readable; endedEarly: () => boolean } {
  const type = headers['content-type']
  if (typeof type !== 'string' || !type.toLowerCase().startsWith('text/event-stream'))
    return { source: received, endedEarly: () => false }
  const events = new EventStreamEnd()
  const forget = drain.onBegin(() => {
    events.finish()
    const timer = setTimeout(() => events.cut(), EVENT_TIMEOUT_MS)
    exchange.onOver(() => clearTimeout(timer))
  })
  exchange.onOver(forget)
  return { source: received.pipe(events), endedEarly: () => events.finished }
}
