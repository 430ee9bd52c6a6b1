// An opened network: profile, chain reads, and the account that signs. Opening reads a profile by HTTP when given a URL.
import {
  fallback,
  http,
  type Account,
  type Transport as WalletTransport,
  type WalletClient,
} from 'viem'
import { openChain, parseNetworkProfile, type Chain, type NetworkProfile } from '@wetee/chain'
import { chainReader } from './chain-reader.ts'
import type { CallSender } from './call-sender.ts'
import { SdkError } from './error.ts'
import type { NetworkReader } from './reader.ts'
import { fetchTransport, type Transport } from './transport.ts'

/** How to open a network. */
export type NetworkOptions = {
  /** Signs transactions and owner requests; without it only reading and verifying work. */
  readonly account?: Account
  /** Where transactions go; default the profile's RPC URLs. A browser gives `custom(window.ethereum)`. */
  readonly walletTransport?: WalletTransport
  /** How calls get on the chain where the account makes no Ethereum transactions; default transactions of the account. */
  readonly sender?: CallSender
  /** How workers and applications are reached; default fetch. Node tools give `nodeTransport()` of `@wetee/sdk/node`. */
  readonly transport?: Transport
  readonly signal?: AbortSignal
}

/** What every function of the sdk takes first. */
export type Network = {
  readonly profile: NetworkProfile
  readonly chain: Chain
  readonly reader: NetworkReader
  readonly transport: Transport
  readonly account?: Account
  readonly wallet?: WalletClient
  readonly sender?: CallSender
}

const maxProfileBytes = 65_536

/**
 * Opens a network from its profile, its profile's text, or the URL that serves it.
 * Nothing is asked of the chain yet: `network.reader.checkNetwork()` and `doctor` do. Throws SdkError `network.profile-invalid`.
 */
export async function openNetwork(
  source: NetworkProfile | string,
  options: NetworkOptions = {},
): Promise<Network> {
  const transport = options.transport ?? fetchTransport
  const profile = typeof source === 'string' ? await readProfile(source, options.signal) : source
  const chain = openChain(profile, options.signal === undefined ? {} : { signal: options.signal })
  const reader = chainReader(chain)
  if (options.account === undefined) return { profile, chain, reader, transport }
  const { account, sender } = options
  const to = options.walletTransport ?? fallback(profile.rpcUrls.map((url) => http(url)))
  // Fetched by pages on which somebody signs.
  const { signingClient } = await import('./signing-client.ts')
  const wallet = signingClient(account, chain.client.chain, to)
  const opened = { profile, chain, reader, transport, account, wallet }
  return sender === undefined ? opened : { ...opened, sender }
}

/** The account of this network; throws `account.missing` when it was opened without one. */
export function requireAccount(network: Network): { account: Account; wallet: WalletClient } {
  if (network.account === undefined || network.wallet === undefined)
    throw new SdkError(
      'account.missing',
      'this needs an account that signs: open the network with one (`wetee account create` makes one)',
    )
  return { account: network.account, wallet: network.wallet }
}

/** The account, for a signature that workers check: of an Ethereum account. Throws `account.missing`, `account.not-ethereum`. */
export function requireEthereumAccount(network: Network): ReturnType<typeof requireAccount> {
  const found = requireAccount(network)
  if (network.sender === undefined) return found
  throw new SdkError(
    'account.not-ethereum',
    'this needs the signature of an Ethereum account, by which workers know an owner: a Substrate account cannot make one. Connect a wallet with an Ethereum account',
  )
}

async function readProfile(source: string, signal?: AbortSignal): Promise<NetworkProfile> {
  let text = source
  if (/^https?:\/\//.test(source)) {
    const answer = await fetchTransport.get(source, {
      maxBytes: maxProfileBytes,
      ...(signal === undefined ? {} : { signal }),
    })
    if (answer.status !== 200)
      throw new SdkError(
        'network.profile-unreadable',
        `${source} answered ${answer.status}, expected 200 with a network profile`,
        { retryable: answer.status >= 500 },
      )
    text = new TextDecoder().decode(answer.body)
  }
  try {
    return parseNetworkProfile(text)
  } catch (cause) {
    throw new SdkError(
      'network.profile-invalid',
      `the network profile cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}
