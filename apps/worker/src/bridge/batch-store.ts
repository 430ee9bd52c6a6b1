// Answers on their way to the chain, kept before they are sent: a worker that is killed sends the same transaction again. File I/O.
import { DatabaseSync } from 'node:sqlite'
import { bridgeCallSchema, callToWire } from '@wetee/chain'
import type { CallAnswer } from './bridge-chain.ts'

/** Answers of one transaction; the key is the transaction's. */
export type Batch = { readonly key: string; readonly answers: readonly CallAnswer[] }

/** Batches that are not final yet. */
export class BatchStore {
  readonly #database: DatabaseSync

  /** Opens or makes `file` (`:memory:` for tests). */
  constructor(file: string) {
    this.#database = new DatabaseSync(file)
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS bridge_batch (key TEXT PRIMARY KEY, answers TEXT NOT NULL) STRICT`)
  }

  /** Keeps one. */
  save({ key, answers }: Batch): void {
    const text = JSON.stringify(
      answers.map(({ call, ...rest }) => ({ call: callToWire(call), ...rest })),
    )
    this.#database
      .prepare('INSERT OR REPLACE INTO bridge_batch (key, answers) VALUES (?, ?)')
      .run(key, text)
  }

  /** It is final, or given up. */
  remove(key: string): void {
    this.#database.prepare('DELETE FROM bridge_batch WHERE key = ?').run(key)
  }

  /** Those that are kept. */
  all(): readonly Batch[] {
    const rows = this.#database.prepare('SELECT key, answers FROM bridge_batch ORDER BY key').all()
    return rows.map(({ key, answers }) => {
      const read = JSON.parse(String(answers)) as (CallAnswer & { call: unknown })[]
      return {
        key: String(key),
        answers: read.map(({ call, ...rest }) => ({ call: bridgeCallSchema.parse(call), ...rest })),
      }
    })
  }

  close(): void {
    this.#database.close()
  }
}
