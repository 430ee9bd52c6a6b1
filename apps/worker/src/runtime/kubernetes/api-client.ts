// The few calls to a Kubernetes API that the driver makes, over TLS with bounded bodies. Does network I/O.
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { RuntimeError } from '../runtime-error.ts'
import { ApiError, apiError, statusOf } from './api-error.ts'
import {
  collectionPath,
  listSchema,
  objectSchema,
  type ApiObject,
  type Desired,
  type Kind,
} from './api-object.ts'
import type { Cluster } from './cluster.ts'
import { readBody, readLines } from './body.ts'

/** Who owns the fields that the driver sets. */
const FIELD_MANAGER = 'wetee-worker'

/** Where and which: labels as `key=value`. */
export type Selection = { readonly namespace?: string; readonly labels?: string }

/** What a client waits for at most; tests take less. */
export type ClientTimes = {
  /** A whole answer. */
  readonly answerMs: number
  /** Between two bytes of a stream that never ends. */
  readonly silenceMs: number
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
type Call = {
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
  readonly contentType?: string
  readonly signal?: AbortSignal | undefined
}

const TIMES: ClientTimes = { answerMs: 30_000, silenceMs: 150_000 }
const PAGE = 100
const MAX_PAGES = 1_000
const MAX_ANSWER_BYTES = 64 << 20
const MAX_ERROR_BYTES = 65_536
const MAX_SOCKETS = 32
/** Answers 429 and 503 that are waited out, and for how long each. */
const MAX_RETRIES = 4
const MAX_RETRY_AFTER_MS = 10_000
const DEFAULT_RETRY_AFTER_MS = 1_000

/** A client of one cluster. Throws ApiError for refusals, RuntimeError `engine.unreachable` for everything below HTTP. */
export class ApiClient {
  readonly #cluster: Cluster
  readonly #signal: AbortSignal
  readonly #times: ClientTimes
  readonly #agent: Agent
  readonly #streams: Agent

  constructor(cluster: Cluster, signal: AbortSignal, times: Partial<ClientTimes> = {}) {
    this.#cluster = cluster
    this.#signal = signal
    this.#times = { ...TIMES, ...times }
    const { ca, certificate, serverName } = cluster
    const tls = {
      ...(ca === undefined ? {} : { ca }),
      ...(serverName === undefined ? {} : { servername: serverName }),
      ...certificate,
      minVersion: 'TLSv1.2' as const,
    }
    this.#agent = new Agent({ ...tls, keepAlive: true, maxSockets: MAX_SOCKETS })
    this.#streams = new Agent(tls)
  }

  /** Ends idle connections; what runs is ended by the signal. */
  close(): void {
    this.#agent.destroy()
    this.#streams.destroy()
  }

  /** One object; `undefined` where there is none. */
  async get(kind: Kind, name: string, namespace?: string): Promise<ApiObject | undefined> {
    try {
      return objectSchema.parse(await this.call('GET', itemPath(kind, name, namespace)))
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      throw error
    }
  }

  /** Server-side apply: what another manager has set of our fields becomes ours again, and unknown fields are refused. */
  async apply(object: Desired): Promise<ApiObject> {
    return objectSchema.parse(await this.#apply(object, undefined))
  }

  /** Whether it would be taken: throws what `apply` would. What it would become has no version of its own. */
  async tryApply(object: Desired): Promise<void> {
    await this.#apply(object, 'All')
  }

  #apply(object: Desired, dryRun: 'All' | undefined): Promise<unknown> {
    const { kind, metadata } = object
    return this.call('PATCH', itemPath(kind, metadata.name, metadata.namespace), {
      query: {
        fieldManager: FIELD_MANAGER,
        fieldValidation: 'Strict',
        force: 'true',
        dryRun,
      },
      body: object,
      // JSON is YAML.
      contentType: 'application/apply-patch+yaml',
    })
  }

  /** Creates something that is only an answer, such as a review. */
  review(path: string, body: unknown): Promise<unknown> {
    return this.call('POST', path, { body })
  }

  /** Asks for removal of exactly this object; one that is gone is no error. */
  async delete(
    kind: Kind,
    { name, namespace, uid }: { name: string; namespace?: string | undefined; uid: string },
    graceSeconds?: number,
  ): Promise<void> {
    try {
      await this.call('DELETE', itemPath(kind, name, namespace), {
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          preconditions: { uid },
          propagationPolicy: 'Background',
          ...(graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds }),
        },
      })
    } catch (error) {
      // 409: another one has its name by now.
      const status = statusOf(error)
      if (status !== 404 && status !== 409) throw error
      if (status === 409 && !/UID|precondition/i.test((error as ApiError).message)) throw error
    }
  }

  /** All objects of a kind, page by page, and the version that a watch can go on from. */
  async list(
    kind: Kind,
    { namespace, labels }: Selection = {},
    signal?: AbortSignal,
  ): Promise<{ items: ApiObject[]; resourceVersion: string }> {
    const items: ApiObject[] = []
    let token: string | undefined
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer = await this.call('GET', collectionPath(kind, namespace), {
        query: { labelSelector: labels, limit: String(PAGE), continue: token },
        signal,
      })
      const parsed = listSchema.parse(answer)
      items.push(...(parsed.items ?? []))
      token = parsed.metadata.continue
      if (token === undefined || token === '')
        return { items, resourceVersion: parsed.metadata.resourceVersion }
    }
    throw new RuntimeError('engine.failed', `more than ${MAX_PAGES} pages of ${kind}`)
  }

  /** Lines of an answer that goes on for as long as the server likes; ends when it ends, also in the midst of a line. */
  async *lines(
    path: string,
    { query = {}, signal }: Pick<Call, 'query' | 'signal'>,
    maxLineBytes: number,
  ): AsyncGenerator<Buffer> {
    const both = AbortSignal.any([this.#signal, ...(signal === undefined ? [] : [signal])])
    const response = await this.#retrying(async () => {
      const found = await this.#send('GET', path, { query, signal: both }, this.#streams)
      if (found.statusCode !== 200) await this.#refuse(found)
      return found
    }, both)
    response.socket.setTimeout(this.#times.silenceMs, () => response.destroy(new Error('silent')))
    yield* readLines(response, maxLineBytes)
  }

  /** One call with a whole answer, parsed as JSON. Waits out what the server asks to wait out. */
  async call(method: Method, path: string, call: Call = {}): Promise<unknown> {
    const signals = [this.#signal, ...(call.signal === undefined ? [] : [call.signal])]
    return this.#retrying(async () => {
      const timeout = AbortSignal.timeout(this.#times.answerMs)
      const signal = AbortSignal.any([...signals, timeout])
      const response = await this.#send(method, path, { ...call, signal }, this.#agent)
      const status = response.statusCode ?? 0
      if (status < 200 || status > 299) return this.#refuse(response)
      return parseJson(await readBody(response, MAX_ANSWER_BYTES))
    }, AbortSignal.any(signals))
  }

  async #retrying<T>(attempt: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let tries = 0; ; tries++)
      try {
        return await attempt()
      } catch (error) {
        if (signal.aborted) throw error
        if (error instanceof RetryLater) {
          if (tries >= MAX_RETRIES) throw error.refusal
          await sleep(error.afterMs, undefined, { signal })
        } else if (error instanceof ApiError || error instanceof RuntimeError) throw error
        else throw unreachable(this.#cluster.server, error)
      }
  }

  async #refuse(response: IncomingMessage): Promise<never> {
    const status = response.statusCode ?? 0
    const body = await readBody(response, MAX_ERROR_BYTES).catch(() => Buffer.alloc(0))
    const refusal = apiError(status, parseJsonOr(body, undefined))
    const after = response.headers['retry-after']
    if (status === 429 || (status === 503 && after !== undefined))
      throw new RetryLater(refusal, retryAfterMs(after))
    throw refusal
  }

  #send(
    method: Method,
    path: string,
    { query = {}, body, contentType = 'application/json', signal }: Call,
    agent: Agent,
  ): Promise<IncomingMessage> {
    const url = new URL(`${this.#cluster.server}${path}`)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, value)
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
    const token = this.#cluster.token?.()
    const options: RequestOptions = {
      method,
      agent,
      signal,
      headers: {
        accept: 'application/json',
        'user-agent': FIELD_MANAGER,
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(payload === undefined
          ? {}
          : { 'content-type': contentType, 'content-length': String(payload.length) }),
      },
    }
    const once = () =>
      new Promise<IncomingMessage>((resolve, reject) => {
        const request = httpsRequest(url, options, resolve)
        request.on('error', (error) =>
          // The server has closed a connection that was idle: the call has not been seen by anybody.
          reject(
            request.reusedSocket && codeOf(error) === 'ECONNRESET' ? new StaleSocket() : error,
          ),
        )
        request.end(payload)
      })
    return once().catch((error: unknown) => {
      if (error instanceof StaleSocket) return once()
      throw error
    })
  }
}

class StaleSocket extends Error {}

/** The server is busy and says when to come again. */
class RetryLater extends Error {
  readonly refusal: ApiError
  readonly afterMs: number
  constructor(refusal: ApiError, afterMs: number) {
    super(refusal.message)
    this.refusal = refusal
    this.afterMs = afterMs
  }
}

function itemPath(kind: Kind, name: string, namespace: string | undefined): string {
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`
}

/** Seconds only; a date is taken for the default. */
function retryAfterMs(header: string | undefined): number {
  const seconds = /^[0-9]{1,6}$/.test(header ?? '') ? Number(header) : Number.NaN
  return Number.isNaN(seconds)
    ? DEFAULT_RETRY_AFTER_MS
    : Math.min(seconds * 1_000, MAX_RETRY_AFTER_MS)
}

function unreachable(server: string, cause: unknown): RuntimeError {
  const code = codeOf(cause) ?? (cause instanceof Error ? cause.message : '')
  return new RuntimeError(
    'engine.unreachable',
    `${server} does not answer as a Kubernetes API (${code.slice(0, 100)})`,
    { cause },
  )
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return typeof code === 'string' ? code : undefined
}

function parseJson(bytes: Buffer): unknown {
  return JSON.parse(bytes.toString('utf8')) as unknown
}

function parseJsonOr(bytes: Buffer, otherwise: unknown): unknown {
  try {
    return parseJson(bytes)
  } catch {
    return otherwise
  }
}
