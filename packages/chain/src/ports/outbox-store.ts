// The port behind which transactions are kept before they are sent. Types only.
import type { Hex } from 'viem'

/** One transaction that was signed once and must not be sent twice. */
export type OutboxEntry = {
  /** Chain and account: `chainId/genesis hash/account`, lower case. Entries of other scopes never meet. */
  readonly scope: string
  /** The caller's idempotency key, 1 to 128 characters; unique within the scope. */
  readonly key: string
  /** Unique within the scope. */
  readonly nonce: number
  /** keccak256 of destination, value and calldata: the same key with another call is a mistake. */
  readonly callHash: Hex
  /** Every signed attempt at this nonce, oldest first; 1 to 8. At most one of them can be mined. */
  readonly attempts: readonly OutboxAttempt[]
  /** `open` until its block is final; then `done`, or `failed` with the error that a repeated send gets. */
  readonly state: 'open' | 'done' | 'failed'
  /** Hash of the attempt that was mined, once its block is final. */
  readonly minedHash: Hex | undefined
  readonly failure: { readonly code: string; readonly message: string } | undefined
}

/** A signed transaction. */
export type OutboxAttempt = {
  readonly hash: Hex
  /** The signed transaction as it goes to `eth_sendRawTransaction`; at most 131,072 bytes. */
  readonly raw: Hex
}

/** Keeps entries by scope and key. */
export type OutboxStore = {
  /** The entry of that key, whatever its state. */
  readEntry(scope: string, key: string): Promise<OutboxEntry | undefined>
  /** Entries in state `open`, lowest nonce first. */
  readOpenEntries(scope: string): Promise<readonly OutboxEntry[]>
  /** Inserts the entry or replaces the one of its scope and key; durable (survives a power cut) once resolved. */
  saveEntry(entry: OutboxEntry): Promise<void>
  /** Removes what is not `open`, all but the `keep` entries with the highest nonces. */
  pruneEntries(scope: string, keep: number): Promise<void>
}
