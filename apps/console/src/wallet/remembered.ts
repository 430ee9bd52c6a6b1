// Which wallet this browser had connected last. The browser's storage.

const walletKey = 'wetee.wallet'
const substrateKey = 'wetee.substrate-account'

/** An account of an extension, as it was chosen. */
export type SubstrateChoice = { readonly extension: string; readonly address: string }

/** The id of the last wallet with Ethereum accounts. */
export const rememberedWallet = (): string | null => localStorage.getItem(walletKey)

/** The account of the last extension; whatever else is stored there is none. */
export function rememberedSubstrate(): SubstrateChoice | undefined {
  const [address, extension] = (localStorage.getItem(substrateKey) ?? '').split(/ (.*)/s)
  return address === undefined || extension === undefined ? undefined : { address, extension }
}

/** Keeps a wallet, or an account of an extension, in place of what was kept; nothing at all where none is given. */
export function remember(chosen?: string | SubstrateChoice): void {
  localStorage.removeItem(walletKey)
  localStorage.removeItem(substrateKey)
  if (typeof chosen === 'string') localStorage.setItem(walletKey, chosen)
  else if (chosen !== undefined)
    localStorage.setItem(substrateKey, `${chosen.address} ${chosen.extension}`)
}
