// Hands a signed transaction to the RPC and tells what its answer means. Network I/O.
import { BaseError } from 'viem'
import { sendRawTransaction } from 'viem/actions'
import type { ChainError } from '../chain-error.ts'
import type { Chain } from '../network/chain.ts'
import type { OutboxAttempt } from '../ports/outbox-store.ts'
import { toChainError } from '../read/refusal.ts'

/**
 * `taken`: it is in the pool or mined; `underpriced`: it must pay more; `later`: no answer, no funds, or the nonce is used by
 * now, so look at receipts and try again; `refused`: this transaction will never be taken.
 */
export type BroadcastOutcome =
  | { readonly kind: 'taken' | 'underpriced' }
  | { readonly kind: 'later' | 'refused'; readonly error: ChainError }

/** Every client words these differently: geth, anvil (reth) and the Hub's eth-rpc (txpool of Substrate). */
const known = /already known|already imported|known transaction|already in (the )?(pool|mempool)/i
const used = /nonce (is )?too low|nonce.*lower than|stale|outdated/i
const underpriced =
  /underpriced|fee too low|gas price (is )?too low|priority is too low|less than block base fee|fee cap.*below|max fee per gas less/i

/** Sends; never throws. */
export async function broadcast(chain: Chain, attempt: OutboxAttempt): Promise<BroadcastOutcome> {
  try {
    await sendRawTransaction(chain.client, { serializedTransaction: attempt.raw })
    return { kind: 'taken' }
  } catch (cause) {
    const text = textOf(cause)
    if (known.test(text)) return { kind: 'taken' }
    if (underpriced.test(text)) return { kind: 'underpriced' }
    const error = toChainError(cause, `send transaction ${attempt.hash}`, chain.signal)
    const later =
      error.retryable ||
      error.code === 'aborted' ||
      error.code === 'account.funds' ||
      used.test(text)
    return { kind: later ? 'later' : 'refused', error }
  }
}

function textOf(cause: unknown): string {
  if (!(cause instanceof BaseError)) return String(cause)
  return `${cause.shortMessage} ${cause.details}`
}
