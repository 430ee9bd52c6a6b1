// An opened chain: finalized blocks and reads of one network. Network I/O through viem.
import { defineChain, fallback, http, type Hex, type Transport } from 'viem'
import { cloudAbi } from '../generated/cloud.ts'
import { subnetAbi } from '../generated/subnet.ts'
import { ChainError } from '../chain-error.ts'
import { toChainError } from '../read/refusal.ts'
import type { NetworkProfile } from './network-profile.ts'
import { createReadClient, type ReadClient } from './read-client.ts'

/** A block; `timestamp` in seconds. */
export type Block = { readonly number: bigint; readonly hash: Hex; readonly timestamp: bigint }

/** A block, and the hash of the one before it. */
export type Head = Block & { readonly parentHash: Hex }

/** Reads of one network; all throw ChainError but those of `client`, which throw viem's errors. */
export type Chain = {
  readonly profile: NetworkProfile
  readonly client: ReadClient
  /** Ends every wait of this chain. */
  readonly signal: AbortSignal
  /**
   * The newest finalized block, or what it was at most `maxAgeMs` milliseconds ago (default 0: it is read anew): those who look
   * again and again share their reads. Throws `chain.unreachable`.
   */
  finalized(maxAgeMs?: number): Promise<Head>
  /** A block by number. Throws `chain.history-pruned` for one that the RPC does not have, `chain.unreachable`. */
  block(number: bigint): Promise<Block>
  /** Hash of block 0, read anew each time: it tells a chain that was reset. Throws `chain.unreachable`. */
  genesisHash(): Promise<Hex>
  /**
   * Chain id, contracts and their links at the newest finalized block, and what the Subnet says of itself, against the profile.
   * Throws `chain.wrong-network`, `chain.unreachable`.
   */
  checkNetwork(): Promise<void>
}

/** How a chain is opened. */
export type OpenChainOptions = {
  readonly signal?: AbortSignal
  /** Reads that are made at once go in one request (JSON-RPC 2.0, section 6): cheaper for many, a millisecond later for one. */
  readonly batch?: boolean
  /** By which heads grow old, milliseconds; the host's by default. */
  readonly monotonicMs?: () => number
  /** Instead of HTTP to the profile's `rpcUrls`; tests give one in memory. */
  readonly transport?: Transport
}

/** One HTTP call, milliseconds; with its repetitions a call ends within half a minute per URL. */
const callTimeoutMs = 8_000
const callRetries = 2
const retryDelayMs = 200
const pollMs = 500
/** Calls in one request. */
const maxBatch = 50

/** Opens the chain of a profile; nothing is asked of it yet. Several `rpcUrls` are tried in their order. */
export function openChain(profile: NetworkProfile, options: OpenChainOptions = {}): Chain {
  const signal = options.signal ?? new AbortController().signal
  const client = createReadClient({
    chain: defineChain({
      id: profile.chainId,
      name: profile.name,
      nativeCurrency: { name: 'DOT', symbol: 'DOT', decimals: 18 },
      rpcUrls: { default: { http: profile.rpcUrls } },
    }),
    transport: options.transport ?? httpTransport(profile, signal, options.batch === true),
    pollingInterval: pollMs,
    cacheTime: 0,
    // A refusal can name a URL to be read: no RPC tells this process where to connect to.
    ccipRead: false,
  })
  const read = async <T>(doing: string, call: () => Promise<T>): Promise<T> => {
    if (signal.aborted) throw new ChainError('aborted', `stopped: ${doing}`)
    try {
      return await call()
    } catch (cause) {
      throw toChainError(cause, doing, signal)
    }
  }
  const block = (number: bigint): Promise<Block> =>
    read(`read block ${number}`, async () => pick(await client.getBlock({ blockNumber: number })))
  const readHead = () =>
    read('read the newest finalized block', async () => {
      const found = await client.getBlock({ blockTag: 'finalized' })
      return { ...pick(found), parentHash: found.parentHash }
    })
  return {
    profile,
    client,
    signal,
    block,
    finalized: sharedRead(readHead, options.monotonicMs ?? (() => performance.now())),
    genesisHash: async () => (await block(0n)).hash,
    checkNetwork: () => read('check the network', () => checkNetwork(client, profile)),
  }
}

function httpTransport(
  { rpcUrls }: NetworkProfile,
  signal: AbortSignal,
  inBatches: boolean,
): Transport {
  const one = (url: string, retryCount: number) =>
    http(url, {
      timeout: callTimeoutMs,
      retryCount,
      retryDelay: retryDelayMs,
      fetchOptions: { signal },
      ...(inBatches ? { batch: { batchSize: maxBatch, wait: 0 } } : {}),
    })
  const [first = '', ...others] = rpcUrls
  if (others.length === 0) return one(first, callRetries)
  return fallback(
    rpcUrls.map((url) => one(url, 0)),
    { retryCount: callRetries, retryDelay: retryDelayMs },
  )
}

/** Reads anew unless what was read last, or is being read, was asked for at most `maxAgeMs` ago; an error is not kept. */
function sharedRead<T>(
  read: () => Promise<T>,
  monotonicMs: () => number,
): (maxAgeMs?: number) => Promise<T> {
  let last: { readonly atMs: number; readonly value: Promise<T> } | undefined
  return (maxAgeMs = 0) => {
    const nowMs = monotonicMs()
    if (last !== undefined && nowMs - last.atMs < maxAgeMs) return last.value
    const asked = { atMs: nowMs, value: read() }
    last = asked
    asked.value.catch(() => {
      if (last === asked) last = undefined
    })
    return asked.value
  }
}

function pick({ number, hash, timestamp }: Block): Block {
  return { number, hash, timestamp }
}

async function checkNetwork(client: ReadClient, profile: NetworkProfile): Promise<void> {
  const { contracts } = profile
  const chainId = await client.getChainId()
  if (chainId !== profile.chainId)
    throw wrong(profile, `its RPC serves chain ${chainId}, expected ${profile.chainId}`)
  const { number: blockNumber } = await client.getBlock({ blockTag: 'finalized' })
  for (const [name, address] of Object.entries(contracts))
    if (address !== undefined && (await client.getCode({ address, blockNumber })) === undefined)
      throw wrong(profile, `there is no ${name} contract at ${address} in block ${blockNumber}`)
  const found = await readLinks(client, profile, blockNumber)
  const facts: [string, unknown, unknown][] = [
    ['the kind of the network', kinds[found.kind] ?? found.kind, profile.kind],
    ['whether its TEEs are simulated', found.simulated, profile.simulated],
    ["the Subnet's quorum", found.subnetQuorum, contracts.quorum],
    ["the Subnet's cloud", found.subnetCloud, contracts.cloud],
    ["the Cloud's subnet", found.cloudSubnet, contracts.subnet],
    ["the Cloud's quorum", found.cloudQuorum, contracts.quorum],
  ]
  for (const [what, onChain, expected] of facts)
    if (String(onChain) !== String(expected))
      throw wrong(profile, `${what} is ${String(onChain)} on chain, expected ${String(expected)}`)
}

/** What the Subnet says of the network, and what it and the Cloud are linked with. */
async function readLinks(client: ReadClient, profile: NetworkProfile, blockNumber: bigint) {
  const subnet = { address: profile.contracts.subnet, abi: subnetAbi, blockNumber } as const
  const cloud = { address: profile.contracts.cloud, abi: cloudAbi, blockNumber } as const
  try {
    const [kind, simulated, subnetQuorum, subnetCloud, cloudSubnet, cloudQuorum] =
      await Promise.all([
        client.readContract({ ...subnet, functionName: 'kind' }),
        client.readContract({ ...subnet, functionName: 'simulated' }),
        client.readContract({ ...subnet, functionName: 'quorum' }),
        client.readContract({ ...subnet, functionName: 'cloud' }),
        client.readContract({ ...cloud, functionName: 'subnet' }),
        client.readContract({ ...cloud, functionName: 'quorum' }),
      ])
    return { kind, simulated, subnetQuorum, subnetCloud, cloudSubnet, cloudQuorum }
  } catch (cause) {
    const error = toChainError(cause, 'read how the contracts are linked')
    if (error.retryable) throw error
    throw wrong(profile, `its contracts do not answer as they should (${error.message})`, error)
  }
}

/** ISubnet.NetworkKind. */
const kinds = ['development', 'test', 'live'] as const

function wrong({ name }: NetworkProfile, why: string, cause?: unknown): ChainError {
  return new ChainError(
    'chain.wrong-network',
    `"${name}" is not the network that its RPC serves: ${why}. Take the profile of this network`,
    { cause },
  )
}
