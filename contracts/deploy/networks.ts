// The networks that a deployment may go to: chain ids, RPCs, native tokens. Pure data.
import { defineChain, type Chain } from 'viem'
import type { NetworkKind } from './parameters.ts'

/** A network by its name on the command line. */
export type Network = {
  readonly chainId: number
  /** Ethereum JSON-RPC, tried in this order. */
  readonly rpcUrls: readonly string[]
  /** Of the native token; 18 decimals on this RPC. */
  readonly symbol: string
  /** What may be deployed there, the usual kind first. */
  readonly kinds: readonly [NetworkKind, ...NetworkKind[]]
  /** Whether blocks can be replaced until they are final; there the end is waited for. */
  readonly reorganises: boolean
  /** From the newest block to the newest final one, about. */
  readonly finalityBlocks: number
}

/** Names that `--network` takes. */
export type NetworkName = 'local' | 'paseo' | 'westend' | 'polkadot'

/** The Hub's networks, and a chain on this machine. */
export const networks: Readonly<Record<NetworkName, Network>> = {
  local: {
    chainId: 31_337,
    rpcUrls: ['http://127.0.0.1:8545'],
    symbol: 'DOT',
    kinds: ['development', 'test', 'live'],
    reorganises: false,
    finalityBlocks: 2,
  },
  paseo: {
    chainId: 420_420_417,
    rpcUrls: [
      'https://eth-rpc-testnet.polkadot.io',
      'https://services.polkadothub-rpc.com/testnet',
    ],
    symbol: 'PAS',
    kinds: ['test', 'development'],
    reorganises: true,
    finalityBlocks: 10,
  },
  westend: {
    chainId: 420_420_421,
    rpcUrls: ['https://westend-asset-hub-eth-rpc.polkadot.io'],
    symbol: 'WND',
    kinds: ['test', 'development'],
    reorganises: true,
    finalityBlocks: 10,
  },
  polkadot: {
    chainId: 420_420_419,
    rpcUrls: ['https://eth-rpc.polkadot.io', 'https://services.polkadothub-rpc.com/mainnet'],
    symbol: 'DOT',
    kinds: ['live'],
    reorganises: true,
    finalityBlocks: 10,
  },
}

/** Whether `--network` takes the name. */
export function isNetworkName(name: string): name is NetworkName {
  return Object.hasOwn(networks, name)
}

/** The network as viem wants it. */
export function chainOf(name: string, { chainId, symbol, rpcUrls }: Network): Chain {
  return defineChain({
    id: chainId,
    name,
    nativeCurrency: { name: symbol, symbol, decimals: 18 },
    rpcUrls: { default: { http: rpcUrls } },
  })
}
