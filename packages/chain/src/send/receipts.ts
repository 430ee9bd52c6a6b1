// What came of a transaction: its receipt, and why it was refused when it was executed. Network I/O.
import {
  BaseError,
  TransactionReceiptNotFoundError,
  type Address,
  type Hex,
  type TransactionReceipt,
} from 'viem'
import { ChainError } from '../chain-error.ts'
import type { Chain } from '../network/chain.ts'
import type { OutboxEntry } from '../ports/outbox-store.ts'
import { refusalError, refusalOf, toChainError } from '../read/refusal.ts'
import { callOf, isCall } from './attempt.ts'

/** The receipt of whichever attempt is mined, on the chain as it is now; `undefined` when none is. */
export async function findReceipt(
  chain: Chain,
  { attempts }: Pick<OutboxEntry, 'attempts'>,
): Promise<TransactionReceipt | undefined> {
  for (const { hash } of attempts.toReversed()) {
    try {
      return await chain.client.getTransactionReceipt({ hash })
    } catch (cause) {
      const missing =
        cause instanceof BaseError &&
        cause.walk((e) => e instanceof TransactionReceiptNotFoundError) !== null
      if (!missing) throw toChainError(cause, `read the receipt of ${hash}`, chain.signal)
    }
  }
  return undefined
}

/** The receipt of a finished transaction. Throws `chain.history-pruned` when the RPC no longer has it. */
export async function findStoredReceipt(chain: Chain, hash: Hex): Promise<TransactionReceipt> {
  const receipt = await findReceipt(chain, { attempts: [{ hash, raw: '0x' }] })
  if (receipt !== undefined) return receipt
  throw new ChainError(
    'chain.history-pruned',
    `transaction ${hash} was carried out, but the RPC no longer has its receipt: use one that keeps history`,
  )
}

/** Why a mined transaction did not do what was asked; `undefined` when it did. */
export async function failureOf(
  chain: Chain,
  from: Address,
  entry: OutboxEntry,
  receipt: TransactionReceipt,
): Promise<ChainError | undefined> {
  const mined = entry.attempts.find(({ hash }) => hash === receipt.transactionHash)
  const { failure } = entry
  if (mined !== undefined && failure !== undefined && !isCall(mined, entry.callHash))
    return new ChainError(failure.code as ChainError['code'], failure.message)
  if (receipt.status === 'success') return undefined
  const doing = `carry out transaction ${receipt.transactionHash} ("${entry.key}")`
  try {
    const blockNumber = receipt.blockNumber - 1n
    if (mined !== undefined)
      await chain.client.call({ account: from, ...callOf(mined), blockNumber })
  } catch (cause) {
    const refused = cause instanceof BaseError ? refusalOf(cause) : undefined
    if (refused !== undefined) return refusalError(refused, doing)
    const error = toChainError(cause, doing, chain.signal)
    if (error.retryable || error.code === 'aborted') throw error
  }
  return new ChainError(
    'contract.Reverted',
    `could not ${doing}: it was refused when it was executed, not before: the state had changed in between`,
  )
}
