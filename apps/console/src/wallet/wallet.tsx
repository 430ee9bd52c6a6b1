// The connected wallet: its account and chain, remembered for the next visit. Talks to the wallet.
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
  type ReactNode,
} from 'react'
import { custom, getAddress, numberToHex, type Address } from 'viem'
import { openNetwork, type CallSender, type Network } from '@wetee/sdk'
import { useNetwork } from '../network/network.tsx'
import { useWallets, type Wallet } from './discovery.ts'

/** An account of a Substrate wallet: contracts see it as `account`, and its calls go by `sender`. */
export type SubstrateConnection = {
  readonly wallet: Pick<Wallet, 'id' | 'name'>
  readonly account: Address
  readonly sender: CallSender
}

/** What components know of the wallet. */
export type WalletState = {
  readonly wallets: readonly Wallet[]
  readonly wallet?: Pick<Wallet, 'id' | 'name'>
  readonly account?: Address
  /** The wallet is on the network's chain. */
  readonly onChain: boolean
  /** The network with the account that signs; absent while none is connected. */
  readonly signer?: Network
  readonly connect: (wallet: Wallet) => Promise<void>
  /** Until this page is left: such an account is not taken up again by itself. */
  readonly connectSubstrate: (connection: SubstrateConnection) => void
  readonly disconnect: () => void
  /** Asks the wallet to change to the network's chain, and to add it first where it does not know it. */
  readonly switchChain: () => Promise<void>
}

const rememberedKey = 'wetee.wallet'
const WalletContext = createContext<WalletState | undefined>(undefined)

/** The wallet of this page. */
export function useWallet(): WalletState {
  const state = useContext(WalletContext)
  if (state === undefined) throw new Error('there is no wallet above this component')
  return state
}

/** The code of an error of a wallet (EIP-1193), wherever it lies in the chain of causes. */
export function walletCode(error: unknown): number | undefined {
  let current: unknown = error
  for (let depth = 0; depth < 8 && current !== null && typeof current === 'object'; depth += 1) {
    const { code, cause } = current as { code?: unknown; cause?: unknown }
    if (typeof code === 'number') return code
    current = cause
  }
  return undefined
}

type Connection = { readonly wallet: Wallet; readonly account: Address; readonly chainId: number }

export function WalletProvider({ children }: { children: ReactNode }) {
  const network = useNetwork()
  const wallets = useWallets()
  const [connection, setConnection] = useState<Connection | undefined>()
  const [substrate, setSubstrate] = useState<SubstrateConnection | undefined>()
  const [signer, setSigner] = useState<Network | undefined>()
  const { chainId } = network.profile
  const wallet = connection?.wallet
  const account = substrate?.account ?? connection?.account

  const adopt = useCallback(async (chosen: Wallet, ask: boolean) => {
    const { provider } = chosen
    const method = ask ? 'eth_requestAccounts' : 'eth_accounts'
    const [first] = await provider.request({ method })
    if (first === undefined) return setConnection(undefined)
    const chain = Number(await provider.request({ method: 'eth_chainId' }))
    setConnection({ wallet: chosen, account: getAddress(first), chainId: chain })
    localStorage.setItem(rememberedKey, chosen.id)
  }, [])

  // The wallet of the last visit, as far as it still lets this page see an account.
  useEffect(() => {
    const remembered = localStorage.getItem(rememberedKey)
    const known = wallets.find(({ id }) => id === remembered)
    if (connection === undefined && known !== undefined && substrate === undefined)
      adopt(known, false).catch(() => undefined)
  }, [wallets, connection, substrate, adopt])

  // One that is locked shows no account: it is listened to all the same, until somebody disconnects it.
  const watched = wallet ?? wallets.find(({ id }) => id === localStorage.getItem(rememberedKey))
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

  useEffect(() => {
    let isCurrent = true
    const options =
      substrate === undefined
        ? wallet && { walletTransport: custom(wallet.provider, { retryCount: 0 }) }
        : { sender: substrate.sender }
    if (options === undefined || account === undefined) {
      setSigner(undefined)
      return
    }
    void openNetwork(network.profile, {
      account: { address: account, type: 'json-rpc' },
      ...options,
    }).then((opened) => {
      if (isCurrent) setSigner(opened)
    })
    return () => {
      isCurrent = false
    }
  }, [network, wallet, account, substrate])

  const shown = substrate?.wallet ?? wallet
  const state = useMemo(
    (): WalletState => ({
      wallets,
      onChain: substrate !== undefined || connection?.chainId === chainId,
      ...(shown === undefined ? {} : { wallet: shown }),
      ...(account === undefined ? {} : { account }),
      ...(signer === undefined ? {} : { signer }),
      connect: (chosen) => adopt(chosen, true),
      connectSubstrate: (chosen) => {
        localStorage.removeItem(rememberedKey)
        setConnection(undefined)
        setSubstrate(chosen)
      },
      disconnect: () => {
        localStorage.removeItem(rememberedKey)
        setConnection(undefined)
        setSubstrate(undefined)
      },
      switchChain: async () => {
        if (wallet === undefined) return
        await switchChain(wallet, network)
        await adopt(wallet, false)
      },
    }),
    [wallets, connection, chainId, wallet, shown, substrate, account, signer, adopt, network],
  )
  return <WalletContext value={state}>{children}</WalletContext>
}

const unknownChain = 4902

async function switchChain({ provider }: Wallet, { profile }: Network): Promise<void> {
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
