// Wallets that announce themselves (EIP-6963). Listens to the window.
import { useSyncExternalStore } from 'react'
import type { EIP1193Provider } from 'viem'

/** A wallet, as it describes itself. */
export type Wallet = {
  readonly id: string
  readonly name: string
  /** Absent unless it is a data: picture. */
  readonly icon?: string
  readonly provider: EIP1193Provider
}

const maxWallets = 32
const found = new Map<string, Wallet>()
let listed: readonly Wallet[] = []
const listeners = new Set<() => void>()

/** Takes an announcement for what it is: words of whatever runs in this page. */
export function parseAnnouncement(detail: unknown): Wallet | undefined {
  const { info, provider } = (detail ?? {}) as {
    info?: Record<string, unknown>
    provider?: { request?: unknown }
  }
  const [rdns, name, icon] = [info?.['rdns'], info?.['name'], info?.['icon']]
  if (typeof rdns !== 'string' || typeof name !== 'string') return undefined
  if (rdns.length > 200 || name === '' || typeof provider?.request !== 'function') return undefined
  const wallet = { id: rdns, name: name.slice(0, 60), provider: provider as EIP1193Provider }
  return typeof icon === 'string' && /^data:image\/[a-z+.-]+[;,]/.test(icon)
    ? { ...wallet, icon }
    : wallet
}

/** Listens for wallets, and asks those that are there already. */
export function discoverWallets(): void {
  window.addEventListener('eip6963:announceProvider', (event) => {
    const wallet = parseAnnouncement((event as CustomEvent<unknown>).detail)
    if (wallet === undefined || found.size >= maxWallets || found.has(wallet.id)) return
    found.set(wallet.id, wallet)
    listed = [...found.values()]
    for (const listener of listeners) listener()
  })
  window.dispatchEvent(new Event('eip6963:requestProvider'))
}

/** The wallets of this browser. */
export function useWallets(): readonly Wallet[] {
  return useSyncExternalStore(
    (changed) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    () => listed,
  )
}
