// The Hub of this page's network, opened once. Network I/O.
import type { SubstrateRpc } from '@wetee/chain'
import { openHub, type Hub } from './hub.ts'

const opened = new Map<string, Promise<Hub>>()

/** Opens it, or gives what was opened before; a failure is not kept. */
export function hubOf(substrate: SubstrateRpc): Promise<Hub> {
  const key = `${substrate.rpcUrl} ${substrate.genesisHash}`
  const known = opened.get(key)
  if (known !== undefined) return known
  const opening = openHub(substrate)
  opened.set(key, opening)
  opening.catch(() => opened.delete(key))
  return opening
}
