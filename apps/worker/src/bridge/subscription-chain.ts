// Subscriptions as the worker sees them on chain, and their calls. Network I/O through viem.
import {
  bridgeAbi,
  ChainError,
  readEventRange,
  toChainError,
  type Chain,
  type ChainEvent,
  type TransactionQueue,
} from '@wetee/chain'
import { decodeFunctionData, zeroAddress, type Hex } from 'viem'
import { chunksOf } from './bridge-chain.ts'

/** A subscription that events tell of: as it was ordered, or as one of its calls was made. */
export type ToldSubscription = {
  readonly subscriptionId: bigint
  readonly appId: bigint
  /** Absent where a contract has ordered: the chain keeps their digest alone, and its first call tells them. */
  readonly args: Hex | undefined
}

/** What is read of a subscription in every look. */
export type SubscriptionState = {
  /** The next call may be made from this block on. */
  readonly nextBlock: bigint
  readonly balanceWei: bigint
}

/** The subscriptions of a network. All throw ChainError. */
export type SubscriptionChain = {
  /** The first block that can have any. */
  readonly firstBlock: bigint
  /** Those of these applications that finalized blocks tell of. */
  told(
    appIds: ReadonlySet<bigint>,
    first: bigint,
    last: bigint,
  ): Promise<readonly ToldSubscription[]>
  /** What one is at a finalized block; undefined where it has ended. */
  state(subscriptionId: bigint, at: bigint): Promise<SubscriptionState | undefined>
  /** Whether a unit of gas costs no more now than whoever triggers is paid for it. */
  isPaid(): Promise<boolean>
  /** Makes the call of one; the same key is the same transaction. Resolves once mined, with its block. */
  trigger(key: string, subscriptionId: bigint, args: Hex): Promise<bigint>
}

/** Opens it; undefined where the network has no Bridge. */
export function openSubscriptionChain(
  chain: Chain,
  queue: TransactionQueue,
): SubscriptionChain | undefined {
  const { client, signal, profile } = chain
  const address = profile.contracts.bridge
  if (address === undefined) return undefined
  const contract = { address, abi: bridgeAbi } as const
  const reading = <T>(what: string, read: Promise<T>): Promise<T> =>
    read.catch((cause: unknown) => {
      throw toChainError(cause, what, signal)
    })
  return {
    firstBlock: BigInt(profile.deployBlock),
    told: (appIds, first, last) => toldIn(chain, address, appIds, first, last),
    async state(subscriptionId, blockNumber) {
      const call = { ...contract, functionName: 'subscription', args: [subscriptionId] } as const
      const found = await reading(
        'read a subscription',
        client.readContract({ ...call, blockNumber }),
      )
      if (found.subscriber === zeroAddress) return undefined
      return { nextBlock: found.nextBlock, balanceWei: found.balanceWei }
    },
    async isPaid() {
      const [gasPrice, parameters] = await reading(
        'read what a trigger is paid',
        Promise.all([
          client.getGasPrice(),
          client.readContract({ ...contract, functionName: 'parameters' }),
        ]),
      )
      return gasPrice <= parameters.gasPriceWei
    },
    async trigger(key, subscriptionId, args) {
      const call = { key, ...contract, functionName: 'trigger', args: [subscriptionId, args] }
      return (await queue.send(call)).blockNumber
    },
  }
}

async function toldIn(
  chain: Chain,
  address: Hex,
  appIds: ReadonlySet<bigint>,
  first: bigint,
  last: bigint,
): Promise<readonly ToldSubscription[]> {
  const read = await readEventRange(chain, [{ address, abi: bridgeAbi }], first, last)
  if (read === undefined) {
    if (first === last)
      throw new ChainError('chain.history-pruned', `the RPC has no events of block ${first}`)
    const middle = (first + last) / 2n
    return [
      ...(await toldIn(chain, address, appIds, first, middle)),
      ...(await toldIn(chain, address, appIds, middle + 1n, last)),
    ]
  }
  const told: ToldSubscription[] = []
  for (const event of read.events) {
    const { eventName, args } = event
    const subscriptionId = args['subscriptionId'] as bigint
    const appId = args['appId'] as bigint
    if (!appIds.has(appId)) continue
    if (eventName === 'Subscribed')
      told.push({ subscriptionId, appId, args: await orderedWith(chain, event) })
    if (eventName === 'CallOpened' && subscriptionId !== 0n) {
      const isOf = (of: ChainEvent['args']) => of['callId'] === args['callId']
      told.push({ subscriptionId, appId, args: chunksOf(read.events, 'CallArguments', isOf) })
    }
  }
  return told
}

/** The arguments of an order, from the calldata of an account's own transaction; the contract compares them with their digest. */
async function orderedWith(
  { client, signal }: Chain,
  { transactionHash: hash }: ChainEvent,
): Promise<Hex | undefined> {
  const { input } = await client.getTransaction({ hash }).catch((cause: unknown) => {
    throw toChainError(cause, 'read the order of a subscription', signal)
  })
  try {
    const { functionName, args } = decodeFunctionData({ abi: bridgeAbi, data: input })
    return functionName === 'subscribe' ? args[3] : undefined
  } catch {
    return undefined
  }
}
