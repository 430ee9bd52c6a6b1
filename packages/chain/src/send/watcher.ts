// Looks at open transactions once per round: mined, final, lost, stuck. Network I/O; saves through the outbox.
import type { LocalAccount, TransactionReceipt } from 'viem'
import { ChainError } from '../chain-error.ts'
import type { Block, Chain } from '../network/chain.ts'
import type { OutboxAttempt, OutboxEntry, OutboxStore } from '../ports/outbox-store.ts'
import { toChainError } from '../read/refusal.ts'
import { maxAttempts, signCancel, signHigher } from './attempt.ts'
import { broadcast } from './broadcast.ts'
import type { Pending } from './pending.ts'
import { failureOf, findReceipt } from './receipts.ts'

/** What a round works with; see TransactionQueueOptions and TransactionQueueParts. */
export type WatcherOptions = { readonly stuckMs: number; readonly keepFinished: number }
/** What a watcher works with. */
export type WatcherParts = {
  readonly chain: Chain
  readonly account: LocalAccount
  readonly outbox: OutboxStore
  readonly monotonicMs: () => number
}

/** Between two sends of the same attempt, milliseconds. */
const resendMs = 5_000
/** A receipt may come later than the state: so many rounds without one before a nonce counts as used by another. */
const maxMissingRounds = 10

/** Moves open transactions on. */
export class Watcher {
  readonly #options: WatcherOptions
  readonly #parts: WatcherParts

  constructor(options: WatcherOptions, parts: WatcherParts) {
    this.#options = options
    this.#parts = parts
  }

  /** Sends the newest attempt; pays more at once when that is too little. Throws what signing and the store throw. */
  async push(pending: Pending): Promise<void> {
    const { chain, monotonicMs } = this.#parts
    for (;;) {
      const outcome = await broadcast(chain, pending.newest)
      pending.sentAtMs = monotonicMs()
      pending.refused = outcome.kind === 'refused'
      if ('error' in outcome) pending.lastError = outcome.error
      if (outcome.kind !== 'underpriced' || pending.entry.attempts.length >= maxAttempts) return
      await this.#replace(pending)
    }
  }

  /** One look at all, lowest nonce first; returns those that are finished. Throws ChainError, and what the store throws. */
  async round(inOrder: readonly Pending[]): Promise<Pending[]> {
    const { chain, account } = this.#parts
    const head = await chain.finalized()
    const [finalNonce, nextNonce] = await this.#nonces(head)
    const finished: Pending[] = []
    for (const pending of inOrder) {
      const receipt = await findReceipt(chain, pending.entry)
      if (receipt !== undefined) {
        pending.missingRounds = 0
        const failure = await failureOf(chain, account.address, pending.entry, receipt)
        if (failure === undefined) pending.resolve(receipt)
        else pending.reject(failure)
        if (!(await this.#isFinal(receipt, head))) continue
        await this.#finish(pending, failure, receipt)
      } else if (pending.entry.nonce >= finalNonce) {
        await this.#advance(pending, nextNonce)
        continue
      } else {
        pending.missingRounds += 1
        if (pending.missingRounds < maxMissingRounds) continue
        const failure = nonceTaken(pending.entry, account)
        await this.#finish(pending, failure, undefined)
        pending.reject(failure)
      }
      finished.push(pending)
    }
    return finished
  }

  /** Nonces that are used for good, and used on the chain as it is now. */
  async #nonces({ number: blockNumber }: Block): Promise<readonly [number, number]> {
    const { chain, account } = this.#parts
    const { address } = account
    try {
      return await Promise.all([
        chain.client.getTransactionCount({ address, blockNumber }),
        chain.client.getTransactionCount({ address, blockTag: 'latest' }),
      ])
    } catch (cause) {
      throw toChainError(cause, 'read the nonce of the account', chain.signal)
    }
  }

  async #isFinal({ blockNumber, blockHash }: TransactionReceipt, head: Block): Promise<boolean> {
    if (blockNumber > head.number) return false
    return (await this.#parts.chain.block(blockNumber)).hash === blockHash
  }

  /** Not mined: sent again from time to time, replaced when it is next in line and has waited too long. */
  async #advance(pending: Pending, nextNonce: number): Promise<void> {
    const nowMs = this.#parts.monotonicMs()
    const isStuck =
      pending.entry.nonce === nextNonce && nowMs - pending.attemptedAtMs >= this.#options.stuckMs
    if (isStuck && pending.entry.attempts.length < maxAttempts) {
      await this.#replace(pending)
      await this.push(pending)
    } else if (nowMs - pending.sentAtMs >= resendMs) await this.push(pending)
  }

  /** A higher fee; or, for what the RPC will never take, an empty transfer, so that later nonces can be mined. */
  async #replace(pending: Pending): Promise<void> {
    const { chain, account, outbox, monotonicMs } = this.#parts
    const { refused, lastError, newest, entry } = pending
    const isGivenUp = refused && entry.failure === undefined && lastError !== undefined
    let attempt: OutboxAttempt
    try {
      attempt = await (isGivenUp ? signCancel : signHigher)(chain, account, newest)
    } catch (cause) {
      throw toChainError(cause, `replace "${entry.key}"`, chain.signal)
    }
    const failure = isGivenUp ? failureRecord(lastError) : entry.failure
    const replaced = { ...entry, attempts: [...entry.attempts, attempt], failure }
    await outbox.saveEntry(replaced)
    pending.entry = replaced
    pending.attemptedAtMs = monotonicMs()
  }

  async #finish(
    pending: Pending,
    failure: ChainError | undefined,
    receipt: TransactionReceipt | undefined,
  ): Promise<void> {
    const { outbox } = this.#parts
    const finished: OutboxEntry = {
      ...pending.entry,
      state: failure === undefined ? 'done' : 'failed',
      minedHash: receipt?.transactionHash,
      failure: failure === undefined ? undefined : failureRecord(failure),
    }
    await outbox.saveEntry(finished)
    pending.entry = finished
    await outbox.pruneEntries(finished.scope, this.#options.keepFinished)
  }
}

function failureRecord({ code, message }: ChainError): { code: string; message: string } {
  return { code, message }
}

function nonceTaken({ key, nonce }: OutboxEntry, { address }: LocalAccount): ChainError {
  return new ChainError(
    'outbox.nonce-taken',
    `another transaction of ${address} has used nonce ${nonce}, so "${key}" was not carried out: only one program may send from an account`,
  )
}
