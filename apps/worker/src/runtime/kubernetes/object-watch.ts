// A picture of all objects of one selection that follows the API server: list, then watch, again and again. Does network I/O.
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Log } from '../../log.ts'
import type { ApiClient } from './api-client.ts'
import { apiError, statusOf } from './api-error.ts'
import { collectionPath, objectSchema, type ApiObject, type Kind } from './api-object.ts'

const eventSchema = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.looseObject({}),
})
const bookmarkSchema = z.looseObject({
  metadata: z.looseObject({ resourceVersion: z.string() }),
})

/** An object may have 1.5 MB in etcd. */
const MAX_EVENT_BYTES = 8 << 20
/** The server ends a watch after this long. */
const WATCH_SECONDS = 300
const FIRST_BACK_OFF_MS = 250
const MAX_BACK_OFF_MS = 10_000
const GONE = 410

/** What is watched. */
export type Watched = { readonly kind: Kind; readonly labels: string }

/** Runs from construction until its signal. While it is out of touch, `list` asks the server itself. */
export class ObjectWatch {
  readonly #client: ApiClient
  readonly #watched: Watched
  readonly #log: Log
  readonly #signal: AbortSignal
  /** By uid: a name may be used again. */
  #objects = new Map<string, ApiObject>()
  #isCurrent = false
  readonly #waiting = new Set<() => void>()
  /** Ends with the signal. */
  readonly ended: Promise<void>

  constructor(client: ApiClient, watched: Watched, parts: { log: Log; signal: AbortSignal }) {
    this.#client = client
    this.#watched = watched
    this.#log = parts.log
    this.#signal = parts.signal
    this.ended = this.#run()
  }

  /** All objects, as of now or a moment ago. Throws what the server's refusal or absence throws. */
  async list(): Promise<readonly ApiObject[]> {
    if (this.#isCurrent) return [...this.#objects.values()]
    const { kind, labels } = this.#watched
    return (await this.#client.list(kind, { labels }, this.#signal)).items
  }

  /** Resolves when an object with this uid has been seen (`seen`) or is gone; false when that takes longer than `timeoutMs`. */
  until(uid: string, what: 'seen' | 'gone', timeoutMs: number): Promise<boolean> {
    const holds = () => this.#isCurrent && this.#objects.has(uid) === (what === 'seen')
    if (holds()) return Promise.resolve(true)
    return new Promise((resolve) => {
      const end = (result: boolean) => {
        clearTimeout(timer)
        this.#signal.removeEventListener('abort', abort)
        this.#waiting.delete(look)
        resolve(result)
      }
      const look = () => {
        if (holds()) end(true)
      }
      const abort = () => end(false)
      const timer = setTimeout(abort, timeoutMs)
      this.#waiting.add(look)
      this.#signal.addEventListener('abort', abort)
    })
  }

  async #run(): Promise<void> {
    let failures = 0
    while (!this.#signal.aborted)
      try {
        let version = await this.#relist()
        failures = 0
        for (;;) version = await this.#watchFrom(version)
      } catch (error) {
        if (this.#signal.aborted) return
        this.#isCurrent = false
        // Too old a version: the list begins anew at once, unless that goes on and on.
        const delayMs = statusOf(error) === GONE && failures === 0 ? 0 : backOffMs(failures)
        failures++
        this.#log.debug(
          { kind: this.#watched.kind, delayMs, error: error instanceof Error ? error.message : '' },
          'watch has lost touch',
        )
        await sleep(delayMs, undefined, { signal: this.#signal }).catch(() => undefined)
      }
  }

  async #relist(): Promise<string> {
    const { kind, labels } = this.#watched
    const { items, resourceVersion } = await this.#client.list(kind, { labels }, this.#signal)
    this.#objects = new Map(items.map((item) => [item.metadata.uid, item]))
    this.#isCurrent = true
    this.#tell()
    return resourceVersion
  }

  /** One watch to its end, which may be in the midst of an event; returns the version to go on from. */
  async #watchFrom(from: string): Promise<string> {
    const { kind, labels } = this.#watched
    const query = {
      watch: '1',
      allowWatchBookmarks: 'true',
      labelSelector: labels,
      resourceVersion: from,
      timeoutSeconds: String(WATCH_SECONDS),
    }
    const startedAtMs = performance.now()
    let version = from
    const path = collectionPath(kind)
    for await (const line of this.#client.lines(
      path,
      { query, signal: this.#signal },
      MAX_EVENT_BYTES,
    ))
      version = this.#take(line)
    // A server that ends every watch at once is not asked as fast as it can.
    if (version === from && performance.now() - startedAtMs < FIRST_BACK_OFF_MS)
      await sleep(FIRST_BACK_OFF_MS, undefined, { signal: this.#signal })
    return version
  }

  #take(line: Buffer): string {
    const { type, object } = eventSchema.parse(JSON.parse(line.toString('utf8')))
    if (type === 'ERROR') throw apiError(500, object)
    if (type === 'BOOKMARK') return bookmarkSchema.parse(object).metadata.resourceVersion
    const found = objectSchema.parse(object)
    const { uid, resourceVersion } = found.metadata
    if (type === 'DELETED') this.#objects.delete(uid)
    else this.#objects.set(uid, found)
    this.#tell()
    return resourceVersion
  }

  #tell(): void {
    for (const look of [...this.#waiting]) look()
  }
}

function backOffMs(failures: number): number {
  return Math.min(FIRST_BACK_OFF_MS * 2 ** Math.min(failures, 10), MAX_BACK_OFF_MS)
}
