// Wallets of the Polkadot kind (`window.injectedWeb3`) and what they say of their accounts. Reads the window.

/** An account that an extension offers. */
export type SubstrateAccount = {
  /** SS58, as the extension writes it. */
  readonly address: string
  /** The owner's own name for it; may be empty. */
  readonly name: string
}

/** An extension that lets this page see accounts; what it signs with is not looked into. */
export type OpenExtension = {
  readonly accounts: readonly SubstrateAccount[]
  readonly signPayload: (payload: unknown) => Promise<unknown>
}

/** An extension that is there. */
export type Extension = {
  readonly id: string
  readonly name: string
  /** Asks it for its accounts. Rejects with an Error in words when it declines or answers with something else. */
  readonly open: () => Promise<OpenExtension>
}

const maxExtensions = 32
const maxAccounts = 64
const maxIdLength = 200
const maxNameLength = 60
const names: Readonly<Record<string, string>> = {
  'polkadot-js': 'Polkadot.js',
  'subwallet-js': 'SubWallet',
  talisman: 'Talisman',
}

/** The extensions in `injectedWeb3`, taken for what it is: written by whatever runs in this page. Never throws. */
export function parseExtensions(injected: unknown): readonly Extension[] {
  const found: Extension[] = []
  for (const id of keysOf(injected)) {
    const enable = attempt(() => (injected as Record<string, { enable?: unknown }>)[id]?.enable)
    if (id === '' || id.length > maxIdLength || typeof enable !== 'function') continue
    const name = names[id] ?? id.slice(0, maxNameLength)
    const entry = (injected as Record<string, { enable: (site: string) => unknown }>)[id]
    found.push({ id, name, open: () => open(name, () => entry?.enable('WeTEE')) })
    if (found.length === maxExtensions) break
  }
  return found
}

/** The extensions of this window, as they are now: some come late. */
export function findExtensions(): readonly Extension[] {
  return parseExtensions(attempt(() => (globalThis as { injectedWeb3?: unknown }).injectedWeb3))
}

/** Accounts that can sign Substrate transactions; whatever else is in the list is passed over. */
export function parseAccounts(value: unknown): readonly SubstrateAccount[] {
  if (!Array.isArray(value)) return []
  const found: SubstrateAccount[] = []
  for (const account of value.slice(0, maxAccounts) as unknown[]) {
    const fields = attempt(() => {
      const { address, name, type } = (account ?? {}) as Record<string, unknown>
      return { address, name, type }
    })
    const { address, name, type } = fields ?? {}
    // Ethereum accounts come by EIP-6963, where they make Ethereum transactions.
    if (typeof address !== 'string' || type === 'ethereum') continue
    if (!/^[1-9A-HJ-NP-Za-km-z]{46,50}$/.test(address)) continue
    found.push({ address, name: typeof name === 'string' ? name.slice(0, maxNameLength) : '' })
  }
  return found
}

async function open(name: string, enable: () => unknown): Promise<OpenExtension> {
  let enabled: unknown
  let listed: unknown
  try {
    enabled = await enable()
    listed = await (enabled as { accounts?: { get?: () => unknown } }).accounts?.get?.()
  } catch (cause) {
    throw new Error(`${name} did not let this page see accounts: ${saidBy(cause)}`, { cause })
  }
  const signer = attempt(() => (enabled as { signer?: { signPayload?: unknown } }).signer)
  const sign = attempt(() => signer?.signPayload)
  if (typeof sign !== 'function')
    throw new Error(`${name} cannot sign transactions: it offers no "signPayload"`)
  return {
    accounts: parseAccounts(listed),
    signPayload: async (payload) => (await sign.call(signer, payload)) as unknown,
  }
}

/** What an extension said when it failed: short, and text whatever it threw. */
export function saidBy(cause: unknown): string {
  const text = attempt(() => (cause instanceof Error ? cause.message : cause))
  return typeof text === 'string' && text !== '' ? text.slice(0, 200) : 'it gave no reason'
}

function keysOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return attempt(() => Object.keys(value)) ?? []
}

/** Getters of strangers can throw. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
