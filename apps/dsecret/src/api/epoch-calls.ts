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
  readonly view: Pick<ChainView, 'head' | 'committees' | 'confirmation' | 'liveKeys'>
  readonly keys: Pick<EpochKeys, 'document' | 'settled'>
  readonly confirmer: Pick<Confirmer, 'sign'>
}

/** `POST /v1/confirmations`. */
export const confirmationSchema = z.strictObject({ session: uint64Schema })

const MAX_BODY_BYTES = 256
/** Whoever asks for the active epoch waits so long for a node that is about to know it, milliseconds. */
const PATIENCE_MS = 5_000

/** Adds `GET /v1/epochs/:epoch`, by number, as `active`, or by the key S that is released with its shares now, and `POST /v1/confirmations`. */
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
  const isNow = named === 'active' || named.startsWith('0x')
  const epoch = await epochNamed(view, named, number)
  if (epoch === undefined)
    throw unable('committee.none', 'no committee that holds this key is active yet')
  const confirmation = await view.confirmation(epoch, number)
  if (confirmation === undefined)
    throw new NodeError('epoch.unknown', `epoch ${epoch} is not confirmed`, { status: 404 })
  const name = nameOf(epoch, confirmation)
  if (isNow) await keys.settled(name, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]))
  return keys.document(name)
}

async function epochNamed(
  view: EpochCallsParts['view'],
  named: string,
  at: bigint,
): Promise<bigint | undefined> {
  if (/^[1-9][0-9]{0,18}$/.test(named)) return BigInt(named)
  if (named === 'active') return (await view.committees(at)).active?.epoch
  if (!/^0x0[23][0-9a-f]{64}$/.test(named))
    throw new NodeError(
      'request.invalid',
      'epoch: expected a number from 1, active, or 33 bytes of a key S',
      { status: 400 },
    )
  const key = (await view.liveKeys(at)).find(({ S }) => S === named)
  if (key === undefined)
    throw new NodeError('key.unknown', `no key S ${named} lives`, { status: 404 })
  if (key.lastEpoch !== 0n) return key.lastEpoch
  const { active } = await view.committees(at)
  const confirmation = active && (await view.confirmation(active.epoch, at))
  return confirmation?.key === key.number ? active?.epoch : undefined
}
