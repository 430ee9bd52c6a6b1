// What this node has released, numbered, on disk; also which request ids were used. SQLite file I/O, synchronously.
import { DatabaseSync } from 'node:sqlite'
import { parseReceipt, receiptLeaf, serializeReceipt, type Receipt } from '@wetee/secrets'
import { NodeError, unable } from '../node-error.ts'
import {
  GENESIS,
  logChanged,
  type MarkName,
  type ReceiptChain,
  type ReceiptRow,
} from './receipt-chain.ts'

/** A receipt before it has a number. */
export type NewReceipt = Omit<Receipt, 'number'>

/** Receipts under one posted root. */
export type Batch = {
  readonly first: bigint
  readonly count: number
  /** `0x` and 64 hex digits. */
  readonly root: string
}

/**
 * Keeps receipts, each linked to the one before and signed; all throw NodeError `receipt.log-unusable` where the disk fails, and
 * `receipt.log-changed` for rows that this node has not written so.
 */
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
  /** Leaves of the tree from a number on, none left out, at most `count`, none where some are kept no more; their texts are not held together. */
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

/** Receipts under one root at most, as in @wetee/secrets. */
const MAX_COUNT = 1_048_576
/** `PRAGMA user_version`. A log of another form is not taken over: who has changed it in between, nobody could tell. */
const FORMAT = 2
const TABLES = `
  CREATE TABLE IF NOT EXISTS receipt (
    number INTEGER PRIMARY KEY, request TEXT NOT NULL UNIQUE, text TEXT NOT NULL, previous BLOB NOT NULL, signature BLOB NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS batch (first INTEGER PRIMARY KEY, count INTEGER NOT NULL, root TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, number INTEGER NOT NULL, signature BLOB NOT NULL) STRICT;`

/**
 * Opens or makes the file, and checks every row of it. Throws NodeError `receipt.log-unusable`, `receipt.log-format`, and
 * `receipt.log-changed` that names the row.
 */
export function openReceiptLog(file: string, chain: ReceiptChain): ReceiptLog {
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
    try {
      // NORMAL: a killed process loses nothing, a power cut at most the last moments. A host that takes receipts away can take the disk.
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000')
      requireFormat(db, file)
      db.exec(TABLES)
      return new SqliteReceipts(db, chain, guarded)
    } catch (error) {
      db.close()
      throw error
    }
  })
}

function requireFormat(db: DatabaseSync, file: string): void {
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
  const tables = db.prepare('SELECT count(*) AS count FROM sqlite_master').get()?.['count']
  if (version === FORMAT) return
  if (tables !== 0)
    throw unable(
      'receipt.log-format',
      `${file}: receipts of form ${version}, expected ${FORMAT}: move the file away, and numbers go on behind those on chain`,
    )
  db.exec(`PRAGMA user_version = ${FORMAT}`)
}

class SqliteReceipts implements ReceiptLog {
  readonly #db: DatabaseSync
  readonly #chain: ReceiptChain
  readonly #guarded: <T>(work: () => T) => T
  readonly #sql
  #next: bigint
  /** Of the newest row. */
  #link: Uint8Array

  constructor(db: DatabaseSync, chain: ReceiptChain, guarded: <T>(work: () => T) => T) {
    this.#db = db
    this.#chain = chain
    this.#guarded = guarded
    const prepare = (text: string) => {
      const statement = db.prepare(text)
      statement.setReadBigInts(true)
      return statement
    }
    this.#sql = {
      insert: prepare(
        'INSERT INTO receipt VALUES (?, ?, ?, ?, ?) ON CONFLICT (request) DO NOTHING',
      ),
      has: prepare('SELECT 1 FROM receipt WHERE request = ?'),
      read: prepare('SELECT * FROM receipt WHERE number >= ? ORDER BY number LIMIT ?'),
      last: prepare('SELECT max(number) AS number FROM receipt'),
      mark: prepare('SELECT * FROM mark WHERE name = ?'),
      setMark: prepare('INSERT OR REPLACE INTO mark VALUES (?, ?, ?)'),
      saveBatch: prepare('INSERT OR REPLACE INTO batch VALUES (?, ?, ?)'),
      batchOf: prepare('SELECT * FROM batch WHERE first <= ? ORDER BY first DESC LIMIT 1'),
      posted: prepare('SELECT max(first + count) AS number FROM batch'),
      prune: prepare('DELETE FROM receipt WHERE number < ?'),
    }
    this.#link = this.#check()
    const floor = this.#mark('floor')
    const last = this.#lastRow()
    this.#next = (last > floor ? last : floor) + 1n
  }

  append(receipt: NewReceipt): bigint {
    return this.#guarded(() => {
      const number = this.#next
      const text = serializeReceipt({ ...receipt, number: String(number) })
      const place = { number, request: receipt.requestId, text, previous: this.#link }
      const { row, link } = this.#chain.seal(place)
      const { request, previous, signature } = row
      const { changes } = this.#sql.insert.run(number, request, text, previous, signature)
      if (Number(changes) === 0)
        throw new NodeError(
          'release.replayed',
          `request ${receipt.requestId} was answered already: a request id is used once`,
        )
      this.#link = link
      this.#next++
      if (number % PRUNE_EVERY === 0n) this.#prune(number - MAX_RECEIPTS)
      return number
    })
  }

  has(requestId: string): boolean {
    return this.#guarded(() => this.#sql.has.get(requestId) !== undefined)
  }

  read(first: bigint, count: number): readonly string[] {
    return this.#guarded(() =>
      [...this.#rows(first, count)].map((row) => {
        // What is shown is signed anew: never what somebody else has put there.
        if (!this.#chain.isSealed(row)) throw logChanged(`receipt ${row.number} was changed`)
        parseReceipt(row.text)
        return row.text
      }),
    )
  }

  leaves(first: bigint, count: number): readonly Uint8Array[] {
    return this.#guarded(() => {
      const leaves: Uint8Array[] = []
      if (first < this.#mark('pruned')) return leaves
      this.#chain.walk(this.#counted(first, count, leaves))
      const end = first + BigInt(leaves.length)
      // They were there a moment ago, or when the log was opened.
      if (leaves.length < count && end <= this.last())
        throw logChanged(`receipts from ${end} on were removed`)
      return leaves
    })
  }

  last(): bigint {
    return this.#next - 1n
  }

  raise(number: bigint): void {
    if (number < this.#next) return
    this.#guarded(() => this.#setMark('floor', number))
    this.#next = number + 1n
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
      if (batch.count < 1 || batch.count > MAX_COUNT)
        throw logChanged(`the root of receipts from ${batch.first} on was changed`)
      return number < batch.first + BigInt(batch.count) ? batch : undefined
    })
  }

  close(): void {
    this.#db.close()
  }

  /** The link of the newest row, every row checked. */
  #check(): Uint8Array {
    const walked = this.#chain.walk(this.#rows(0n, Number.MAX_SAFE_INTEGER))
    if (walked === undefined) return GENESIS
    const { number, previous } = walked.first
    if (Buffer.compare(previous, GENESIS) !== 0 && number > this.#mark('pruned'))
      throw logChanged(`receipts before ${number} were removed`)
    return walked.link
  }

  #prune(below: bigint): void {
    const posted = (this.#sql.posted.get()?.['number'] as bigint | null) ?? 0n
    const end = below < posted ? below : posted
    if (end <= 0n) return
    // In this order: a row that is gone before the mark says so looks stolen.
    this.#setMark('pruned', end)
    this.#sql.prune.run(end)
  }

  #mark(name: MarkName): bigint {
    const row = this.#sql.mark.get(name)
    if (row === undefined) return 0n
    const number = row['number'] as bigint
    if (this.#chain.isMark(name, number, row['signature'] as Uint8Array)) return number
    throw logChanged(`the mark "${name}" was changed`)
  }

  #setMark(name: MarkName, number: bigint): void {
    this.#sql.setMark.run(name, number, this.#chain.sealMark(name, number))
  }

  #lastRow(): bigint {
    return (this.#sql.last.get()?.['number'] as bigint | null | undefined) ?? 0n
  }

  *#rows(first: bigint, count: number): Generator<ReceiptRow> {
    for (const row of this.#sql.read.iterate(first, count))
      yield {
        number: row['number'] as bigint,
        request: String(row['request']),
        text: String(row['text']),
        previous: row['previous'] as Uint8Array,
        signature: row['signature'] as Uint8Array,
      }
  }

  /** Rows whose numbers follow one another; their leaves are put into `leaves`. */
  *#counted(first: bigint, count: number, leaves: Uint8Array[]): Generator<ReceiptRow> {
    for (const row of this.#rows(first, count)) {
      if (row.number !== first + BigInt(leaves.length))
        throw logChanged(`receipt ${first + BigInt(leaves.length)} was removed`)
      yield row
      leaves.push(receiptLeaf(row.text))
    }
  }
}
