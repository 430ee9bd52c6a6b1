// Routes that hand on what is sealed or signed by somebody else: owners' calls to agents, public calls to dsecret nodes. Routes over ports.
import type { Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { stream } from 'hono/streaming'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { WorkerError } from '../worker-error.ts'

/** An answer that is handed on as it comes; whoever reads it ends it with `close`. */
export type RelayedAnswer = {
  readonly status: number
  readonly body: AsyncIterable<Uint8Array>
  close(): void
}

/** Who is asked. */
export type RelaySources = {
  /** The agent of an instance with a call that is sealed to it; `undefined`: there is no such instance. */
  readonly ownerCall: (
    appId: bigint,
    of: { readonly version: number; readonly replica: number },
    body: Uint8Array,
    signal: AbortSignal,
  ) => Promise<RelayedAnswer | undefined>
  /** A dsecret node of the Subnet, over its registered TLS key; `undefined`: none is at `host:port`. */
  readonly nodeCall: (
    authority: string,
    request: {
      readonly method: 'GET' | 'PUT'
      readonly path: string
      readonly body?: Uint8Array
    },
    signal: AbortSignal,
  ) => Promise<{ readonly status: number; readonly body: Uint8Array } | undefined>
}

const MAX_OWNER_CALL_BYTES = 32_768
/** A secret of 65,536 bytes under its seal. */
const MAX_CIPHERTEXT_BYTES = 73_728
const MAX_AUTHORITY_LENGTH = 261
/** At once: of each kind. */
const MAX_OPEN = { owner: 128, node: 32 }
/** Public calls of nodes that a page makes; what they answer proves itself. */
const NODE_PATHS = {
  GET: /^\/v1\/(node|alerts|receipts|ciphertexts\/[0-9a-f]{64}|receipts\/[0-9]{1,15}\/proof|epochs\/[0-9]{1,20})$/,
  PUT: /^\/v1\/ciphertexts\/[0-9a-f]{64}$/,
} as const

/** Adds the routes. */
export function addRelayRoutes(app: Hono, sources: RelaySources): void {
  const open = { owner: 0, node: 0 }
  const tooLarge = () => {
    throw new WorkerError('request.invalid', 'the body is larger than such a call has')
  }
  app.post(
    '/v1/apps/:appId/owner-call',
    bodyLimit({ maxSize: MAX_OWNER_CALL_BYTES, onError: tooLarge }),
    async (c) => {
      const { appId, ...of } = parseInstance(c)
      if (open.owner >= MAX_OPEN.owner) throw tooMany()
      const left = new AbortController()
      c.req.raw.signal.addEventListener('abort', () => left.abort(), { once: true })
      open.owner += 1
      const release = once(() => {
        open.owner -= 1
      })
      try {
        const body = new Uint8Array(await c.req.arrayBuffer())
        const answer = await sources.ownerCall(appId, of, body, left.signal)
        if (answer === undefined)
          throw new WorkerError('instance.unknown', 'there is no such instance here')
        return pass(c, answer, left, release)
      } catch (error) {
        release()
        throw error
      }
    },
  )
  app.on(
    ['GET', 'PUT'],
    '/v1/nodes/:authority/v1/*',
    bodyLimit({ maxSize: MAX_CIPHERTEXT_BYTES, onError: tooLarge }),
    async (c) => {
      const { authority, request } = await parseNodeCall(c)
      if (open.node >= MAX_OPEN.node) throw tooMany()
      open.node += 1
      try {
        const answer = await sources.nodeCall(authority, request, c.req.raw.signal)
        if (answer === undefined)
          throw new WorkerError('request.invalid', 'no dsecret node of the Subnet is there')
        c.header('cache-control', 'no-store')
        c.header('content-type', 'application/octet-stream')
        c.header('x-content-type-options', 'nosniff')
        return c.body(new Uint8Array(answer.body), statusOf(answer.status))
      } finally {
        open.node -= 1
      }
    },
  )
}

function pass(
  c: Context,
  answer: RelayedAnswer,
  left: AbortController,
  release: () => void,
): Response {
  c.status(statusOf(answer.status))
  c.header('content-type', 'application/octet-stream')
  c.header('cache-control', 'no-store')
  c.header('x-content-type-options', 'nosniff')
  return stream(c, async (out) => {
    out.onAbort(() => left.abort())
    try {
      for await (const chunk of answer.body) {
        if (out.aborted) return
        await out.write(chunk)
      }
    } catch {
      // Its reader sees that it is cut short: the seal says where it ends.
    } finally {
      answer.close()
      release()
    }
  })
}

function parseInstance(c: Context) {
  const { version = '', replica = '0', ...rest } = c.req.query()
  const appId = c.req.param('appId') ?? ''
  if (
    !/^[1-9][0-9]{0,18}$/.test(appId) ||
    !/^[1-9][0-9]{0,9}$/.test(version) ||
    !/^[0-9]{1,3}$/.test(replica) ||
    Object.keys(rest).length > 0
  )
    throw new WorkerError('request.invalid', 'expected version=number and replica=number')
  return { appId: BigInt(appId), version: Number(version), replica: Number(replica) }
}

async function parseNodeCall(c: Context) {
  const authority = c.req.param('authority') ?? ''
  const { pathname, search } = new URL(c.req.url)
  const path = pathname.slice(pathname.indexOf('/v1/', '/v1/nodes/'.length))
  const method = c.req.method === 'PUT' ? 'PUT' : 'GET'
  if (
    authority.length > MAX_AUTHORITY_LENGTH ||
    !NODE_PATHS[method].test(path) ||
    !/^(\?[a-z0-9=&]{0,200})?$/i.test(search) ||
    (method === 'PUT' && search !== '')
  )
    throw new WorkerError('request.invalid', 'no such call of nodes is handed on')
  const body = method === 'PUT' ? { body: new Uint8Array(await c.req.arrayBuffer()) } : {}
  return { authority, request: { method, path: path + search, ...body } as const }
}

/** What an HTTP server may answer with a body. */
function statusOf(status: number): ContentfulStatusCode {
  return (
    status >= 200 && status <= 599 && status !== 204 && status !== 304 ? status : 502
  ) as ContentfulStatusCode
}

const tooMany = () =>
  new WorkerError('request.too-many', 'too many such calls at once: try again', {
    retryable: true,
  })

function once(act: () => void): () => void {
  let isDone = false
  return () => {
    if (!isDone) act()
    isDone = true
  }
}
