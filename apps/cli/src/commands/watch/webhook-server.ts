// Takes webhooks of a Git server and says when it may be worth to look at the branch: what it says of commits is never the source of
// one. Listens on a port.
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { maxWebhookBytes, parsePushEvent, sameRepository, verifyDelivery } from '@wetee/build'
import { CliError } from '../../error.ts'

/** The part of the builder that webhooks need; it is loaded only where they are asked for. */
export type WebhookRules = {
  readonly maxWebhookBytes: typeof maxWebhookBytes
  readonly parsePushEvent: typeof parsePushEvent
  readonly sameRepository: typeof sameRepository
  readonly verifyDelivery: typeof verifyDelivery
}

/** What became of a request; `text` is for the log and has nothing of the request but its commit. */
export type WebhookOutcome = {
  readonly status: number
  readonly accepted: boolean
  readonly text: string
}

/** Where, with which secret, for which branch. */
export type WebhookOptions = {
  readonly host: string
  readonly port: number
  readonly secret: string
  readonly git: string
  readonly branch: string
}

/** What it is told of, and what it asks. */
export type WebhookParts = {
  readonly rules: WebhookRules
  readonly nowMs: () => number
  /** False for a delivery with one of these names that was there before. */
  readonly isNewDelivery: (names: readonly string[]) => boolean
  readonly onPush: () => void
  readonly onOutcome: (outcome: WebhookOutcome) => void
}

/** The one path. */
const webhookPath = '/webhook'

const maxConnections = 32
/** Requests at once, and then one each second; refused ones count. */
const burst = 30
const refillMs = 1_000
const requestTimeoutMs = 10_000

/** A server that listens. */
export type WebhookServer = { readonly url: string; close(): Promise<void> }

/** Starts it. Throws CliError `watch.webhook-address`. */
export async function startWebhookServer(
  options: WebhookOptions,
  parts: WebhookParts,
): Promise<WebhookServer> {
  const limiter = new RateLimiter(parts.nowMs)
  const server = createServer(
    { requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs, maxHeaderSize: 16_384 },
    (request, response) => {
      void answer(request, options, parts, limiter).then(
        (outcome) => {
          parts.onOutcome(outcome)
          finish(request, response, outcome)
        },
        () => request.destroy(),
      )
    },
  )
  server.maxConnections = maxConnections
  server.maxRequestsPerSocket = 100
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const where = `${options.host}:${options.port}`
      const message = `cannot listen for webhooks on ${where} (${cause.code ?? 'error'})`
      reject(new CliError('watch.webhook-address', message, { cause }))
    })
    server.listen(options.port, options.host, resolve)
  })
  const { address, port } = server.address() as AddressInfo
  const host = address.includes(':') ? `[${address}]` : address
  return {
    url: `http://${host}:${port}${webhookPath}`,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

/** Nobody but the holder of the secret is told more than a status. */
function finish(
  request: IncomingMessage,
  response: ServerResponse,
  { status, accepted }: WebhookOutcome,
): void {
  const isWhole = request.complete
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(isWhole ? {} : { connection: 'close' }),
  })
  response.end(`${JSON.stringify({ accepted })}\n`, () => {
    if (!isWhole) request.destroy()
  })
}

async function answer(
  request: IncomingMessage,
  options: WebhookOptions,
  { rules, nowMs, isNewDelivery, onPush }: WebhookParts,
  limiter: RateLimiter,
): Promise<WebhookOutcome> {
  if (!limiter.take()) return refused(429, 'too many requests')
  if (request.url !== webhookPath) return refused(404, 'another path')
  if (request.method !== 'POST') return refused(405, 'no POST')
  const type = request.headers['content-type'] ?? ''
  if (!/^application\/json\s*(;|$)/i.test(type))
    return refused(415, 'no JSON: set it at the sender')
  const body = await readBody(request, rules.maxWebhookBytes)
  if (body === undefined) return refused(413, `larger than ${rules.maxWebhookBytes} bytes`)
  const delivery = rules.verifyDelivery(request.headers, body, options.secret, nowMs())
  if (delivery === undefined) return refused(401, 'not signed with the secret')
  // The number is not signed by all senders: the body is known by its digest, too.
  const names = [`sha256:${createHash('sha256').update(body).digest('hex')}`]
  if (delivery.id !== '') names.push(`${delivery.sender}:${delivery.id}`)
  if (!isNewDelivery(names)) return ignored('was delivered before')
  if (!delivery.isPush) return ignored('no push')
  let event: ReturnType<WebhookRules['parsePushEvent']>
  try {
    event = rules.parsePushEvent(body)
  } catch {
    return refused(400, 'a payload that is none of a push')
  }
  if (!event.urls.some((url) => rules.sameRepository(url, options.git)))
    return ignored('another repository')
  if (event.ref !== `refs/heads/${options.branch}`) return ignored('another branch')
  if (event.commit === undefined) return ignored('the branch was deleted')
  onPush()
  return { status: 202, accepted: true, text: `a push of ${event.commit}` }
}

function refused(status: number, text: string): WebhookOutcome {
  return { status, accepted: false, text }
}

/** Senders take a refusal for a failure, and stop after some. */
function ignored(text: string): WebhookOutcome {
  return { status: 200, accepted: false, text }
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return undefined
  const chunks: Buffer[] = []
  let size = 0
  // What is left unread is not waited for: the caller answers and ends the connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += (chunk as Buffer).length
    if (size > maxBytes) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

/** A bucket that holds `burst` and gets one more each `refillMs`. */
class RateLimiter {
  readonly #nowMs: () => number
  #left = burst
  #sinceMs: number

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
    this.#sinceMs = nowMs()
  }

  take(): boolean {
    const nowMs = this.#nowMs()
    const more = Math.max(0, Math.floor((nowMs - this.#sinceMs) / refillMs))
    this.#left = Math.min(burst, this.#left + more)
    this.#sinceMs += more * refillMs
    if (this.#left === 0) return false
    this.#left -= 1
    return true
  }
}
