// Snapshots of volumes as calls of the owner API. Routes.
import type { Hono } from 'hono'
import { stream } from 'hono/streaming'
import { jsonOf, read, sendDocuments, sessionOf, type OwnerApiParts } from './owner-call.ts'
import { snapshotOrderSchema } from './schemas.ts'

/** Adds `/v1/volumes`. */
export function addVolumeCalls(
  app: Hono,
  parts: Pick<OwnerApiParts, 'sessions' | 'volumes'>,
): void {
  const { volumes } = parts
  app.get('/v1/volumes', async (c) => {
    await sessionOf(parts, c)
    return c.json({ volumes: volumes.list() })
  })
  app.post('/v1/volumes/:name/snapshot', async (c) => {
    const session = await sessionOf(parts, c)
    const name = c.req.param('name')
    const { key } = read(snapshotOrderSchema, await jsonOf(c))
    volumes.check(name, 'read')
    c.header('content-type', 'application/octet-stream')
    return stream(c, async (out) => {
      const left = new AbortController()
      out.onAbort(() => left.abort())
      for await (const sealed of volumes.snapshot(name, key, session, left.signal))
        await out.write(sealed)
    })
  })
  app.post('/v1/volumes/:name/restore', async (c) => {
    const session = await sessionOf(parts, c)
    const name = c.req.param('name')
    volumes.check(name, 'write')
    return sendDocuments(c, async function* (left) {
      for await (const frame of volumes.restore(name, session, left)) yield [frame]
    })
  })
}
