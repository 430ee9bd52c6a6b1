// Sends transactions of one account, each at most once: stored before it is sent, watched until its block is final.
// Network I/O through the chain, storage through its port.
import {
  encodeFunctionData,
  type Abi,
  type Address,
  type Hex,
  type LocalAccount,
  type TransactionReceipt,
} from 'viem'
import { ChainError } from '../chain-error.ts'
import type { Chain } from '../network/chain.ts'
import type { OutboxStore } from '../ports/outbox-store.ts'
import { toChainError } from '../read/refusal.ts'
import { delay } from '../wait.ts'
import { callHashOf, signFirst, type EncodedCall } from './attempt.ts'
import { Pending } from './pending.ts'
import { findStoredReceipt } from './receipts.ts'
import { Watcher } from './watcher.ts'

/** Times in milliseconds. */
export type TransactionQueueOptions = {
  /** Time between looks at open transactions; default 1,000. */
  readonly pollMs?: number
  /** A transaction that is next in line and not mined for so long pays more; default 30,000. */
  readonly stuckMs?: number
  /** Longest wait of one `send`; default 120,000. */
  readonly waitMs?: number
  /** Most transactions that are not final yet; default 64. */
  readonly maxOpen?: number
  /** Finished transactions whose keys are remembered; default 1,000. */
  readonly keepFinished?: number
}

/** What the queue works with. */
export type TransactionQueueParts = {
  readonly chain: Chain
  /** Signs; no other program may send from it at the same time. */
  readonly account: LocalAccount
  readonly outbox: OutboxStore
  /** A clock that only goes forward, milliseconds; default the host's. */
  readonly monotonicMs?: () => number
}

/** A call of a contract; the same `key` is the same transaction, for ever. */
export type QueuedCall = {
  /** 1 to 128 characters. */
  readonly key: string
  readonly address: Address
  readonly abi: Abi
  readonly functionName: string
  readonly args?: readonly unknown[]
  /** Default 0. */
  readonly valueWei?: bigint
}

/** Sends that wait for their turn to be signed. */
const maxWaiting = 256

/** Transactions of one account on one chain, in nonce order. */
export class TransactionQueue {
  readonly #options: Required<TransactionQueueOptions>
  readonly #parts: Required<TransactionQueueParts>
  readonly #open = new Map<string, Pending>()
  #scope: string | undefined
  #turn: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #watching: Promise<void> | undefined

  constructor(options: TransactionQueueOptions, parts: TransactionQueueParts) {
    this.#options = {
      pollMs: 1_000,
      stuckMs: 30_000,
      waitMs: 120_000,
      maxOpen: 64,
      keepFinished: 1_000,
      ...options,
    }
    this.#parts = { monotonicMs: () => performance.now(), ...parts }
  }

  /**
   * Resolves with the receipt once the call is mined; it is watched, and sent again after a reorganisation, until its block
   * is final. The same key gives the same result, also after a restart. Nothing is sent for a call that would revert.
   * Throws ChainError `contract.<ErrorName>`, `account.funds`, `chain.unreachable`, `chain.not-mined` (retry with the same
   * key), `chain.reset`, `chain.refused`, `outbox.full`, `outbox.key-invalid`, `outbox.key-reused`, `outbox.nonce-taken`,
   * `aborted`, and what the store throws.
   */
  async send(
    call: QueuedCall,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<TransactionReceipt> {
    const { key, address: to, valueWei: value = 0n } = call
    if (key.length < 1 || key.length > 128)
      throw new ChainError('outbox.key-invalid', `a key has 1 to 128 characters, not ${key.length}`)
    const { abi, functionName, args = [] } = call
    const data = encodeFunctionData({ abi, functionName, args })
    const accepted = await this.#inTurn(() => this.#accept(key, { to, value, data }))
    return accepted instanceof Pending ? this.#wait(accepted, signal) : accepted
  }

  /** Takes up what an earlier run left open; `send` does so too. Returns how many. Throws like `send`. */
  resume(): Promise<number> {
    return this.#inTurn(async () => {
      await this.#enter()
      return this.#open.size
    })
  }

  /** Resolves when nothing is open any more, or at the chain's signal. */
  async idle(): Promise<void> {
    await this.#watching
  }

  /** One at a time: nonces follow the order of the calls. */
  async #inTurn<T>(act: () => Promise<T>): Promise<T> {
    if (this.#waiting >= maxWaiting) throw full(`${maxWaiting} calls wait to be signed`)
    this.#waiting += 1
    const turn = this.#turn.then(act)
    this.#turn = turn.catch(() => undefined)
    try {
      return await turn
    } finally {
      this.#waiting -= 1
    }
  }

  /** Makes sure that this is the chain that open entries belong to, and takes them up. */
  async #enter(): Promise<string> {
    const { chain, account, outbox, monotonicMs } = this.#parts
    const genesisHash = await chain.genesisHash()
    const scope = `${chain.profile.chainId}/${genesisHash}/${account.address}`.toLowerCase()
    if (this.#scope !== undefined && this.#scope !== scope)
      throw new ChainError(
        'chain.reset',
        `the chain was replaced while transactions were sent to it (block 0 is now ${genesisHash}): restart this program`,
      )
    if (this.#scope === undefined) {
      for (const entry of await outbox.readOpenEntries(scope))
        this.#open.set(entry.key, new Pending(entry, monotonicMs()))
      this.#scope = scope
    }
    this.#watch()
    return scope
  }

  async #accept(key: string, call: EncodedCall): Promise<Pending | TransactionReceipt> {
    const { chain, outbox } = this.#parts
    const scope = await this.#enter()
    const callHash = callHashOf(call)
    const open = this.#open.get(key)
    const entry = open?.entry ?? (await outbox.readEntry(scope, key))
    if (entry !== undefined && entry.callHash !== callHash)
      throw new ChainError(
        'outbox.key-reused',
        `"${key}" names another transaction already: each call needs a key of its own`,
      )
    if (open !== undefined) return open
    if (entry?.failure !== undefined)
      throw new ChainError(entry.failure.code as ChainError['code'], entry.failure.message)
    if (entry?.minedHash !== undefined) return findStoredReceipt(chain, entry.minedHash)
    if (this.#open.size >= this.#options.maxOpen)
      throw full(`${this.#open.size} transactions are not final yet`)
    return this.#first(scope, key, callHash, call)
  }

  /** Signs, stores, then sends. */
  async #first(scope: string, key: string, callHash: Hex, call: EncodedCall): Promise<Pending> {
    const { chain, account, outbox, monotonicMs } = this.#parts
    const { address } = account
    let attempt
    let nonce
    try {
      nonce = await chain.client.getTransactionCount({ address, blockTag: 'pending' })
      for (const { entry } of this.#open.values()) nonce = Math.max(nonce, entry.nonce + 1)
      attempt = await signFirst(chain, account, nonce, call)
    } catch (cause) {
      throw toChainError(cause, `send "${key}"`, chain.signal)
    }
    const attempts = [attempt]
    const fresh = { minedHash: undefined, failure: undefined }
    const pending = new Pending(
      { scope, key, nonce, callHash, attempts, state: 'open', ...fresh },
      monotonicMs(),
    )
    await outbox.saveEntry(pending.entry)
    try {
      await this.#watcher().push(pending)
    } finally {
      this.#open.set(key, pending)
      this.#watch()
    }
    return pending
  }

  #watcher(): Watcher {
    return new Watcher(this.#options, this.#parts)
  }

  #watch(): void {
    if (this.#watching !== undefined || this.#open.size === 0) return
    this.#watching = this.#watchAll().finally(() => {
      this.#watching = undefined
      // Something may have been opened between the last look and now.
      if (!this.#parts.chain.signal.aborted) this.#watch()
    })
  }

  async #watchAll(): Promise<void> {
    const { signal } = this.#parts.chain
    const watcher = this.#watcher()
    while (this.#open.size > 0 && !signal.aborted) {
      const inOrder = [...this.#open.values()].sort((a, b) => a.entry.nonce - b.entry.nonce)
      try {
        for (const finished of await watcher.round(inOrder)) this.#open.delete(finished.entry.key)
      } catch (error) {
        for (const pending of inOrder)
          if (error instanceof ChainError) pending.lastError = error
          else pending.reject(error)
        // A store that fails leaves memory and disk apart: the next call takes up what is on disk.
        if (!(error instanceof ChainError)) {
          this.#open.clear()
          this.#scope = undefined
        }
      }
      if (this.#open.size > 0) await delay(this.#options.pollMs, signal)
    }
  }

  async #wait(pending: Pending, signal: AbortSignal | undefined): Promise<TransactionReceipt> {
    const { chain } = this.#parts
    const ended = new AbortController()
    const stop = AbortSignal.any([chain.signal, ended.signal, ...(signal ? [signal] : [])])
    try {
      return await Promise.race([
        pending.mined,
        delay(this.#options.waitMs, stop).then(() => {
          throw stop.aborted
            ? new ChainError('aborted', `stopped waiting for "${pending.entry.key}"`)
            : this.#notMined(pending)
        }),
      ])
    } finally {
      ended.abort()
    }
  }

  #notMined({ entry, lastError }: Pending): ChainError {
    const why = lastError === undefined ? '' : `; last answer: ${lastError.message}`
    return new ChainError(
      'chain.not-mined',
      `"${entry.key}" (nonce ${entry.nonce}) was not mined within ${this.#options.waitMs / 1_000} s; it goes on being tried${why}`,
      { retryable: true, cause: lastError },
    )
  }
}

function full(why: string): ChainError {
  return new ChainError('outbox.full', `${why}: wait until the chain has taken them`, {
    retryable: true,
  })
}
