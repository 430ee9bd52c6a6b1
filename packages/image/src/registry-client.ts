// Requests to an OCI registry: HTTPS (plain HTTP on loopback only), tokens (anonymous ones, or for a
// login), redirects, time limits. Does network I/O.
import { ReadableStream as WebStream } from 'node:stream/web'
import { ImageError } from './error.ts'
import { parseObject } from './manifest.ts'

/** A repository of a registry. */
export type Repository = { readonly registry: string; readonly repository: string }

/** A login at a registry. */
export type Credentials = { readonly username: string; readonly password: string }

/** What is asked for beside reading: the login that may write. */
export type Access = { readonly credentials: Credentials | undefined }

/** What a request that is no GET sends. */
export type Sent = {
  readonly headers?: Readonly<Record<string, string>>
  /** Made anew for each attempt. */
  readonly body?: () => AsyncIterable<Uint8Array>
}

/** How long to wait, in milliseconds. */
export type Patience = {
  /** Until the head of an answer. */
  readonly answerMs: number
  /** Between two pieces of a body. */
  readonly idleMs: number
  /** Before the second attempt; doubled before each further one. */
  readonly retryMs: number
}

/** Half a minute for an answer and between pieces, 200 ms before the second attempt. */
export const defaultPatience: Patience = { answerMs: 30_000, idleMs: 30_000, retryMs: 200 }

const maxRedirects = 5
const maxTokenBytes = 65_536

/** One client per pull or push: it keeps the token that the registry handed out. */
export class RegistryClient {
  readonly #base: string
  readonly #repository: string
  readonly #patience: Patience
  readonly #signal: AbortSignal | undefined
  /** Undefined: to read what is public. */
  readonly #access: Access | undefined
  #authorization: string | undefined

  constructor(where: Repository, patience: Patience, signal?: AbortSignal, access?: Access) {
    const host = where.registry === 'docker.io' ? 'registry-1.docker.io' : where.registry
    this.#base = `${isLoopback(host) ? 'http' : 'https'}://${host}`
    this.#repository = where.repository
    this.#patience = patience
    this.#signal = signal
    this.#access = access
  }

  /** Where the registry is. */
  get base(): URL {
    return new URL(this.#base)
  }

  /**
   * GET below the repository, such as `manifests/latest`; asks for a token once when the registry
   * wants one.
   */
  async get(path: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
    const url = `${this.#base}/v2/${this.#repository}/${path}`
    const first = await this.#follow(url, headers)
    if (first.status !== 401) return this.#checked(first, url)
    await this.#authorize(first)
    return this.#checked(await this.#follow(url, headers), url)
  }

  /**
   * Another method, below the repository or where the registry has said that an upload goes; asks for
   * a token as `get` does. Follows no redirect. An answer of `missing` is one, too.
   */
  async send(
    method: 'HEAD' | 'POST' | 'PUT',
    path: string | URL,
    sent: Sent = {},
    missing?: 404,
  ): Promise<Answer> {
    const url = new URL(path, `${this.#base}/v2/${this.#repository}/`)
    const attempt = () => {
      const isOurs = url.origin === this.base.origin
      return this.#request(url, {
        method,
        headers: { ...sent.headers, ...(isOurs ? this.#login() : {}) },
        ...(sent.body === undefined ? {} : { body: sent.body() }),
      })
    }
    const first = await attempt()
    if (first.status === 401) await this.#authorize(first)
    const answer = first.status === 401 ? await attempt() : first
    return answer.status === missing
      ? answer
      : this.#checked(answer, `${url.origin}${url.pathname}`)
  }

  #login(): Readonly<Record<string, string>> {
    return this.#authorization === undefined ? {} : { authorization: this.#authorization }
  }

  async #authorize(refused: Answer): Promise<void> {
    await refused.discard()
    const challenge = refused.header('www-authenticate') ?? ''
    const credentials = this.#access?.credentials
    this.#authorization =
      credentials !== undefined && /^basic\b/i.test(challenge)
        ? basic(credentials)
        : `Bearer ${await this.#fetchToken(challenge)}`
  }

  async #checked(answer: Answer, url: string): Promise<Answer> {
    if (answer.status >= 200 && answer.status < 300) return answer
    await answer.discard()
    const what = `${url} answered ${answer.status}`
    if (answer.status === 404) throw new ImageError('registry.not-found', what)
    if (answer.status === 401 || answer.status === 403)
      throw new ImageError('registry.denied', `${what}: ${this.#denial()}`)
    const retryable = answer.status >= 500 || answer.status === 429 || answer.status === 408
    throw new ImageError('registry.answer', what, { retryable })
  }

  /** Follows redirects itself: never with the token to another origin. */
  async #follow(url: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
    let next = new URL(url)
    const { origin } = next
    for (let hop = 0; hop <= maxRedirects; hop++) {
      const login = next.origin === origin ? this.#login() : {}
      const answer = await this.#request(next, { headers: { ...headers, ...login } })
      const location = answer.header('location')
      if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined)
        return answer
      await answer.discard()
      next = requireSafe(next, location)
    }
    throw new ImageError('registry.redirect', `more than ${maxRedirects} redirects from ${url}`)
  }

  async #request(url: URL, { headers, body, ...init }: RequestParts): Promise<Answer> {
    const timer = new AbortController()
    const signals = [timer.signal, ...(this.#signal === undefined ? [] : [this.#signal])]
    let timeout: NodeJS.Timeout | undefined
    const wait = () => {
      clearTimeout(timeout)
      timeout = setTimeout(() => timer.abort(), this.#patience.answerMs)
    }
    wait()
    try {
      const response = await fetch(url, {
        ...init,
        ...(body === undefined
          ? {}
          : { body: WebStream.from(noting(body, wait)) as ReadableStream, duplex: 'half' }),
        headers: { 'accept-encoding': 'identity', 'user-agent': 'wetee', ...headers },
        redirect: 'manual',
        credentials: 'omit',
        signal: AbortSignal.any(signals),
      })
      return new Answer(response, timer, this.#patience.idleMs, url.host, this.#signal)
    } catch (cause) {
      throw networkError(cause, url.host, timer, this.#signal)
    } finally {
      clearTimeout(timeout)
    }
  }

  async #fetchToken(challenge: string): Promise<string> {
    const parameters = parseChallenge(challenge)
    const realm = parameters?.get('realm')
    if (realm === undefined || !URL.canParse(realm))
      throw new ImageError('registry.denied', `the registry asks for a login: ${this.#denial()}`)
    const url = new URL(realm)
    const sameMachine = isLoopback(url.host) && isLoopback(new URL(this.#base).host)
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && sameMachine))
      throw new ImageError('registry.plain-http', `the token service ${url.host} is not on HTTPS`)
    if (isLoopback(url.host) && !sameMachine)
      throw new ImageError('registry.redirect', 'the token service is on this machine')
    const service = parameters?.get('service')
    if (service !== undefined) url.searchParams.set('service', service)
    const rights = this.#access === undefined ? 'pull' : 'pull,push'
    url.searchParams.set('scope', `repository:${this.#repository}:${rights}`)
    const credentials = this.#access?.credentials
    const headers = credentials === undefined ? {} : { authorization: basic(credentials) }
    const answer = await this.#request(url, { headers })
    if (answer.status !== 200) {
      await answer.discard()
      throw new ImageError('registry.denied', `${url.host} gave no token: ${this.#denial()}`)
    }
    const body = parseObject(await answer.bytes(maxTokenBytes), 'registry.answer')
    const token = body['token'] ?? body['access_token']
    if (typeof token !== 'string' || !/^[\x21-\x7e]{1,16384}$/.test(token))
      throw new ImageError('registry.answer', `${url.host} answered without a token`)
    return token
  }

  #denial(): string {
    if (this.#access === undefined) return 'only public images can be pulled'
    return this.#access.credentials === undefined
      ? 'log in first (`docker login`)'
      : 'this login may not push there'
  }
}

type RequestParts = {
  readonly method?: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: AsyncIterable<Uint8Array>
}

/** Says when there is another piece: an answer comes after the last. */
async function* noting(
  body: AsyncIterable<Uint8Array>,
  onPiece: () => void,
): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    yield piece
    onPiece()
  }
}

/** RFC 7617. */
function basic({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

/**
 * Where a registry sends its client on: never from HTTPS to HTTP, never from elsewhere to this
 * machine. Throws ImageError `registry.redirect`.
 */
export function requireSafe(from: URL, location: string): URL {
  if (!URL.canParse(location, from))
    throw new ImageError('registry.redirect', `${from.host} redirects to nowhere`)
  const target = new URL(location, from)
  const sameMachine = isLoopback(from.host) && isLoopback(target.host)
  if (target.protocol !== 'https:' && !(target.protocol === 'http:' && sameMachine))
    throw new ImageError('registry.redirect', `${from.host} redirects to plain ${target.protocol}`)
  if (isLoopback(target.host) && !sameMachine)
    throw new ImageError('registry.redirect', `${from.host} redirects to this machine`)
  return target
}

/** An answer whose body is read with a time limit between chunks. */
class Answer {
  readonly status: number
  readonly #response: Response
  readonly #timer: AbortController
  readonly #idleMs: number
  readonly #host: string
  readonly #signal: AbortSignal | undefined

  constructor(
    response: Response,
    timer: AbortController,
    idleMs: number,
    host: string,
    signal: AbortSignal | undefined,
  ) {
    this.status = response.status
    this.#response = response
    this.#timer = timer
    this.#idleMs = idleMs
    this.#host = host
    this.#signal = signal
  }

  header(name: string): string | undefined {
    return this.#response.headers.get(name) ?? undefined
  }

  async discard(): Promise<void> {
    await this.#response.body?.cancel().catch(() => undefined)
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    const { body } = this.#response
    if (body === null) return
    const reader = body.getReader() as ReadableStreamDefaultReader<Uint8Array>
    try {
      for (;;) {
        const timeout = setTimeout(() => this.#timer.abort(), this.#idleMs)
        const { done, value } = await reader.read().finally(() => clearTimeout(timeout))
        if (done) return
        yield value
      }
    } catch (cause) {
      throw networkError(cause, this.#host, this.#timer, this.#signal)
    } finally {
      await reader.cancel().catch(() => undefined)
    }
  }

  /** The whole body. Throws ImageError `image.too-large`. */
  async bytes(maximum: number): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of this.chunks()) {
      size += chunk.length
      if (size > maximum)
        throw new ImageError('image.too-large', `${this.#host} sent more than ${maximum} bytes`)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  }
}

/** `Bearer realm="..",service="..",scope=".."` (RFC 6750); undefined for other schemes. */
export function parseChallenge(header: string): Map<string, string> | undefined {
  if (header.length > 4096 || !/^bearer\s/i.test(header)) return undefined
  const pairs = header.slice(7).matchAll(/([a-z_]+)=(?:"([^"]*)"|([^\s,"]+))/gi)
  return new Map(
    [...pairs].map(([, key = '', quoted, bare]) => [key.toLowerCase(), quoted ?? bare ?? '']),
  )
}

/** Whether `host[:port]` is this machine. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:[0-9]+$/, '')
  return name === 'localhost' || name === '[::1]' || /^127(?:\.[0-9]{1,3}){3}$/.test(name)
}

function networkError(
  cause: unknown,
  host: string,
  timer: AbortController,
  signal: AbortSignal | undefined,
): ImageError {
  if (cause instanceof ImageError) return cause
  if (signal?.aborted === true) return new ImageError('registry.aborted', 'stopped', { cause })
  if (timer.signal.aborted)
    return new ImageError('registry.timeout', `${host} did not answer in time`, { cause })
  return new ImageError('registry.unreachable', `no connection to the registry ${host}`, { cause })
}
