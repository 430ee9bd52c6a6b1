// Calls about epochs: their public part, and confirmations of sessions. No I/O of its own.
import { toWire, uint64Schema } from '@wetee/chain'
import { limitBody } from '@wetee/daemon'
import { z } from 'zod'
import type { ChainView } from '../chain/chain-view.ts'
import type { Confirmer } from '../epochs/confirmer.ts'
import { nameOf, type EpochKeys } from '../epochs/epoch-keys.ts'
import { NodeError, unable } from '../node-error.ts'
import type { AddCalls } from './node-api.ts'
import { parseRequest } from './wire.ts'

/** What the calls answer from. */
export type EpochCallsParts = {
  readonly view: Pick<ChainView, 'head' | 'committees' | 'confirmation'>
  readonly keys: Pick<EpochKeys, 'document' | 'settled'>
  readonly confirmer: Pick<Confirmer, 'sign'>
}

/** `POST /v1/confirmations`. */
export const confirmationSchema = z.strictObject({ session: uint64Schema })

const MAX_BODY_BYTES = 256
/** Whoever asks for the active epoch waits so long for a node that is about to know it, milliseconds. */
const PATIENCE_MS = 5_000

/** Adds `GET /v1/epochs/:epoch` and `POST /v1/confirmations`. */
export function epochCalls(parts: EpochCallsParts): AddCalls {
  return (app, answer) => {
    app.get('/v1/epochs/:epoch', (c) =>
      answer(c, 'epochs', (signal) => documentOf(parts, c.req.param('epoch'), signal)),
    )
    app.post('/v1/confirmations', limitBody(MAX_BODY_BYTES), (c) =>
      answer(c, 'confirmations', async () => {
        const { session } = parseRequest(confirmationSchema, await c.req.text())
        return JSON.stringify(toWire(await parts.confirmer.sign(session)))
      }),
    )
  }
}

async function documentOf(
  { view, keys }: EpochCallsParts,
  named: string,
  signal: AbortSignal,
): Promise<string> {
  const { number } = await view.head()
  const epoch = named === 'active' ? (await view.committees(number)).active?.epoch : epochOf(named)
  if (epoch === undefined) throw unable('committee.none', 'no committee is active yet')
  const confirmation = await view.confirmation(epoch, number)
  if (confirmation === undefined)
    throw new NodeError('epoch.unknown', `epoch ${epoch} is not confirmed`, { status: 404 })
  const name = nameOf(epoch, confirmation)
  if (named === 'active')
    await keys.settled(name, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]))
  return keys.document(name)
}

function epochOf(text: string): bigint {
  if (/^[1-9][0-9]{0,18}$/.test(text)) return BigInt(text)
  throw new NodeError('request.invalid', 'epoch: expected a number from 1, or active', {
    status: 400,
  })
}
