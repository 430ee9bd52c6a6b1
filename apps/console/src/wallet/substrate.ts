// An account of a Substrate wallet: connected, and taken up again at the next visit. What that needs is fetched then alone.
import { useCallback, useEffect, useState } from 'react'
import type { Address } from 'viem'
import type { CallSender, Network } from '@wetee/sdk'
import { findExtensions, type Extension } from '../substrate/extensions.ts'
import { rememberedSubstrate, rememberSubstrate, type SubstrateChoice } from './remembered.ts'
import type { Wallet } from './ethereum.ts'

/** An account of a Substrate wallet: contracts see it as `account`, and its calls go by `sender`. */
export type SubstrateConnection = {
  readonly wallet: Pick<Wallet, 'id' | 'name'>
  readonly account: Address
  readonly sender: CallSender
  readonly choice: SubstrateChoice
}

/** Extensions come late on a page that is loaded: so often they are looked for. */
const looks = 10
const betweenLooksMs = 200

/** The connection; the account of the last visit, once its extension and the network's RPC have answered for it. */
export function useSubstrate({ profile: { substrate: rpc } }: Network): {
  readonly connection?: SubstrateConnection
  readonly connect: (connection: SubstrateConnection) => void
  readonly drop: () => void
} {
  const [connection, setConnection] = useState<SubstrateConnection | undefined>()
  useEffect(() => {
    const choice = rememberedSubstrate()
    if (choice === undefined || rpc === undefined) return
    const stopped = new AbortController()
    const takeUp = async () => {
      const extension = await extensionOf(choice.extension, stopped.signal)
      if (extension === undefined) return
      const { reconnect } = await import('../substrate/connect.ts')
      const found = await reconnect(rpc, extension, choice)
      // Somebody may have connected, or disconnected, while it was asked.
      const isWanted = rememberedSubstrate()?.address === choice.address
      if (!stopped.signal.aborted && isWanted) setConnection((now) => now ?? found)
    }
    // Without an answer there is no account, as before a first visit; the next load asks again.
    takeUp().catch(() => undefined)
    return () => stopped.abort()
  }, [rpc])
  const connect = useCallback((chosen: SubstrateConnection) => {
    rememberSubstrate(chosen.choice)
    setConnection(chosen)
  }, [])
  const drop = useCallback(() => {
    rememberSubstrate()
    setConnection(undefined)
  }, [])
  return { ...{ connect, drop }, ...(connection === undefined ? {} : { connection }) }
}

async function extensionOf(id: string, signal: AbortSignal): Promise<Extension | undefined> {
  for (let look = 0; look < looks && !signal.aborted; look += 1) {
    const found = findExtensions().find((extension) => extension.id === id)
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, betweenLooksMs))
  }
  return undefined
}
