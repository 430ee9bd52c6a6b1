// Events of a range of blocks, read so that an RPC which lags behind cannot hide any. Network I/O.
import { decodeEventLog, isAddressEqual, type Abi, type Address, type Hex, type Log } from 'viem'
import { ChainError } from '../chain-error.ts'
import type { Block, Chain } from '../network/chain.ts'
import { toChainError } from '../read/refusal.ts'

/** A decoded event of a finalized block; `args` by name, as in the contract. */
export type ChainEvent = {
  readonly address: Address
  readonly eventName: string
  readonly args: Readonly<Record<string, unknown>>
  readonly blockNumber: bigint
  readonly blockHash: Hex
  readonly transactionHash: Hex
  readonly logIndex: number
}

/** A contract and the ABI that its events are decoded with. */
export type FollowedContract = { readonly address: Address; readonly abi: Abi }

/** Events of blocks up to and including `last`, in their order. */
export type EventRange = { readonly last: Block; readonly events: readonly ChainEvent[] }

/**
 * Events of `contracts` in the blocks `first` to `last`; `undefined` when the RPC answers but refuses this range. Events that
 * the ABI does not know are left out. Throws ChainError `chain.unreachable`, `chain.inconsistent` (both retryable).
 */
export async function readEventRange(
  chain: Chain,
  contracts: readonly FollowedContract[],
  first: bigint,
  last: bigint,
): Promise<EventRange | undefined> {
  const logs = await readLogs(chain, contracts, first, last)
  if (logs === undefined) return undefined
  // Read after the logs: an RPC without this block would have answered with an empty list, not with an error.
  const block = await lastBlock(chain, last)
  const events: ChainEvent[] = []
  for (const log of logs) {
    const { blockNumber, blockHash, transactionHash, logIndex, removed, address } = log
    if (blockNumber === null || blockHash === null || transactionHash === null || logIndex === null)
      throw inconsistent(`a log of blocks ${first} to ${last} is in no block`)
    if (removed || blockNumber < first || blockNumber > last)
      throw inconsistent(`a log of block ${blockNumber} is not in blocks ${first} to ${last}`)
    if (blockNumber === last && blockHash !== block.hash)
      throw inconsistent(`block ${last} is ${block.hash}, its logs are of ${blockHash}`)
    const decoded = decode(contracts, log)
    if (decoded !== undefined)
      events.push({ address, ...decoded, blockNumber, blockHash, transactionHash, logIndex })
  }
  events.sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex)
  return { last: block, events }
}

async function readLogs(
  chain: Chain,
  contracts: readonly FollowedContract[],
  fromBlock: bigint,
  toBlock: bigint,
): Promise<Log[] | undefined> {
  try {
    const address = contracts.map((contract) => contract.address)
    return await chain.client.getLogs({ address, fromBlock, toBlock })
  } catch (cause) {
    const error = toChainError(cause, `read events from block ${fromBlock}`, chain.signal)
    if (error.code === 'aborted' || error.code === 'view.disagree') throw error
    // Throws when it is the chain that does not answer, not the range that is too large.
    await chain.finalized()
    return undefined
  }
}

async function lastBlock(chain: Chain, number: bigint): Promise<Block> {
  try {
    return await chain.block(number)
  } catch (error) {
    if (error instanceof ChainError && error.code === 'chain.history-pruned')
      throw inconsistent(`block ${number} is finalized, but the RPC does not have it`, error)
    throw error
  }
}

function decode(
  contracts: readonly FollowedContract[],
  { address, topics, data }: Log,
): Pick<ChainEvent, 'eventName' | 'args'> | undefined {
  const contract = contracts.find((known) => isAddressEqual(known.address, address))
  if (contract === undefined || topics.length === 0) return undefined
  try {
    const { eventName, args } = decodeEventLog({ abi: contract.abi, topics, data })
    if (eventName === undefined) return undefined
    return { eventName, args: (args ?? {}) as unknown as Record<string, unknown> }
  } catch {
    return undefined
  }
}

function inconsistent(why: string, cause?: unknown): ChainError {
  return new ChainError(
    'chain.inconsistent',
    `the answers of the RPC do not fit together: ${why}. It is asked again`,
    { retryable: true, cause },
  )
}
