// The builder's API over HTTP: one build at a time, known only to whoever started it. Serves HTTP, behind the TLS of its agent.
import { timingSafeEqual } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { BuildJob, type JobPlaces } from './build-job.ts'
import { orderLimits, parseBuildOrder } from './build-order.ts'
import { BuilderError } from './builder-error.ts'

/** What a server works with. */
export type ServerOptions = JobPlaces & {
  /** How long materials may take to come, and a result waits to be taken. */
  readonly idleMs: number
}

const pollMs = 20_000
const requestTimeoutMs = 900_000
const maxConnections = 64
const maxLinesAtOnce = 1_000

/** A server that is not listening yet. */
export function createBuilderServer(options: ServerOptions): Server {
  const slot = new Slot(options)
  const server = createServer((request, response) => {
    answer(slot, request, response).catch((error: unknown) => refuse(response, error, options))
  })
  server.requestTimeout = requestTimeoutMs
  server.maxConnections = maxConnections
  return server
}

/** The one build there is. */
class Slot {
  readonly #options: ServerOptions
  #job: BuildJob | undefined
  #isStarting = false

  constructor(options: ServerOptions) {
    this.#options = options
  }

  async start(text: string): Promise<BuildJob> {
    const order = parseBuildOrder(text)
    // A result that nobody takes is held for a while, and so are materials that do not come.
    if (this.#isStarting || (this.#job !== undefined && this.#job.state !== 'failed'))
      throw new BuilderError('builder.busy', 'another build goes on: one at a time')
    this.#isStarting = true
    try {
      const job = new BuildJob(order, this.#options)
      await job.begin()
      this.#job = job
      void this.#expire(job)
      return job
    } finally {
      this.#isStarting = false
    }
  }

  /** Throws BuilderError `builder.build-unknown`. */
  find(id: string): BuildJob {
    const job = this.#job
    if (job !== undefined && sameText(id, job.id)) return job
    throw new BuilderError('builder.build-unknown', 'there is no such build, or no longer')
  }

  async end(id: string): Promise<void> {
    const job = this.find(id)
    await job.end('ended by whoever started it')
    if (this.#job === job) this.#job = undefined
  }

  async #expire(job: BuildJob): Promise<void> {
    const { idleMs } = this.#options
    await delay(idleMs, undefined, { ref: false })
    if (job.state === 'waiting') await job.end('its materials did not come in time')
    await job.ended
    await delay(idleMs, undefined, { ref: false })
    if (this.#job === job) this.#job = undefined
  }
}

function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

async function answer(slot: Slot, request: IncomingMessage, response: ServerResponse) {
  const { method = '', url = '' } = request
  const [path = '', query = ''] = url.split('?', 2)
  if (method === 'GET' && path === '/healthz') return json(response, 200, { ok: true })
  if (method === 'POST' && path === '/v1/builds') {
    const job = await slot.start(await readText(request))
    return json(response, 201, { id: job.id, state: job.state, missing: job.missing })
  }
  const [, id = '', rest = ''] = /^\/v1\/builds\/([0-9a-f]{64})(\/.*)?$/.exec(path) ?? []
  const job = slot.find(id)
  const material = /^\/materials\/(sha(?:256|512):[0-9a-f]+)$/.exec(rest)?.[1]
  if (method === 'PUT' && material !== undefined) {
    await job.take(material, request as AsyncIterable<Buffer>)
    return json(response, 200, { missing: job.missing.length })
  }
  if (method === 'DELETE' && rest === '') {
    await slot.end(id)
    return json(response, 200, { ended: true })
  }
  if (method !== 'GET') throw unknown()
  if (rest === '') return tell(response, job, query)
  if (rest === '/provenance') return text(response, job.image().signed.provenance)
  if (rest === '/record') return json(response, 200, job.image().signed.record)
  const blob = /^\/blobs\/(sha256:[0-9a-f]{64})$/.exec(rest)?.[1]
  if (blob !== undefined) return sendBlob(response, job, blob)
  throw unknown()
}

/** How it stands, and its lines from a number on; waits for more where there is none yet. */
async function tell(response: ServerResponse, job: BuildJob, query: string): Promise<void> {
  const from = Number(/^from=([0-9]{1,6})$/.exec(query)?.[1] ?? 0)
  const isOver = () => job.state === 'done' || job.state === 'failed'
  if (from >= job.lines.length && !isOver())
    await Promise.race([job.changed, delay(pollMs, undefined, { ref: false })])
  const lines = job.lines.slice(from, from + maxLinesAtOnce)
  const isDone = job.state === 'done'
  return json(response, 200, {
    ...{
      state: job.state,
      missing: job.missing,
      lines,
      next: Math.min(from, job.lines.length) + lines.length,
    },
    ...(job.error === undefined ? {} : { error: job.error }),
    ...(isDone ? imageOf(job) : {}),
  })
}

function imageOf(job: BuildJob) {
  const { digest, preset, blobs } = job.image()
  return { image: { digest, preset, blobs } }
}

async function sendBlob(response: ServerResponse, job: BuildJob, digest: string): Promise<void> {
  const { layout, blobs } = job.image()
  const found = blobs.find((blob) => blob.digest === digest)
  if (found === undefined) throw unknown()
  const headers = { 'content-type': 'application/octet-stream', 'content-length': found.sizeBytes }
  response.writeHead(200, headers)
  const path = join(layout, 'blobs', 'sha256', digest.slice('sha256:'.length))
  await pipeline(createReadStream(path, { highWaterMark: 1 << 18 }), response)
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > orderLimits.maxBytes)
      throw new BuilderError('request.too-large', `more than ${orderLimits.maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function json(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify(value)}\n`)
}

function text(response: ServerResponse, value: string): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(value)
}

function unknown(): BuilderError {
  return new BuilderError('request.unknown', 'there is no such call')
}

/** What is still coming is not read: the connection goes with it. */
function refuse(response: ServerResponse, error: unknown, { onFault }: ServerOptions): void {
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  const known = error instanceof BuilderError
  if (!known) onFault(error)
  const { code, message } = known
    ? error
    : { code: 'internal', message: 'a fault of the builder; its log has it' }
  response.writeHead(known ? error.status : 500, {
    'content-type': 'application/json',
    connection: 'close',
  })
  response.end(`${JSON.stringify({ error: { code, message } })}\n`)
}
