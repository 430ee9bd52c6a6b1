// Fetches items through the cache: one request at a time for each, what is kept while servers fail.
// Network, files.
import type { EndorsementCache, Kept } from '../cache/endorsement-cache.ts'
import { entryName, type EndorsementKind, type Fields } from '../cache/entry.ts'
import type { Clock } from '../clock.ts'
import { asEndorsementError, EndorsementError } from '../error.ts'
import { ask, type AskDependencies, type AskLimits } from './ask.ts'
import type { Failure, Item, Part, Read, Route } from './item.ts'

/** What was fetched, and where it came from. */
export type Obtained = { readonly fields: Fields; readonly part: Part }

/** What callers of the fetcher may say. */
export type ObtainOptions = {
  readonly signal?: AbortSignal | undefined
  /** Asks servers even if what is kept is young. */
  readonly fresh?: boolean | undefined
}

/** An item that went wrong, with what went wrong last. */
export type FailedItem = {
  readonly kind: EndorsementKind
  readonly key: string
  readonly failure: Failure
}

type Flight = { promise: Promise<Obtained>; controller: AbortController; waiting: number }

/** Most items that are fetched at a time. */
const MAX_IN_FLIGHT = 256
const MAX_FAILURES = 1_024

/** Obtains items; nothing that it returns has been verified. */
export class Fetcher {
  readonly #limits: AskLimits
  readonly #cache: EndorsementCache
  readonly #dependencies: AskDependencies
  readonly #flights = new Map<string, Flight>()
  readonly #failures = new Map<string, FailedItem>()
  #closed = false

  constructor(limits: AskLimits, cache: EndorsementCache, dependencies: AskDependencies) {
    this.#limits = limits
    this.#cache = cache
    this.#dependencies = dependencies
  }

  /** What went wrong last, of items that have not been fetched well since. */
  get failures(): readonly FailedItem[] {
    return [...this.#failures.values()]
  }

  /**
   * An item from the cache while it is young, else from a server, else from the cache while it is
   * valid. Throws EndorsementError.
   */
  async obtain(item: Item, { signal, fresh = false }: ObtainOptions = {}): Promise<Obtained> {
    if (this.#closed) throw new EndorsementError('request.closed', 'closed')
    if (signal?.aborted === true) throw new EndorsementError('network.aborted', 'aborted')
    const name = `${entryName(item.kind, item.key)} ${fresh}`
    const flight = this.#flights.get(name) ?? this.#start(name, item, fresh)
    flight.waiting++
    try {
      return await unlessAborted(flight.promise, signal)
    } finally {
      flight.waiting--
      if (flight.waiting === 0) flight.controller.abort()
    }
  }

  /** Stops everything under way. */
  async close(): Promise<void> {
    this.#closed = true
    const flights = [...this.#flights.values()]
    for (const { controller } of flights) controller.abort()
    await Promise.allSettled(flights.map(({ promise }) => promise))
    await this.#cache.close()
  }

  #start(name: string, item: Item, fresh: boolean): Flight {
    if (this.#flights.size >= MAX_IN_FLIGHT)
      throw new EndorsementError('request.busy', `${MAX_IN_FLIGHT} requests are under way`)
    const controller = new AbortController()
    const promise = this.#fetch(item, fresh, controller.signal).finally(() => {
      if (this.#flights.get(name) === flight) this.#flights.delete(name)
    })
    // Somebody always waits, except when all have given up.
    promise.catch(() => undefined)
    const flight: Flight = { promise, controller, waiting: 0 }
    controller.signal.addEventListener('abort', () => {
      // Who comes now starts anew instead of joining one that is being stopped.
      if (this.#flights.get(name) === flight) this.#flights.delete(name)
    })
    this.#flights.set(name, flight)
    return flight
  }

  async #fetch(item: Item, fresh: boolean, signal: AbortSignal): Promise<Obtained> {
    const { clock } = this.#dependencies
    const kept = await this.#cache.get(item.kind, item.key)
    const valid = kept !== undefined && kept.entry.nextUpdateMs > clock.nowMs() ? kept : undefined
    if (valid && !fresh && isYoung(valid, item, clock.nowMs())) return fromCache(valid)
    try {
      const accept = (read: Read, route: Route) => refuseOlder(item, read, route, valid)
      const { read, route } = await ask(item, this.#limits, this.#dependencies, { signal, accept })
      return await this.#keep(item, read, route)
    } catch (error) {
      const failure = asEndorsementError(error, 'network.failed')
      if (failure.code === 'network.aborted') throw failure
      const noted = this.#note(item, failure, clock)
      // The clock has moved on while servers were asked.
      if (valid === undefined || valid.entry.nextUpdateMs <= clock.nowMs()) throw failure
      return fromCache(valid, noted)
    }
  }

  async #keep(item: Item, read: Read, route: Route): Promise<Obtained> {
    const { clock } = this.#dependencies
    const { kind, key } = item
    const { issuedAtMs, nextUpdateMs } = read
    const { preference } = route.server
    const source = route.url.host
    const about = { kind, key, source, fetchedAtMs: clock.nowMs(), issuedAtMs, nextUpdateMs }
    this.#failures.delete(entryName(kind, key))
    try {
      await this.#cache.put({ ...about, preference }, read.fields)
    } catch (error) {
      // A full disk does not stop appraisals.
      this.#note(item, asEndorsementError(error, 'cache.failed'), clock)
    }
    return { fields: read.fields, part: { ...about, from: 'server', stale: false } }
  }

  #note({ kind, key }: Item, { code, message }: EndorsementError, clock: Clock): Failure {
    const failure = { code, message, atMs: clock.nowMs() }
    const name = entryName(kind, key)
    this.#failures.delete(name)
    this.#failures.set(name, { kind, key, failure })
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > MAX_FAILURES && oldest !== undefined) this.#failures.delete(oldest)
    return failure
  }
}

/** What was fetched in the future is of a clock that was set back since: nobody knows its age. */
function isYoung({ entry }: Kept, { refreshMs }: Item, nowMs: number): boolean {
  const ageMs = nowMs - entry.fetchedAtMs
  return ageMs >= 0 && ageMs < refreshMs
}

/** A server that stands behind the kept one's in the list cannot make it look old. */
function refuseOlder(
  { numberOf }: Item,
  { issuedAtMs, fields }: Read,
  { server, url }: Route,
  kept: Kept | undefined,
): void {
  if (kept === undefined || kept.entry.preference > server.preference) return
  const isLower = numberOf !== undefined && numberOf(fields) < numberOf(kept.fields)
  if (isLower || issuedAtMs < kept.entry.issuedAtMs)
    throw new EndorsementError('answer.older', `${url.host}: older than what is kept`)
}

function fromCache({ entry, fields }: Kept, error?: Failure): Obtained {
  const { kind, key, source, fetchedAtMs, issuedAtMs, nextUpdateMs } = entry
  const about = { kind, key, source, fetchedAtMs, issuedAtMs, nextUpdateMs }
  const stale = error !== undefined
  return {
    fields,
    part: { ...about, from: 'cache', stale, ...(error === undefined ? {} : { error }) },
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(new EndorsementError('network.aborted', 'aborted by the caller'))
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
