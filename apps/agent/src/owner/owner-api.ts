// The owner API (docs/reference/owner-api.md): who signs in with the owner's wallet reads logs, events, metrics. Routes only.
import { Hono, type Context } from 'hono'
import { cors } from 'hono/cors'
import { stream } from 'hono/streaming'
import type * as z from 'zod'
import { firstProblem } from '../launch/fields.ts'
import type { InstanceKeys } from '../keys/instance-keys.ts'
import { errorFields, type Log } from '../log.ts'
import type { ServiceExceptions } from '../output/service-exceptions.ts'
import type { ServiceOutput } from '../output/service-output.ts'
import type { AgentMetricsReader } from './agent-metrics.ts'
import type { EventLog } from './event-log.ts'
import type { FailureReview } from './failure-review.ts'
import { readLines } from './log-stream.ts'
import { addSealedCalls } from './sealed-calls.ts'
import { OwnerError, ownerErrorStatus } from './owner-error.ts'
import { openApiDocument } from './routes.ts'
import { eventsQuerySchema, logQuerySchema, openSessionSchema } from './schemas.ts'
import { execSchema, type ServiceExec } from './service-exec.ts'
import { SESSION_SECONDS, type Session, type Sessions } from './sessions.ts'

/** What is answered with. */
export type OwnerApiParts = {
  readonly sessions: Sessions
  readonly output: ServiceOutput
  readonly exceptions: ServiceExceptions
  readonly events: EventLog
  readonly failures: Pick<FailureReview, 'list' | 'get'>
  readonly metrics: Pick<AgentMetricsReader, 'read'>
  readonly exec: Pick<ServiceExec, 'check' | 'run'>
  /** The current evidence document as text. */
  readonly evidence: () => Promise<string | undefined>
  readonly monotonicMs: () => number
  /** What calls are sealed to. */
  readonly keys: Pick<InstanceKeys, 'hpke'>
  readonly log: Log
}

/** Streams that follow at the same time. */
const MAX_FOLLOWERS = 16

/** All routes. */
export function ownerApi(parts: OwnerApiParts): Hono {
  const { sessions, events, exec } = parts
  const document = JSON.stringify(openApiDocument())
  const app = new Hono()
  app.onError((error, c) => refuse(c, parts.log, error))
  app.notFound((c) => refuse(c, parts.log, new OwnerError('request.unknown', 'no such call')))
  // From anywhere: a token is in a header alone, which a page that does not have it cannot send.
  app.use(
    cors({
      origin: '*',
      allowHeaders: ['authorization', 'content-type'],
      allowMethods: ['GET', 'POST', 'DELETE'],
      maxAge: 600,
    }),
  )
  app.use(async (c, next) => {
    c.header('cache-control', 'no-store')
    c.header('x-content-type-options', 'nosniff')
    await next()
  })
  app.get('/.well-known/wetee/evidence', async (c) => {
    const text = await parts.evidence().catch(() => undefined)
    if (text === undefined)
      throw new OwnerError('evidence.pending', 'there is no evidence to be had now: ask again')
    return c.body(text, 200, { 'content-type': 'application/json' })
  })
  app.get('/v1/openapi.json', (c) => c.body(document, 200, { 'content-type': 'application/json' }))
  app.get('/v1/session', (c) => c.json(sessions.challenge()))
  app.post('/v1/session', async (c) => {
    const signed = read(openSessionSchema, await jsonOf(c))
    const token = await sessions.open(signed)
    events.add('owner.signed-in')
    return c.json({ token, role: 'owner', expiresInSeconds: SESSION_SECONDS })
  })
  app.delete('/v1/session', async (c) => {
    await sessionOf(parts, c)
    sessions.close(c.req.header('authorization'))
    return c.body(null, 204)
  })
  reading(app, parts)
  addSealedCalls(app, parts)
  app.post('/v1/exec', async (c) => {
    const session = await sessionOf(parts, c)
    const order = read(execSchema, await jsonOf(c))
    exec.check(order)
    return sendDocuments(parts, c, session, async function* (signal) {
      for await (const frame of exec.run(order, session.address, signal)) yield [frame]
    })
  })
  return app
}

/** Calls that change nothing. */
function reading(app: Hono, parts: OwnerApiParts): void {
  const { output, events, metrics, exceptions, failures } = parts
  const followers = { open: 0 }
  app.get('/v1/logs', async (c) => {
    const session = await sessionOf(parts, c)
    const query = read(logQuerySchema, c.req.query())
    if (query.service !== undefined && !output.services.includes(query.service))
      throw new OwnerError('request.invalid', `there is no service "${query.service}"`)
    if (query.follow === 'true' && followers.open >= MAX_FOLLOWERS)
      throw new OwnerError('request.too-many', `${MAX_FOLLOWERS} readers follow already`)
    const counted = query.follow === 'true' ? 1 : 0
    return sendDocuments(parts, c, session, async function* (signal) {
      followers.open += counted
      try {
        yield* readLines(output, query, signal)
      } finally {
        followers.open -= counted
      }
    })
  })
  app.get('/v1/events', async (c) => {
    await sessionOf(parts, c)
    return c.json({ events: events.list(read(eventsQuerySchema, c.req.query()).after) })
  })
  app.get('/v1/metrics', async (c) => {
    await sessionOf(parts, c)
    return c.json(metrics.read())
  })
  app.get('/v1/exceptions', async (c) => {
    await sessionOf(parts, c)
    return c.json({ exceptions: exceptions.list() })
  })
  app.get('/v1/bundles', async (c) => {
    await sessionOf(parts, c)
    return c.json({ bundles: failures.list() })
  })
  app.get('/v1/bundles/:id', async (c) => {
    await sessionOf(parts, c)
    const bundle = failures.get(c.req.param('id'))
    if (bundle === undefined)
      throw new OwnerError('bundle.unknown', 'this agent has no such bundle in memory')
    return c.json(bundle)
  })
}

function sessionOf({ sessions }: OwnerApiParts, c: Context): Promise<Session> {
  return sessions.require(c.req.header('authorization'))
}

/** One JSON object a line, until there are no more, the reader goes, or its session ends. */
function sendDocuments(
  { monotonicMs }: OwnerApiParts,
  c: Context,
  session: Session,
  documents: (signal: AbortSignal) => AsyncIterable<readonly unknown[]>,
): Response {
  c.header('content-type', 'application/x-ndjson')
  return stream(c, async (out) => {
    const left = new AbortController()
    out.onAbort(() => left.abort())
    const endsMs = Math.max(0, session.endMs - monotonicMs())
    const signal = AbortSignal.any([left.signal, AbortSignal.timeout(Math.ceil(endsMs))])
    try {
      for await (const some of documents(signal))
        await out.write(some.map((one) => `${JSON.stringify(one)}\n`).join(''))
    } finally {
      left.abort()
    }
  })
}

async function jsonOf(c: Context): Promise<unknown> {
  try {
    return await c.req.json()
  } catch (cause) {
    throw new OwnerError('request.invalid', 'expected JSON', { cause })
  }
}

function read<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new OwnerError('request.invalid', firstProblem(parsed.error).slice(0, 300))
}

function refuse(c: Context, log: Log, error: unknown): Response {
  if (error instanceof OwnerError) {
    const { code, message } = error
    return c.json({ error: { code, message } }, ownerErrorStatus[code])
  }
  log.error({ path: c.req.path.slice(0, 100), ...errorFields(error) }, 'owner call failed')
  return c.json({ error: { code: 'internal', message: 'the request failed; see the log' } }, 500)
}
