// The owner API (docs/reference/owner-api.md): who signs in with the owner's wallet reads logs, events, metrics. Routes only.
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { addExecCalls } from './exec-calls.ts'
import { readLines } from './log-stream.ts'
import { jsonOf, read, refuse, sendDocuments, sessionOf, type OwnerApiParts } from './owner-call.ts'
import { OwnerError } from './owner-error.ts'
import { openApiDocument } from './routes.ts'
import { eventsQuerySchema, logQuerySchema, openSessionSchema } from './schemas.ts'
import { addSealedCalls } from './sealed-calls.ts'
import { SESSION_SECONDS } from './sessions.ts'
import { addViewerCalls } from './viewer-calls.ts'
import { addVolumeCalls } from './volume-calls.ts'

/** Owner and viewers. */
const anybody = { role: 'viewer' } as const
/** Streams that follow at the same time. */
const MAX_FOLLOWERS = 16

/** All routes. */
export function ownerApi(parts: OwnerApiParts): Hono {
  const { sessions, events } = parts
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
    const { token, role } = await sessions.open(signed)
    events.add(`${role}.signed-in`)
    return c.json({ token, role, expiresInSeconds: SESSION_SECONDS })
  })
  app.delete('/v1/session', async (c) => {
    await sessionOf(parts, c, anybody)
    sessions.close(c.req.header('authorization'))
    return c.body(null, 204)
  })
  reading(app, parts)
  addSealedCalls(app, parts)
  addViewerCalls(app, parts)
  addExecCalls(app, parts)
  addVolumeCalls(app, parts)
  return app
}

/** Calls that change nothing. */
function reading(app: Hono, parts: OwnerApiParts): void {
  const { output, events, metrics, exceptions, failures, monotonicMs } = parts
  const followers = { open: 0 }
  app.get('/v1/logs', async (c) => {
    const session = await sessionOf(parts, c, anybody)
    const query = read(logQuerySchema, c.req.query())
    if (query.service !== undefined && !output.services.includes(query.service))
      throw new OwnerError('request.invalid', `there is no service "${query.service}"`)
    if (query.follow === 'true' && followers.open >= MAX_FOLLOWERS)
      throw new OwnerError('request.too-many', `${MAX_FOLLOWERS} readers follow already`)
    const counted = query.follow === 'true' ? 1 : 0
    return sendDocuments(c, async function* (left) {
      const leftMs = Math.max(0, session.endMs - monotonicMs())
      const ends = session.ended === undefined ? [] : [session.ended]
      const signal = AbortSignal.any([left, AbortSignal.timeout(Math.ceil(leftMs)), ...ends])
      followers.open += counted
      try {
        yield* readLines(output, query, signal)
      } finally {
        followers.open -= counted
      }
    })
  })
  app.get('/v1/events', async (c) => {
    await sessionOf(parts, c, anybody)
    return c.json({ events: events.list(read(eventsQuerySchema, c.req.query()).after) })
  })
  app.get('/v1/metrics', async (c) => {
    await sessionOf(parts, c, anybody)
    return c.json(metrics.read())
  })
  app.get('/v1/exceptions', async (c) => {
    await sessionOf(parts, c, anybody)
    return c.json({ exceptions: exceptions.list() })
  })
  app.get('/v1/bundles', async (c) => {
    await sessionOf(parts, c, anybody)
    return c.json({ bundles: failures.list() })
  })
  app.get('/v1/bundles/:id', async (c) => {
    await sessionOf(parts, c, anybody)
    const bundle = failures.get(c.req.param('id'))
    if (bundle === undefined)
      throw new OwnerError('bundle.unknown', 'this agent has no such bundle in memory')
    return c.json(bundle)
  })
}
