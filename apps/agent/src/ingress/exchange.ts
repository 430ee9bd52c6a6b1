// One request of a client and its answer, whatever version of HTTP it came in. Types only.
import type { Readable, Writable } from 'node:stream'
import type { IngressCode } from './answers.ts'
import type { HeaderList } from './headers.ts'

/** How long the body of a request is: bytes, as long as it goes on, or `undefined` where there is none. */
export type BodyLength = number | 'open' | undefined

/** A message that ends early is never passed off as a whole one, in neither direction. */
export type Exchange = {
  readonly method: string
  /** Origin or asterisk form. */
  readonly path: string
  /** What the application gets, `Host` first. */
  readonly headers: HeaderList
  /** Whether the client takes trailers (`te: trailers`), which gRPC asks of it. */
  readonly takesTrailers: boolean
  readonly body: Readable
  readonly bodyLength: BodyLength
  /** At the end of `body`: whether all of it has come. */
  isWhole(): boolean
  /** Of the request, once it is whole. */
  trailers(): HeaderList
  /** Takes the body of the answer after `begin`; ended by `end` alone. */
  readonly sink: Writable
  hasBegun(): boolean
  /** Head of the answer, nothing after it where it is the `last` part. Throws what cannot be written. */
  begin(status: number, reason: string, headers: HeaderList, last: boolean): void
  end(trailers: HeaderList): void
  /** Answers in place of the application; where an answer has begun, breaks it off. */
  refuse(code: IngressCode): void
  /** Breaks off what has begun, so that the client notices. */
  breakOff(): void
  /** Ends it at once, and its connection where that carries nothing else. */
  cut(): void
  /** Calls once when it is over; `whole` when all of the answer has been handed on. */
  onOver(listener: (whole: boolean) => void): void
}

/** Carries the requests of a client to the application. */
export type Way = {
  /** Sends one on; returns a function that cuts it. */
  send(exchange: Exchange): () => void
  close(): void
}
