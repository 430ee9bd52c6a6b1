// A source tree and where it is from. Types only.
import type { StagedTree } from './source-writer.ts'

/** A staged tree, and the commit that it is, where it is one. */
export type Source = StagedTree & {
  /** Git's name of the commit whose tree this is exactly. */
  readonly commit?: string
  /** Where anybody finds the commit, as far as it is known. */
  readonly uri?: string
  /** The commit's time, in seconds since 1970. */
  readonly timeSeconds?: number
  /** The commit as Git hashes it, where it was fetched. */
  readonly commitObject?: Uint8Array
}
