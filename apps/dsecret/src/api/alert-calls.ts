// The call that shows whom this node saw cut off. No I/O of its own.
import { NodeError } from '../node-error.ts'
import type { AlertLog } from '../store/alert-log.ts'
import type { AddCalls } from './node-api.ts'

/** Alerts in one answer at most. */
const MAX_PAGE = 64

/** Adds `GET /v1/alerts`: `{ last, alerts }` from a number on. */
export function alertCalls(log: Pick<AlertLog, 'read' | 'last'>): AddCalls {
  return (app, answer) => {
    app.get('/v1/alerts', (c) =>
      answer(c, 'alerts', () =>
        Promise.resolve().then(() => {
          const first = requireNumber('first', c.req.query('first') ?? '1')
          const count = requireNumber('count', c.req.query('count') ?? '32')
          const alerts = log.read(first, Math.min(count, MAX_PAGE))
          return JSON.stringify({ last: log.last(), alerts })
        }),
      ),
    )
  }
}

function requireNumber(what: string, text: string): number {
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text)
  throw new NodeError('request.invalid', `${what}: expected a decimal number above zero`, {
    status: 400,
  })
}
