// A wallet with Ethereum accounts: connected, taken up again at the next visit, and on which chain it is. Talks to the wallet.
import { useCallback, useEffect, useState } from 'react'
import { getAddress, numberToHex, type Address } from 'viem'
import type { Network } from '@wetee/sdk'
import { useWallets, type Wallet } from './discovery.ts'
import { remember, rememberedWallet } from './remembered.ts'
import { walletCode } from './wallet-code.ts'

/** A wallet that lets this page see an account. */
export type EthereumConnection = {
  readonly wallet: Wallet
  readonly account: Address
  readonly chainId: number
}

/** The connected wallet, and what can be asked of it. */
export type Ethereum = {
  readonly wallets: readonly Wallet[]
  readonly connection?: EthereumConnection
  readonly connect: (wallet: Wallet) => Promise<void>
  /** Asks the wallet to change to the network's chain, and to add it first where it does not know it. */
  readonly switchChain: () => Promise<void>
  readonly drop: () => void
}

/** The wallet of this page; while it rests, none is taken up by itself. */
export function useEthereum(network: Network, rests: boolean): Ethereum {
  const wallets = useWallets()
  const [connection, setConnection] = useState<EthereumConnection | undefined>()
  const wallet = connection?.wallet
  const adopt = useCallback(async (chosen: Wallet, ask: boolean) => {
    const { provider } = chosen
    const method = ask ? 'eth_requestAccounts' : 'eth_accounts'
    const [first] = await provider.request({ method })
    if (first === undefined) return setConnection(undefined)
    const chain = Number(await provider.request({ method: 'eth_chainId' }))
    setConnection({ wallet: chosen, account: getAddress(first), chainId: chain })
    remember(chosen.id)
  }, [])

  // The wallet of the last visit, as far as it still lets this page see an account.
  useEffect(() => {
    const known = wallets.find(({ id }) => id === rememberedWallet())
    if (connection === undefined && known !== undefined && !rests)
      adopt(known, false).catch(() => undefined)
  }, [wallets, connection, rests, adopt])

  // One that is locked shows no account: it is listened to all the same, until somebody disconnects it.
  const watched = wallet ?? wallets.find(({ id }) => id === rememberedWallet())
  useEffect(() => {
    if (watched === undefined) return
    const { provider } = watched
    const again = () => void adopt(watched, false).catch(() => undefined)
    provider.on('accountsChanged', again)
    provider.on('chainChanged', again)
    return () => {
      provider.removeListener('accountsChanged', again)
      provider.removeListener('chainChanged', again)
    }
  }, [watched, adopt])

  const connect = useCallback((chosen: Wallet) => adopt(chosen, true), [adopt])
  const switchChain = useCallback(async () => {
    if (wallet === undefined) return
    await changeChain(wallet, network)
    await adopt(wallet, false)
  }, [wallet, network, adopt])
  const drop = useCallback(() => setConnection(undefined), [])
  return {
    ...{ wallets, connect, switchChain, drop },
    ...(connection === undefined ? {} : { connection }),
  }
}

const unknownChain = 4902

async function changeChain({ provider }: Wallet, { profile }: Network): Promise<void> {
  const chainId = numberToHex(profile.chainId)
  try {
    await provider.request({ method: 'wallet_switchEthereumChain', params: [{ chainId }] })
  } catch (error) {
    if (walletCode(error) !== unknownChain) throw error
    await provider.request({
      method: 'wallet_addEthereumChain',
      params: [
        {
          chainId,
          chainName: `WeTEE ${profile.name}`,
          nativeCurrency: { name: 'DOT', symbol: 'DOT', decimals: 18 },
          rpcUrls: [...profile.rpcUrls],
        },
      ],
    })
  }
}
