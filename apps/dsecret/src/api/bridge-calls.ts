// The call about open calls of the Bridge (docs/reference/interfaces.md). No I/O of its own.
import { bridgeCallSchema, hexSchema } from '@wetee/chain'
import { limitBody } from '@wetee/daemon'
import { z } from 'zod'
import type { CallsDesk } from '../calls/calls-desk.ts'
import { appIdOf } from './facts-calls.ts'
import type { AddCalls } from './node-api.ts'
import { parseRequest } from './wire.ts'

/** Calls that are asked for at once. */
const MAX_CALLS = 64
const MAX_BODY_BYTES = 98_304

/** `POST /v1/apps/:appId/open-calls`. */
const openCallsSchema = z.strictObject({
  nonce: hexSchema(32),
  calls: z.array(bridgeCallSchema).min(1).max(MAX_CALLS),
})

/** Adds `POST /v1/apps/:appId/open-calls`. */
export function bridgeCalls(desk: Pick<CallsDesk, 'state'>): AddCalls {
  return (app, answer) => {
    app.post('/v1/apps/:appId/open-calls', limitBody(MAX_BODY_BYTES), (c) =>
      answer(c, 'open-calls', async () => {
        const { nonce, calls } = parseRequest(openCallsSchema, await c.req.text())
        return desk.state(appIdOf(c.req.param('appId')), calls, nonce)
      }),
    )
  }
}
