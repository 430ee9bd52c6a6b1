// For tests: a queue over the chain in memory, with a clock that the test turns and crashes at any step. No I/O.
import { custom, encodeFunctionData, type Hex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { cloudAbi } from '../generated/cloud.ts'
import { openChain } from '../network/chain.ts'
import type { OutboxStore } from '../ports/outbox-store.ts'
import {
  TransactionQueue,
  type QueuedCall,
  type TransactionQueueOptions,
} from '../send/transaction-queue.ts'
import { testProfile, type MemoryChain, type RpcRequest } from './memory-chain.ts'

export const testAccount = privateKeyToAccount(`0x${'42'.repeat(32)}`)

/** The call `settle(id)` under the key `settle/<id>`. */
export function settle(id: number, key = `settle/${id}`): QueuedCall {
  const args = [BigInt(id)]
  return { key, address: testProfile.contracts.cloud, abi: cloudAbi, functionName: 'settle', args }
}

/** Calldata of that call. */
export function settleData(id: number): Hex {
  return encodeFunctionData({ abi: cloudAbi, functionName: 'settle', args: [BigInt(id)] })
}

/** A run of a program with a queue; `stop` ends it. */
export type TestRun = {
  readonly queue: TransactionQueue
  readonly clock: { ms: number }
  stop(): void
}

/**
 * Starts a run. After `steps` requests and saves it is as if the process had been killed: nothing has an effect or an answer
 * any more. With `isLate` the last step has its effect but no answer.
 */
export function startQueue(
  memory: MemoryChain,
  outbox: OutboxStore,
  options: TransactionQueueOptions = {},
  { steps = Number.POSITIVE_INFINITY, isLate = false } = {},
): TestRun {
  const ended = new AbortController()
  const clock = { ms: 0 }
  let left = steps
  const step = async <T>(act: () => Promise<T>): Promise<T> => {
    left -= 1
    if (left === 0 && isLate) await act()
    return left > 0 ? act() : new Promise<never>(() => undefined)
  }
  const transport = custom(
    { request: (request: RpcRequest) => step(() => memory.request(request)) },
    { retryCount: 0 },
  )
  const queue = new TransactionQueue(
    { pollMs: 1, ...options },
    {
      chain: openChain(testProfile, { transport, signal: ended.signal }),
      account: testAccount,
      outbox: { ...outbox, saveEntry: (entry) => step(() => outbox.saveEntry(entry)) },
      monotonicMs: () => clock.ms,
    },
  )
  return { queue, clock, stop: () => ended.abort() }
}
