// What this node has appraised in the last five minutes, in memory: only that is signed. No I/O.
import { recordText, type StatementRecord } from '@wetee/chain'
import { NodeError } from '../node-error.ts'

/** How long an appraisal counts, milliseconds. */
const APPRAISAL_LIFETIME_MS = 300_000
/** Most records kept; the oldest goes first. */
const MAX_APPRAISED = 16_384

/** Records by their evidence digest. */
export class Appraised<T extends StatementRecord> {
  readonly #monotonicMs: () => number
  readonly #maximum: number
  readonly #known = new Map<string, { readonly text: string; readonly atMs: number }>()

  constructor(monotonicMs: () => number, maximum = MAX_APPRAISED) {
    this.#monotonicMs = monotonicMs
    this.#maximum = maximum
  }

  get size(): number {
    return this.#known.size
  }

  /** Keeps a record; one of the same evidence is replaced. */
  remember(record: T): void {
    this.#dropOld()
    this.#known.delete(record.evidenceDigest)
    this.#known.set(record.evidenceDigest, { text: recordText(record), atMs: this.#monotonicMs() })
    for (const digest of this.#known.keys()) {
      if (this.#known.size <= this.#maximum) break
      this.#known.delete(digest)
    }
  }

  /** Throws NodeError `statement.not-appraised` for evidence not seen lately, `statement.differs` for other fields than appraised. */
  require(record: T): void {
    this.#dropOld()
    const known = this.#known.get(record.evidenceDigest)
    if (known === undefined)
      throw new NodeError(
        'statement.not-appraised',
        `evidence ${record.evidenceDigest} was not appraised here in the last ${APPRAISAL_LIFETIME_MS / 60_000} min: send it for appraisal first`,
      )
    if (known.text !== recordText(record))
      throw new NodeError(
        'statement.differs',
        `evidence ${record.evidenceDigest} gives other fields than the ones to be signed`,
      )
  }

  /** Insertion order is age. */
  #dropOld(): void {
    const oldestMs = this.#monotonicMs() - APPRAISAL_LIFETIME_MS
    for (const [digest, { atMs }] of this.#known) {
      if (atMs >= oldestMs) return
      this.#known.delete(digest)
    }
  }
}
