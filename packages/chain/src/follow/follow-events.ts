// Follows events of finalized blocks, restart-safe: no block is skipped, none is handled twice but after a crash. Network I/O.
import type { Hex } from 'viem'
import { ChainError } from '../chain-error.ts'
import type { Chain, Head } from '../network/chain.ts'
import type { Cursor, CursorStore } from '../ports/cursor-store.ts'
import { delay } from '../wait.ts'
import { readEventRange, type ChainEvent, type FollowedContract } from './event-range.ts'

/** What to follow and who handles it. */
export type FollowOptions = {
  readonly chain: Chain
  /** Names the cursor, at most 128 characters: one follower per name. */
  readonly name: string
  readonly contracts: readonly FollowedContract[]
  readonly cursor: CursorStore
  /** First block to look at when there is no cursor yet. */
  readonly fromBlock: bigint
  /** Time between looks at the newest finalized block, milliseconds. */
  readonly pollMs: number
  readonly signal: AbortSignal
  /** Gets the events of a range of blocks in their order, never none. The cursor is saved once it resolves. */
  readonly onEvents: (events: readonly ChainEvent[]) => Promise<void>
}

/** Largest range of one `eth_getLogs`, blocks; halved while the RPC refuses. */
const maxRangeBlocks = 1_000n

/**
 * Follows until the signal, then resolves. Throws ChainError `chain.unreachable` and `chain.inconsistent` (retryable: call
 * again, it goes on where it was), `chain.reset` when the chain is not the one of the cursor, `chain.refused` when the RPC
 * refuses even a single block, and whatever `onEvents` or the store throws.
 */
export async function followEvents(options: FollowOptions): Promise<void> {
  const { chain, cursor: store, name, signal } = options
  try {
    const genesisHash = await chain.genesisHash()
    let cursor = await store.readCursor(name)
    if (cursor !== undefined && cursor.genesisHash !== genesisHash)
      throw resetError(name, `block 0 is ${genesisHash}, was ${cursor.genesisHash}`)
    let rangeBlocks = maxRangeBlocks
    while (!signal.aborted) {
      const head = await chain.finalized(options.pollMs / 2)
      if (cursor !== undefined) await requireSameChain(chain, name, cursor, head)
      let first: bigint = cursor === undefined ? options.fromBlock : cursor.blockNumber + 1n
      while (first <= head.number && !signal.aborted) {
        const last = first + rangeBlocks - 1n < head.number ? first + rangeBlocks - 1n : head.number
        const range = await readEventRange(chain, options.contracts, first, last)
        if (range === undefined) {
          if (first === last) throw refusedError(first)
          rangeBlocks = (last - first + 1n) / 2n
          continue
        }
        if (range.events.length > 0) await options.onEvents(range.events)
        cursor = { genesisHash, blockNumber: last, blockHash: range.last.hash }
        await store.saveCursor(name, cursor)
        first = last + 1n
        rangeBlocks = rangeBlocks * 2n < maxRangeBlocks ? rangeBlocks * 2n : maxRangeBlocks
      }
      await delay(options.pollMs, signal)
    }
  } catch (error) {
    if (signal.aborted && error instanceof ChainError && error.code === 'aborted') return
    throw error
  }
}

/** A finalized block never changes: when the cursor's has, or is gone with block 0, this is another chain. */
async function requireSameChain(
  chain: Chain,
  name: string,
  cursor: Cursor,
  head: Head,
): Promise<void> {
  if (head.number < cursor.blockNumber) {
    const genesisHash = await chain.genesisHash()
    if (genesisHash !== cursor.genesisHash)
      throw resetError(name, `block 0 is ${genesisHash}, was ${cursor.genesisHash}`)
    return
  }
  const hash = await hashAt(chain, cursor.blockNumber, head)
  if (hash !== cursor.blockHash)
    throw resetError(
      name,
      `finalized block ${cursor.blockNumber} is ${hash}, was ${cursor.blockHash}`,
    )
}

/** Hash of a block that is not above the head; its own and that of the one before are known with it. */
async function hashAt(chain: Chain, number: bigint, head: Head): Promise<Hex> {
  if (number === head.number) return head.hash
  if (number + 1n === head.number) return head.parentHash
  return (await chain.block(number)).hash
}

function resetError(name: string, why: string): ChainError {
  return new ChainError(
    'chain.reset',
    `"${name}" has followed another chain: ${why}. Point rpcUrls at the right one, or start over with an empty state folder`,
  )
}

function refusedError(blockNumber: bigint): ChainError {
  return new ChainError(
    'chain.refused',
    `the RPC gives no events of block ${blockNumber}, even by itself: use another one`,
  )
}
