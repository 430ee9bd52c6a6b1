// Requests to a Docker Engine API: bounded in time, with the errors of this package. Does socket I/O.
import { Agent } from 'node:http'
import type { Readable } from 'node:stream'
import { inspect } from 'node:util'
import Docker from 'dockerode'
import { z } from 'zod'

import { RuntimeError } from '../runtime-error.ts'
import { quirksOf, type Quirks } from './quirks.ts'

/** An engine that was found; `ensure` and `stop` are there when it is our own. */
export type Engine = {
  readonly socketPath: string
  readonly own?: {
    /** Starts it unless it runs. */
    ensure(): Promise<void>
    stop(): Promise<void>
  }
}

/** Longest silence of an engine during one request. */
const TIMEOUT_MS = 120_000
const PING_TIMEOUT_MS = 5_000
const MAX_MESSAGE = 500

/** Dockerode with this package's errors; an own engine that has died is started again. */
export class EngineClient {
  readonly engine: Engine
  readonly quirks: Quirks
  readonly #quick: Docker
  readonly #patient: Docker
  readonly #closing = new AbortController()
  readonly #ended: AbortSignal
  #reviving: Promise<void> | undefined

  /** Throws RuntimeError `engine.unreachable`. */
  static async open(engine: Engine, signal: AbortSignal): Promise<EngineClient> {
    const version: unknown = await connect(engine.socketPath, PING_TIMEOUT_MS)
      .version()
      .catch((error: unknown) => {
        throw wrap('name its version', error, engine.socketPath)
      })
    return new EngineClient(engine, quirksOf(version), signal)
  }

  private constructor(engine: Engine, quirks: Quirks, signal: AbortSignal) {
    this.engine = engine
    this.quirks = quirks
    this.#quick = connect(engine.socketPath, TIMEOUT_MS)
    this.#patient = connect(engine.socketPath)
    this.#ended = AbortSignal.any([signal, this.#closing.signal])
  }

  /** One request. Throws RuntimeError `engine.unreachable` or `engine.failed`, with what was tried. */
  call<T>(what: string, request: (docker: Docker) => Promise<T>): Promise<T> {
    return this.#try(what, () => request(this.#quick))
  }

  /** A request whose answer may take as long as it likes; `signal` and `close` end it. */
  wait<T>(
    what: string,
    request: (docker: Docker, signal: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const ended = signal === undefined ? this.#ended : AbortSignal.any([this.#ended, signal])
    return this.#try(what, () => request(this.#patient, ended))
  }

  /** As `call`; `undefined` when the engine knows no such thing. */
  async find<T>(what: string, request: (docker: Docker) => Promise<T>): Promise<T | undefined> {
    try {
      return await this.call(what, request)
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      throw error
    }
  }

  /** Log frames as the engine sends them. */
  logs(
    container: string,
    query: { readonly tail: number; readonly follow: boolean; readonly since?: string },
    signal: AbortSignal | undefined,
  ): Promise<Readable> {
    const options = { stdout: true, stderr: true, timestamps: true, ...query }
    return this.wait(
      'read a log',
      (docker, abortSignal) =>
        new Promise<Readable>((resolve, reject) => {
          // Not `container.logs`: that holds the whole answer in memory unless it follows.
          const dialled = {
            path: `/containers/${encodeURIComponent(container)}/logs?`,
            method: 'GET',
            isStream: true,
            abortSignal,
            statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
            options,
          }
          const modem = docker.modem as unknown as Dialler
          modem.dial(dialled, (error, stream) => {
            if (error !== null) reject(error)
            else resolve(stream as Readable)
          })
        }),
      signal,
    )
  }

  get isClosed(): boolean {
    return this.#ended.aborted
  }

  close(): void {
    this.#closing.abort()
  }

  async #try<T>(what: string, request: () => Promise<T>): Promise<T> {
    try {
      return await request()
    } catch (error) {
      const wrapped = wrap(what, error, this.engine.socketPath)
      if (wrapped.code !== 'engine.unreachable' || this.engine.own === undefined) throw wrapped
      if (this.#ended.aborted) throw wrapped
    }
    await this.#revive(this.engine.own)
    return request().catch((error: unknown) => {
      throw wrap(what, error, this.engine.socketPath)
    })
  }

  #revive(own: NonNullable<Engine['own']>): Promise<void> {
    this.#reviving ??= own.ensure().finally(() => {
      this.#reviving = undefined
    })
    return this.#reviving
  }
}

type Dialler = {
  dial(options: object, done: (error: Error | null, answer: unknown) => void): void
}

/** Whether an engine answers on a socket. */
export async function answersOn(socketPath: string): Promise<boolean> {
  return connect(socketPath, PING_TIMEOUT_MS)
    .ping()
    .then(
      () => true,
      () => false,
    )
}

/** HTTP status of the engine's refusal that an error stands for. */
export function statusOf(error: unknown): number | undefined {
  const cause = error instanceof RuntimeError ? error.cause : error
  const parsed = refusalSchema.safeParse(cause)
  return parsed.success ? parsed.data.statusCode : undefined
}

/** Reads the JSON frames of a load or pull to the end; throws the error that one of them carries. */
export async function drainFrames(stream: AsyncIterable<Uint8Array | string>): Promise<void> {
  let text = ''
  for await (const chunk of stream) {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8')
    const lines = text.split('\n')
    text = (lines.pop() ?? '').slice(-65_536)
    for (const line of lines) checkFrame(line)
  }
  checkFrame(text)
}

const frameSchema = z.object({ error: z.string() })
const refusalSchema = z.object({
  statusCode: z.number(),
  json: z.object({ message: z.string() }).optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
})

function checkFrame(line: string): void {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return
  }
  const parsed = frameSchema.safeParse(value)
  if (parsed.success) throw new Error(parsed.data.error.slice(0, MAX_MESSAGE))
}

function wrap(what: string, error: unknown, socketPath: string): RuntimeError {
  if (error instanceof RuntimeError) return error
  const refusal = refusalSchema.safeParse(error)
  if (refusal.success) {
    const { json, reason, statusCode } = refusal.data
    const text = (json?.message ?? reason ?? `status ${statusCode}`).slice(0, MAX_MESSAGE)
    return new RuntimeError('engine.failed', `the engine did not ${what}: ${text}`, {
      cause: error,
    })
  }
  const text = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const remedy =
    code === 'EACCES'
      ? 'this user may not use it (join the group docker, or run as root)'
      : 'start it'
  return new RuntimeError(
    'engine.unreachable',
    `no answer from the engine at ${socketPath} to "${what}" (${text.slice(0, MAX_MESSAGE)}): ${remedy}`,
    { cause: error },
  )
}

function connect(socketPath: string, timeout?: number): Docker {
  // A connection for each request: none is stale after the engine has been started again.
  // The library describes each request in full, all that its agent holds included, for a log that nobody reads.
  const agent = Object.assign(new Agent({ keepAlive: false }), { [inspect.custom]: () => 'Agent' })
  const options = { socketPath, agent, ...(timeout === undefined ? {} : { timeout }) }
  return new Docker(options)
}
