// What somebody is about to do: shown, priced by a simulation, written out unsigned, or signed and sent. Network I/O.
import {
  encodeFunctionData,
  erc20Abi,
  parseEventLogs,
  type Abi,
  type Address,
  type Hex,
} from 'viem'
import { estimateGas } from 'viem/actions'
import type { CallReceipt, SendOptions } from './call-sender.ts'
import { chainError, fundsError, type Spending } from './contract-error.ts'
import { addressOf } from './contract-address.ts'
import { abis, type Call, type ContractName } from './contracts.ts'
import { formatAmount, isNative } from './money.ts'
import { requireAccount, type Network } from './network.ts'
import type { Asset } from './reader.ts'
import { sendCall } from './send.ts'

/** Calls with everything that a person should see before they are signed. */
export type Intent = {
  /** Stable name for JSON, for example `worker.register`. */
  readonly id: string
  /** One line: what is done. */
  readonly title: string
  /** Label and text, in the order in which they matter. */
  readonly facts: readonly (readonly [string, string])[]
  /** At least one; signed one after the other. */
  readonly calls: readonly Call[]
  /** No call rests on an earlier one: each can be simulated by itself. */
  readonly independent?: boolean
  /** What came of it, from the receipt of the last call; for JSON. */
  readonly outcome?: (receipt: CallReceipt) => Readonly<Record<string, unknown>>
}

/** A transaction that somebody else signs: a hardware wallet, a multisig, a DAO. Quantities as decimal text. */
export type UnsignedTransaction = {
  readonly to: Address
  readonly data: Hex
  /** Wei. */
  readonly value: string
  readonly chainId: number
  readonly description: string
}

/** What the calls cost. `feeWei` is about right: the chain decides at execution. */
export type Cost = {
  /** Sent with the calls. */
  readonly valueWei: bigint
  /** 0 where the account pays otherwise (`Network.sender`). */
  readonly gas: bigint
  readonly feeWei: bigint
  /** False: later calls rest on earlier ones, so only the first could be simulated and priced. */
  readonly complete: boolean
}

/** What was signed and what came of it. */
export type IntentResult = {
  readonly txHashes: readonly Hex[]
  /** Of the last call. */
  readonly txHash: Hex
  readonly outcome: Readonly<Record<string, unknown>>
}

/** The arguments of the first such event in the receipt, by name; nothing when there is none. */
export function outcomeOf(
  contract: ContractName,
  eventName: string,
): NonNullable<Intent['outcome']> {
  const abi: Abi = abis[contract]
  return (receipt) => {
    const event = parseEventLogs({ abi, eventName, logs: receipt.logs })[0]
    return event === undefined ? {} : { ...(event.args as unknown as Record<string, unknown>) }
  }
}

/** The calls as a file for another signer. */
export function unsignedTransactions(network: Network, intent: Intent): UnsignedTransaction[] {
  return intent.calls.map(({ to, data, valueWei, doing }) => ({
    to,
    data,
    value: String(valueWei),
    chainId: network.profile.chainId,
    description: sentence(doing),
  }))
}

/**
 * Runs the calls against the newest block without sending them: the first, and those that do not rest on it. Throws what sending
 * would throw: `contract.<Error>` with the reason, `account.funds`, `chain.unreachable`.
 */
export async function simulate(network: Network, intent: Intent, from: Address): Promise<Cost> {
  const valueWei = intent.calls.reduce((sum, call) => sum + call.valueWei, 0n)
  const balanceWei = await network.reader.balanceWei(from)
  const spending = { neededWei: valueWei, balanceWei }
  const complete = intent.independent === true || intent.calls.length === 1
  let gas = 0n
  let senderFeeWei = 0n
  for (const call of complete ? intent.calls : intent.calls.slice(0, 1)) {
    if (balanceWei < valueWei) throw fundsError(undefined, call.doing, spending)
    const price = await priceOf(network, call, from, spending)
    gas += price.gas
    senderFeeWei += price.senderFeeWei
  }
  if (network.sender !== undefined) return { valueWei, gas, feeWei: senderFeeWei, complete }
  try {
    const feeWei = gas * (await network.chain.client.getGasPrice())
    return { valueWei, gas, feeWei, complete }
  } catch (cause) {
    throw chainError(cause, 'read the price of gas')
  }
}

/** Gas, or what another sender would have to pay. */
async function priceOf(network: Network, call: Call, from: Address, spending: Spending) {
  const { client } = network.chain
  const request = { account: from, to: call.to, data: call.data, value: call.valueWei }
  try {
    await client.call(request)
    const { sender } = network
    if (sender !== undefined) return { gas: 0n, senderFeeWei: await sender.feeWei(call) }
    return { gas: await estimateGas(client, request), senderFeeWei: 0n }
  } catch (cause) {
    throw chainError(cause, call.doing, spending)
  }
}

/** Signs and sends every call and waits until each is final. Throws what `sendCall` throws; earlier calls stay done. */
export async function carryOut(
  network: Network,
  intent: Intent,
  options: SendOptions = {},
): Promise<IntentResult> {
  requireAccount(network)
  const receipts: CallReceipt[] = []
  for (const call of intent.calls) receipts.push(await sendCall(network, call, options))
  const last = receipts.at(-1)
  if (last === undefined) throw new Error('an intent has a call')
  return {
    txHashes: receipts.map((receipt) => receipt.transactionHash),
    txHash: last.transactionHash,
    outcome: intent.outcome?.(last) ?? {},
  }
}

/** What has to be signed before a contract may take `amount` of an ERC20; nothing for native DOT or where it may already. */
export async function approvalCalls(
  network: Network,
  asset: Asset,
  amount: bigint,
  from: Address,
): Promise<Call[]> {
  if (isNative(asset) || amount === 0n) return []
  const spender = addressOf(network.profile, 'cloud')
  const token = { address: asset.address, abi: erc20Abi } as const
  try {
    const allowed = await network.chain.client.readContract({
      ...token,
      functionName: 'allowance',
      args: [from, spender],
    })
    if (allowed >= amount) return []
  } catch (cause) {
    throw chainError(cause, `read what the Cloud contract may take of ${asset.symbol}`)
  }
  return [
    {
      to: asset.address,
      data: encodeFunctionData({ ...token, functionName: 'approve', args: [spender, amount] }),
      valueWei: 0n,
      doing: `allow the Cloud contract to take ${formatAmount(amount, asset)}`,
    },
  ]
}

/** Wei to send with a call that pays `amount` of an asset. */
export function valueOf(asset: Asset, amount: bigint): bigint {
  return isNative(asset) ? amount : 0n
}

function sentence(doing: string): string {
  return doing.charAt(0).toUpperCase() + doing.slice(1)
}
