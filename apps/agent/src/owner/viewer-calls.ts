// Grants to readers as calls of the owner API, for the owner alone. Routes.
import type { Hono } from 'hono'
import type { EventLog } from './event-log.ts'
import { jsonOf, read, sessionOf, type OwnerApiParts } from './owner-call.ts'
import { OwnerError } from './owner-error.ts'
import { viewerSchema } from './schemas.ts'
import type { Viewers } from './viewers.ts'

/** What grants are kept in and told by. */
export type ViewerCallParts = Pick<OwnerApiParts, 'sessions'> & {
  readonly viewers: Viewers
  readonly events: Pick<EventLog, 'add'>
}

/** Adds `/v1/viewers`. Not under a seal: whoever passes a call on could give again what was taken back. */
export function addViewerCalls(app: Hono, parts: ViewerCallParts): void {
  const { viewers, events } = parts
  app.get('/v1/viewers', async (c) => {
    const { address } = await sessionOf(parts, c)
    return c.json({ viewers: viewers.list(address) })
  })
  app.post('/v1/viewers', async (c) => {
    const { address } = await sessionOf(parts, c)
    const { account, seconds } = read(viewerSchema, await jsonOf(c))
    viewers.grant(account, seconds, address)
    events.add('viewer.granted', `${account} for ${seconds} s`)
    return c.body(null, 204)
  })
  app.delete('/v1/viewers/:account', async (c) => {
    await sessionOf(parts, c)
    const account = c.req.param('account')
    if (!viewers.revoke(account))
      throw new OwnerError('viewer.unknown', 'this account has no grant here')
    events.add('viewer.revoked', account.toLowerCase())
    return c.body(null, 204)
  })
}
