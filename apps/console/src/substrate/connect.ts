// An account of an extension as the page's wallet: chosen just now, or taken up again. Network I/O and the extension.
import type { SubstrateRpc } from '@wetee/chain'
import type { Address } from 'viem'
import type { SubstrateChoice } from '../wallet/remembered.ts'
import type { SubstrateConnection } from '../wallet/substrate.ts'
import type { Extension } from './extensions.ts'
import { readAccount, type Hub } from './hub.ts'
import { hubOf } from './open-hub.ts'
import { substrateSender } from './sender.ts'
import type { Signatory } from './sign.ts'

/** What the page connects; the account has to be mapped. */
export function connectionOf(
  hub: Hub,
  extension: string,
  by: Signatory,
  evmAddress: Address,
): SubstrateConnection {
  return {
    wallet: { id: `substrate:${extension}`, name: by.wallet },
    account: evmAddress,
    sender: substrateSender(hub, by),
    choice: { extension, address: by.address },
  }
}

/** The account of the last visit; undefined where its extension shows it no more, or its mapping is gone. Throws what asking throws. */
export async function reconnect(
  rpc: SubstrateRpc,
  extension: Extension,
  { address }: SubstrateChoice,
): Promise<SubstrateConnection | undefined> {
  // Before the extension is asked for anything: a network that cannot be used needs no account.
  const hub = await hubOf(rpc)
  const { accounts, signPayload } = await extension.open()
  if (!accounts.some((account) => account.address === address)) return undefined
  const { isMapped, evmAddress } = await readAccount(hub, address)
  if (!isMapped) return undefined
  return connectionOf(
    hub,
    extension.id,
    { address, wallet: extension.name, signPayload },
    evmAddress,
  )
}
