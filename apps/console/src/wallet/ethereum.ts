// A wallet with Ethereum accounts, by wagmi: connected, taken up again at the next visit, and on which chain it is. Talks to the wallet.
import { useCallback, useEffect } from 'react'
import type { Address } from 'viem'
import {
  createConfig,
  useConfig,
  useConnection,
  useConnectors,
  type Config,
  type Connector,
} from 'wagmi'
import { connect, disconnect, reconnect, switchChain } from 'wagmi/actions'
import type { Network } from '@wetee/sdk'
import { walletConnect } from './walletconnect-later.ts'

/** A wallet, as it describes itself. */
export type Wallet = Connector

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

/** Wallets that announce themselves, and WalletConnect where the site is built for it, for the chain of this network. */
export function walletConfig({ chain: { client } }: Network): Config {
  return createConfig({
    chains: [client.chain],
    client: () => client,
    ...(walletConnect && { connectors: [walletConnect.connector] }),
  })
}

/** The wallet of this page. */
export function useEthereum({ profile }: Network): Ethereum {
  const config = useConfig()
  const wallets = useConnectors()
  const { status, connector: wallet, address: account, chainId } = useConnection()

  // One that announces itself late may be that of the last visit.
  useEffect(() => {
    if (config.state.status === 'disconnected') void reconnect(config)
  }, [config, wallets])

  return {
    wallets,
    connect: useCallback(
      async (connector: Wallet) => void (await connect(config, { connector })),
      [config],
    ),
    switchChain: useCallback(async () => {
      const addEthereumChainParameter = {
        chainName: `WeTEE ${profile.name}`,
        rpcUrls: [...profile.rpcUrls],
      }
      await switchChain(config, { chainId: profile.chainId, addEthereumChainParameter })
    }, [config, profile]),
    drop: useCallback(() => {
      for (const { connector } of config.state.connections.values())
        void disconnect(config, { connector })
    }, [config]),
    // While it is taken up again it cannot be asked yet.
    ...(status === 'connected' && { connection: { wallet, account, chainId } }),
  }
}
