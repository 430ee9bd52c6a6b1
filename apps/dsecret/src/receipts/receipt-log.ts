// What this node has released, numbered, on disk; also which request ids were used. SQLite file I/O, synchronously.
import { DatabaseSync } from 'node:sqlite'
import { parseReceipt, receiptLeaf, serializeReceipt, type Receipt } from '@wetee/secrets'
import { NodeError, unable } from '../node-error.ts'

/** A receipt before it has a number. */
export type NewReceipt = Omit<Receipt, 'number'>

/** Receipts under one posted root. */
export type Batch = {
  readonly first: bigint
  readonly count: number
  /** `0x` and 64 hex digits. */
  readonly root: string
}

/** Keeps receipts; all throw NodeError `receipt.log-unusable` where the disk fails. */
export type ReceiptLog = {
  /**
   * Writes the next receipt and returns its number; before a share is used. Throws NodeError `release.replayed` for a request
   * id that has one already.
   */
  append(receipt: NewReceipt): bigint
  /** Whether a request id was used. */
  has(requestId: string): boolean
  /** Texts from a number on, by number, at most `count`. */
  read(first: bigint, count: number): readonly string[]
  /** Leaves of the tree from a number on, at most `count`; their texts are not held together. */
  leaves(first: bigint, count: number): readonly Uint8Array[]
  /** Number of the newest, 0 for none. */
  last(): bigint
  /** Numbers go on after this one at least: what the chain has seen is not given away again. */
  raise(number: bigint): void
  saveBatch(batch: Batch): void
  /** The batch that a receipt is in. */
  batchOf(number: bigint): Batch | undefined
  close(): void
}

/** Posted receipts beyond this many go, the oldest first. */
const MAX_RECEIPTS = 2_000_000n
/** One in so many appends looks for some to remove. */
const PRUNE_EVERY = 1_024n

const TABLES = `
  CREATE TABLE IF NOT EXISTS receipt (number INTEGER PRIMARY KEY, request TEXT NOT NULL UNIQUE, text TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS batch (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, root TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS floor (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL) STRICT;`

/** Opens or makes the file. Throws NodeError `receipt.log-unusable`. */
export function openReceiptLog(file: string): ReceiptLog {
  const guarded = <T>(work: () => T): T => {
    try {
      return work()
    } catch (cause) {
      if (cause instanceof NodeError) throw cause
      throw unable('receipt.log-unusable', `${file}: receipts cannot be written`, cause)
    }
  }
  return guarded(() => {
    const db = new DatabaseSync(file)
    // NORMAL: a killed process loses nothing, a power cut at most the last moments. A host that takes receipts away can take the disk.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000')
    db.exec(TABLES)
    return new SqliteReceipts(db, guarded)
  })
}

class SqliteReceipts implements ReceiptLog {
  readonly #db: DatabaseSync
  readonly #guarded: <T>(work: () => T) => T
  readonly #sql
  #next: bigint

  constructor(db: DatabaseSync, guarded: <T>(work: () => T) => T) {
    this.#db = db
    this.#guarded = guarded
    const prepare = (text: string) => {
      const statement = db.prepare(text)
      statement.setReadBigInts(true)
      return statement
    }
    this.#sql = {
      insert: prepare('INSERT INTO receipt VALUES (?, ?, ?)'),
      has: prepare('SELECT 1 FROM receipt WHERE request = ?'),
      read: prepare('SELECT text FROM receipt WHERE number >= ? ORDER BY number LIMIT ?'),
      last: prepare('SELECT max(number) AS number FROM receipt'),
      floor: prepare('SELECT number FROM floor'),
      raise: prepare(
        'INSERT INTO floor VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET number = max(number, ?1)',
      ),
      saveBatch: prepare('INSERT OR REPLACE INTO batch VALUES (?, ?, ?)'),
      batchOf: prepare('SELECT * FROM batch WHERE first <= ? ORDER BY first DESC LIMIT 1'),
      prune: prepare(
        'DELETE FROM receipt WHERE number < ?1 AND number < (SELECT max(first + count) FROM batch)',
      ),
    }
    this.#next = this.#newest() + 1n
  }

  append(receipt: NewReceipt): bigint {
    return this.#guarded(() => {
      if (this.has(receipt.requestId))
        throw new NodeError(
          'release.replayed',
          `request ${receipt.requestId} was answered already: a request id is used once`,
        )
      const number = this.#next
      const text = serializeReceipt({ ...receipt, number: String(number) })
      this.#sql.insert.run(number, receipt.requestId, text)
      this.#next++
      if (number % PRUNE_EVERY === 0n) this.#sql.prune.run(number - MAX_RECEIPTS)
      return number
    })
  }

  has(requestId: string): boolean {
    return this.#guarded(() => this.#sql.has.get(requestId) !== undefined)
  }

  read(first: bigint, count: number): readonly string[] {
    return this.#guarded(() =>
      this.#sql.read.all(first, count).map(({ text }) => {
        const stored = String(text)
        parseReceipt(stored)
        return stored
      }),
    )
  }

  leaves(first: bigint, count: number): readonly Uint8Array[] {
    return this.#guarded(() => {
      const leaves: Uint8Array[] = []
      for (const { text } of this.#sql.read.iterate(first, count))
        leaves.push(receiptLeaf(String(text)))
      return leaves
    })
  }

  last(): bigint {
    return this.#next - 1n
  }

  raise(number: bigint): void {
    this.#guarded(() => this.#sql.raise.run(number))
    if (number >= this.#next) this.#next = number + 1n
  }

  saveBatch({ first, count, root }: Batch): void {
    this.#guarded(() => this.#sql.saveBatch.run(first, count, root))
  }

  batchOf(number: bigint): Batch | undefined {
    return this.#guarded(() => {
      const row = this.#sql.batchOf.get(number)
      if (row === undefined) return undefined
      const batch = {
        first: row['first'] as bigint,
        count: Number(row['count']),
        root: String(row['root']),
      }
      return number < batch.first + BigInt(batch.count) ? batch : undefined
    })
  }

  close(): void {
    this.#db.close()
  }

  #newest(): bigint {
    const [last, floor] = [this.#sql.last, this.#sql.floor].map(
      (sql) => (sql.get()?.['number'] as bigint | null | undefined) ?? 0n,
    )
    return last! > floor! ? last! : floor!
  }
}
