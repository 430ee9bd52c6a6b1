// The connected wallet: its account and chain, remembered for the next visit. Talks to the wallet.
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react'
import { custom, type Address, type EIP1193Provider } from 'viem'
import { WagmiProvider } from 'wagmi'
import { openNetwork, type Network, type NetworkOptions } from '@wetee/sdk'
import { useNetwork } from '../network/network.tsx'
import {
  useEthereum,
  walletConfig,
  type Ethereum,
  type EthereumConnection,
  type Wallet,
} from './ethereum.ts'
import { useSubstrate, type SubstrateConnection } from './substrate.ts'

/** What components know of the wallet. */
export type WalletState = Pick<Ethereum, 'wallets' | 'connect' | 'switchChain'> & {
  readonly wallet?: Pick<Wallet, 'id' | 'name'>
  readonly account?: Address
  /** The wallet is on the network's chain. */
  readonly onChain: boolean
  /** The network with the account that signs; absent while none is connected. */
  readonly signer?: Network
  readonly connectSubstrate: (connection: SubstrateConnection) => void
  readonly disconnect: () => void
}

const WalletContext = createContext<WalletState | undefined>(undefined)

/** The wallet of this page. */
export function useWallet(): WalletState {
  const state = useContext(WalletContext)
  if (state === undefined) throw new Error('there is no wallet above this component')
  return state
}

export function WalletProvider({ children }: { children: ReactNode }) {
  const network = useNetwork()
  const [config] = useState(() => walletConfig(network))
  return (
    <WagmiProvider config={config}>
      <ConnectedWallet>{children}</ConnectedWallet>
    </WagmiProvider>
  )
}

function ConnectedWallet({ children }: { children: ReactNode }) {
  const network = useNetwork()
  const substrate = useSubstrate(network)
  const ethereum = useEthereum(network)
  const signer = useSigner(network, ethereum.connection, substrate.connection)
  const { wallets, connect, switchChain, drop } = ethereum
  const { connect: takeSubstrate, drop: dropSubstrate } = substrate
  const { wallet, account } = substrate.connection ?? ethereum.connection ?? {}
  const onChain =
    substrate.connection !== undefined || ethereum.connection?.chainId === network.profile.chainId
  const state = useMemo(
    (): WalletState => ({
      ...{ wallets, connect, switchChain, onChain },
      ...(wallet === undefined ? {} : { wallet }),
      ...(account === undefined ? {} : { account }),
      ...(signer === undefined ? {} : { signer }),
      connectSubstrate: (chosen) => {
        drop()
        takeSubstrate(chosen)
      },
      disconnect: () => {
        drop()
        dropSubstrate()
      },
    }),
    [
      wallets,
      connect,
      switchChain,
      onChain,
      wallet,
      account,
      signer,
      drop,
      takeSubstrate,
      dropSubstrate,
    ],
  )
  return <WalletContext value={state}>{children}</WalletContext>
}

/** The network with the account that signs; opened anew when another one does. */
function useSigner(
  network: Network,
  ethereum: EthereumConnection | undefined,
  substrate: SubstrateConnection | undefined,
): Network | undefined {
  const [signer, setSigner] = useState<Network | undefined>()
  const account = substrate?.account ?? ethereum?.account
  const sender = substrate?.sender
  const wallet = ethereum?.wallet
  useEffect(() => {
    if (account === undefined) return setSigner(undefined)
    let isCurrent = true
    const open = async () => {
      const options: NetworkOptions = {
        account: { address: account, type: 'json-rpc' },
        ...(sender !== undefined
          ? { sender }
          : wallet && { walletTransport: await through(wallet) }),
      }
      const opened = await openNetwork(network.profile, options)
      if (isCurrent) setSigner(opened)
    }
    void open()
    return () => {
      isCurrent = false
    }
  }, [network, account, sender, wallet])
  return signer
}

const through = async (wallet: Wallet) =>
  custom((await wallet.getProvider()) as EIP1193Provider, { retryCount: 0 })
