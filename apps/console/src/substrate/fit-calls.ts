// Which calls a Substrate account can make: those whose whole effect is in the contracts' state. Pure.
import { decodeFunctionData, parseAbi, toFunctionSelector, type Abi, type Hex } from 'viem'
import { abis, SdkError, type Call } from '@wetee/sdk'

/**
 * Workers, nodes and this page read manifests, definitions and proposals from calldata and events by the Hub's Ethereum RPC. That
 * knows Ethereum transactions alone (pallet-revive keeps receipts of `eth_transact`, not of `call`): what is not listed here would be
 * on chain, paid, and unseen.
 */
const fitting = {
  bridge: ['withdraw'],
  cloud: ['recharge', 'scale', 'settle', 'terminate', 'withdraw', 'withdrawTo'],
  complaints: ['withdraw'],
  forwarder: ['withdraw'],
  subnet: [
    'bond',
    'cancelWithdrawal',
    'drain',
    'requestWithdrawal',
    'setPrices',
    'shutdown',
    'withdraw',
    'withdrawStake',
  ],
  token: ['delegate'],
} as const

const selectors = new Set<string>([
  ...Object.entries(fitting).flatMap(([contract, names]) =>
    (abis[contract as keyof typeof fitting] as Abi).flatMap((entry) =>
      entry.type === 'function' && (names as readonly string[]).includes(entry.name)
        ? [toFunctionSelector(entry)]
        : [],
    ),
  ),
  ...parseAbi(['function approve(address, uint256)']).map((entry) => toFunctionSelector(entry)),
])

/** Throws SdkError `substrate.unfit` for a call that has to be an Ethereum transaction. */
export function checkFits({ data, doing }: Call): void {
  if (selectors.has(data.slice(0, 10).toLowerCase()) || isVoteWithoutReason(data)) return
  throw new SdkError(
    'substrate.unfit',
    `could not ${doing}: this has to be an Ethereum transaction, as others read it from its calldata or events, which the Hub's Ethereum RPC does not have for a Substrate account. Connect a wallet with an Ethereum account (EIP-6963); nothing was sent`,
  )
}

/** The vote is state; its reason is in the event alone. */
function isVoteWithoutReason(data: Hex): boolean {
  try {
    const { functionName, args } = decodeFunctionData({ abi: abis.governor, data })
    return functionName === 'castVoteWithReason' && args[2] === ''
  } catch {
    return false
  }
}
