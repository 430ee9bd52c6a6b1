// Which account of an extension this browser had connected last; wagmi keeps the same for wallets. The browser's storage.

const key = 'wetee.substrate-account'

/** An account of an extension, as it was chosen. */
export type SubstrateChoice = { readonly extension: string; readonly address: string }

/** The account of the last extension; whatever else is stored there is none. */
export function rememberedSubstrate(): SubstrateChoice | undefined {
  const [address, extension] = (localStorage.getItem(key) ?? '').split(/ (.*)/s)
  return address === undefined || extension === undefined ? undefined : { address, extension }
}

/** Keeps an account in place of what was kept; nothing at all where none is given. */
export function rememberSubstrate(chosen?: SubstrateChoice): void {
  localStorage.removeItem(key)
  if (chosen !== undefined) localStorage.setItem(key, `${chosen.address} ${chosen.extension}`)
}
