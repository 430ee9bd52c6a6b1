// One thing to fetch: where it can be asked for and how its answer is read. No I/O.
import type { EndorsementKind, Fields } from '../cache/entry.ts'
import type { EndorsementErrorCode } from '../error.ts'
import type { HttpAnswer } from '../http/get.ts'
import type { Server } from '../http/server.ts'

/** What an answer says, its form checked and nothing verified; instants in milliseconds. */
export type Read = {
  readonly fields: Fields
  readonly issuedAtMs: number
  readonly nextUpdateMs: number
}

/** One server's way to an item. */
export type Route = {
  readonly server: Server
  readonly url: URL
  readonly maxBytes: number
  /** Requests of one bucket and host are spaced out. */
  readonly bucket: string
  readonly intervalMs: number
  /** Throws EndorsementError `answer.malformed`, `answer.mismatch`. */
  read(answer: HttpAnswer): Read
}

/** Something to fetch and keep. */
export type Item = {
  readonly kind: EndorsementKind
  readonly key: string
  /** Age since it was fetched at which servers are asked again, milliseconds. */
  readonly refreshMs: number
  /** In the order they are asked. */
  readonly routes: readonly Route[]
  /** What the vendor numbers its issues by, where their dates alone do not order them. */
  readonly numberOf?: (fields: Fields) => number
}

/** Where one part of an answer came from. Nothing in it has been verified. */
export type Part = {
  readonly kind: EndorsementKind
  readonly key: string
  readonly from: 'server' | 'cache'
  /** Host that it came from, now or when it was kept. */
  readonly source: string
  readonly fetchedAtMs: number
  readonly issuedAtMs: number
  readonly nextUpdateMs: number
  /** True when it is from the cache because every server failed; `error` says how. */
  readonly stale: boolean
  readonly error?: Failure
}

/** The last thing that went wrong. */
export type Failure = {
  readonly code: EndorsementErrorCode
  readonly message: string
  readonly atMs: number
}
