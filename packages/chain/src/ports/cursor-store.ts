// The port behind which a follower keeps how far it has come. Types only.
import type { Hex } from 'viem'

/** How far a follower has come: every finalized block up to and including `blockNumber` is handled. */
export type Cursor = {
  /** Hash of block 0: a cursor of one chain is never used on another. */
  readonly genesisHash: Hex
  readonly blockNumber: bigint
  readonly blockHash: Hex
}

/** Keeps cursors by name; names are at most 128 characters. */
export type CursorStore = {
  /** The last saved cursor of that name; `undefined` before the first. */
  readCursor(name: string): Promise<Cursor | undefined>
  /** Replaces the cursor of that name; survives the end of the process once resolved, while a power cut may bring an older one back: what came after it is handled again. */
  saveCursor(name: string, cursor: Cursor): Promise<void>
}
