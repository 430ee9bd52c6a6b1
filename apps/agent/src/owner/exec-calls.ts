// Commands of the owner as calls of the owner API. Routes.
import type { Hono } from 'hono'
import { jsonOf, read, sendDocuments, sessionOf, type OwnerApiParts } from './owner-call.ts'
import { execInputSchema, execSchema, terminalSizeSchema } from './exec-order.ts'

/** Adds `POST /v1/exec` and what goes to a command while it runs. */
export function addExecCalls(app: Hono, parts: Pick<OwnerApiParts, 'sessions' | 'exec'>): void {
  const { exec } = parts
  app.post('/v1/exec', async (c) => {
    const session = await sessionOf(parts, c)
    const order = read(execSchema, await jsonOf(c))
    exec.check(order)
    return sendDocuments(c, async function* (signal) {
      for await (const frame of exec.run(order, session, signal)) yield [frame]
    })
  })
  app.post('/v1/exec/:id/input', async (c) => {
    const session = await sessionOf(parts, c, { counted: 'input' })
    await exec.input(c.req.param('id'), read(execInputSchema, await jsonOf(c)), session)
    return c.body(null, 204)
  })
  app.post('/v1/exec/:id/size', async (c) => {
    const session = await sessionOf(parts, c, { counted: 'input' })
    await exec.resize(c.req.param('id'), read(terminalSizeSchema, await jsonOf(c)), session)
    return c.body(null, 204)
  })
}
