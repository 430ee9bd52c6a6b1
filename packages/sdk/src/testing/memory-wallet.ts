// A node in memory that takes transactions, for tests: what was sent, and the logs that a test wants back. No I/O.
import type { Chain } from '@wetee/chain'
import {
  createPublicClient,
  createWalletClient,
  custom,
  decodeFunctionData,
  encodeAbiParameters,
  encodeErrorResult,
  encodeEventTopics,
  numberToHex,
  type Abi,
  type Address,
  type Hex,
} from 'viem'
import { toAccount } from 'viem/accounts'
import { abis, contractAt } from '../contracts.ts'
import type { Network } from '../network.ts'
import {
  emptyWorld,
  memoryNetwork,
  testBlock,
  testOwner,
  type Answers,
  type World,
} from './memory-network.ts'

/** A decoded transaction. `contract` is its name in the profile, or the address. */
export type SentCall = {
  readonly contract: string
  readonly functionName: string
  readonly args: readonly unknown[]
  readonly value: bigint
}

/** Gas that the node estimates for every call. */
export const testGas = 100_000n

/** A custom error, as the contract of `abi` throws it. */
export type TestRefusal = {
  readonly abi: unknown
  readonly errorName: string
  readonly args: readonly unknown[]
}

/** A log as the node gives it; made by `testLog`. */
export type TestLog = {
  readonly address: Address
  readonly topics: readonly Hex[]
  readonly data: Hex
}

export const testTxHash: Hex = `0x${'bb'.repeat(32)}`

/** A log of one of the network's contracts; `values` are the arguments that are not indexed. */
export function testLog(
  contract: keyof typeof abis,
  eventName: string,
  indexed: Record<string, unknown>,
  values: readonly unknown[] = [],
): TestLog {
  const abi: Abi = abis[contract]
  const event = abi.find((entry) => entry.type === 'event' && entry.name === eventName)
  if (event?.type !== 'event') throw new Error(`${contract} has no event ${eventName}`)
  const plain = event.inputs.filter((input) => input.indexed !== true)
  return {
    address: memoryNetwork(emptyWorld()).profile.contracts[contract] ?? `0x${'00'.repeat(20)}`,
    topics: encodeEventTopics({ abi, eventName, args: indexed }) as Hex[],
    data: encodeAbiParameters(plain, values as never),
  }
}

/** A network whose node answers from memory and is signed for by `testOwner`; `logs` by function name. */
export function signingNetwork(
  world: World,
  options: {
    answers?: Answers
    refuse?: TestRefusal
    status?: '0x0'
    logs?: Record<string, readonly TestLog[]>
    /** What a call that is not one of the network's contracts answers, by its data. */
    calls?: Record<Hex, Hex>
  } = {},
): { sent: SentCall[]; gasGiven: bigint[]; opened: Network } {
  const sent: SentCall[] = []
  const gasGiven: bigint[] = []
  const base = memoryNetwork(world, options.answers ?? {})
  const block = testBlock(98n)
  const call = (data: Hex): Promise<Hex> => {
    const { refuse } = options
    const known = options.calls?.[data]
    if (known !== undefined) return Promise.resolve(known)
    if (refuse === undefined) return Promise.resolve<Hex>(`0x${'00'.repeat(31)}07`)
    const abi = refuse.abi as Abi
    const revert = encodeErrorResult({ abi, errorName: refuse.errorName, args: refuse.args })
    const error = Object.assign(new Error('execution reverted'), { code: 3, data: revert })
    return Promise.reject(error)
  }
  const receipt = () => {
    const logs = options.logs?.[sent.at(-1)?.functionName ?? ''] ?? []
    return {
      transactionHash: testTxHash,
      blockHash: block.hash,
      blockNumber: numberToHex(block.number),
      status: options.status ?? '0x1',
      logs: logs.map((entry, index) => ({
        ...entry,
        blockHash: block.hash,
        blockNumber: numberToHex(block.number),
        transactionHash: testTxHash,
        logIndex: numberToHex(index),
        transactionIndex: '0x0',
      })),
    }
  }
  const request = ({ method, params }: { method: string; params?: unknown }): Promise<unknown> => {
    const [tx] = (params ?? []) as [{ to: Address; data: Hex; value?: Hex; gas?: Hex }]
    if (method === 'eth_call') return call(tx.data)
    if (method === 'eth_sendTransaction') {
      const contract = contractAt(base.profile, tx.to)
      const abi: Abi = contract === undefined ? erc20 : abis[contract]
      const { functionName, args } = decodeFunctionData({ abi, data: tx.data })
      const value = BigInt(tx.value ?? '0x0')
      sent.push({ contract: contract ?? tx.to, functionName, args: args ?? [], value })
      gasGiven.push(BigInt(tx.gas ?? '0x0'))
      return Promise.resolve(testTxHash)
    }
    if (method === 'eth_getTransactionReceipt') return Promise.resolve(receipt())
    const simple: Record<string, unknown> = {
      eth_chainId: '0x7a69',
      eth_blockNumber: numberToHex(98n),
      eth_estimateGas: numberToHex(testGas),
      eth_gasPrice: '0x3b9aca00',
      eth_getTransactionByHash: { hash: testTxHash, blockNumber: numberToHex(98n) },
    }
    return Promise.resolve(simple[method] ?? null)
  }
  const transport = custom({ request }, { retryCount: 0 })
  const client = createPublicClient({ transport, pollingInterval: 10 })
  const account = toAccount(testOwner)
  const wallet = createWalletClient({ account, transport })
  const chain = { profile: base.profile, client } as unknown as Chain
  return { sent, gasGiven, opened: { ...base, chain, account, wallet } }
}

const erc20: Abi = [
  {
    type: 'function',
    name: 'approve',
    stateMutability: 'nonpayable',
    inputs: [
      { name: 'spender', type: 'address' },
      { name: 'amount', type: 'uint256' },
    ],
    outputs: [{ type: 'bool' }],
  },
]

/** An empty network whose account has 10 DOT. */
export function fundedWorld(): World {
  const world = emptyWorld()
  world.balances.set(testOwner, 10n * 10n ** 18n)
  return world
}
