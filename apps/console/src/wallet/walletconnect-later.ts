// WalletConnect where the site is built for it: its code is fetched when it is chosen, or has a session from before. Elsewhere nothing.
import type { CreateConnectorFn } from 'wagmi'
import { importAgain, lazyView } from '../ui/lazy-view.ts'

/** Names of the build: the project that it is for. */
declare const WALLETCONNECT_PROJECT: string | undefined

type Config = Parameters<CreateConnectorFn>[0]
type Connector = ReturnType<CreateConnectorFn>

const type = 'walletConnect'
/** Where wagmi's connector keeps the chains of its session; empty without one. */
const sessionKey = `${type}.requestedChains`

const load = () => import('./walletconnect.tsx')

/** The connector of this site, and the dialog that is shown once it is chosen. */
export const walletConnect =
  typeof WALLETCONNECT_PROJECT === 'string'
    ? { connector: connectorLater, Dialog: lazyView(load, (file) => file.PairingDialog) }
    : undefined

/** wagmi asks every connector for its provider at the start: this one has none while there is nothing to be taken up. */
function connectorLater(config: Config): Connector {
  let loading: Promise<Connector> | undefined
  const make = async () => {
    const { connector } = await importAgain(load)
    const made = connector(config)
    await made.getProvider()
    return made
  }
  // What could not be fetched is asked for again the next time.
  const connector = () => {
    loading ??= make()
    loading.catch(() => (loading = undefined))
    return loading
  }
  const hasSession = async () => {
    const chains = await config.storage?.getItem(sessionKey)
    return Array.isArray(chains) && chains.length > 0
  }
  return {
    ...{ id: type, name: 'WalletConnect', type },
    connect: async (asked) => (await connector()).connect(asked),
    disconnect: async () => (await connector()).disconnect(),
    getAccounts: async () => (await connector()).getAccounts(),
    getChainId: async () => (await connector()).getChainId(),
    getProvider: async (asked) =>
      loading !== undefined || (await hasSession())
        ? (await connector()).getProvider(asked)
        : undefined,
    isAuthorized: async () => {
      const isAuthorized = await (await connector()).isAuthorized()
      // One that has ended by itself is not asked for again.
      if (!isAuthorized) await config.storage?.removeItem(sessionKey)
      return isAuthorized
    },
    switchChain: async (asked) => (await connector()).switchChain!(asked),
    // The connector hears its provider itself.
    ...{ onAccountsChanged: ignore, onChainChanged: ignore, onDisconnect: ignore },
  }
}

function ignore(): void {}
