// Calls about applications: facts, and whether an owner that is a contract has signed (docs/reference/interfaces.md). No I/O of its own.
import { hexSchema } from '@wetee/chain'
import { limitBody } from '@wetee/daemon'
import { z } from 'zod'
import type { FactsDesk } from '../facts/facts-desk.ts'
import { NodeError } from '../node-error.ts'
import type { AddCalls } from './node-api.ts'
import { parseRequest } from './wire.ts'

/** Bytes of an owner's signature at most: contracts of many owners take one of each. */
const MAX_SIGNATURE_BYTES = 8_192
const MAX_BODY_BYTES = 2 * MAX_SIGNATURE_BYTES + 512

/** `POST /v1/apps/:appId/may-sign`. */
const maySignSchema = z.strictObject({
  digest: hexSchema(32),
  signature: z.templateLiteral([
    '0x',
    z.string().regex(new RegExp(`^(?:[0-9a-f]{2}){0,${MAX_SIGNATURE_BYTES}}$`)),
  ]),
})

/** Adds `GET /v1/apps/:appId/facts` and `POST /v1/apps/:appId/may-sign`. */
export function factsCalls(desk: Pick<FactsDesk, 'facts' | 'maySign'>): AddCalls {
  return (app, answer) => {
    app.get('/v1/apps/:appId/facts', (c) =>
      answer(c, 'facts', async () => desk.facts(appIdOf(c.req.param('appId')))),
    )
    app.post('/v1/apps/:appId/may-sign', limitBody(MAX_BODY_BYTES), (c) =>
      answer(c, 'facts', async () => {
        const { digest, signature } = parseRequest(maySignSchema, await c.req.text())
        return desk.maySign(appIdOf(c.req.param('appId')), digest, signature)
      }),
    )
  }
}

/** An application's number as a path has it. Throws NodeError `request.invalid`. */
export function appIdOf(text: string): bigint {
  if (/^[1-9][0-9]{0,19}$/.test(text) && BigInt(text) < 2n ** 64n) return BigInt(text)
  throw new NodeError('request.invalid', 'appId: expected a decimal number above zero of 64 bits', {
    status: 400,
  })
}
