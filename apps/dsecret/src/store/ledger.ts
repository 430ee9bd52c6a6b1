// What this node has signed, by evidence digest, on disk: it never signs two leases that contradict each other. SQLite file I/O.
import { DatabaseSync } from 'node:sqlite'
import { NodeError, unable } from '../node-error.ts'

/** One statement about one piece of evidence; `hash` is its EIP-712 struct hash or any other digest of all its fields. */
export type LedgerEntry = { readonly evidenceDigest: string; readonly hash: string }

/** Keeps what was signed. */
export type Ledger = {
  /**
   * Writes entries, all or none, before they are signed; one that is there already with the same hash changes nothing.
   * Throws NodeError `statement.conflict` when one contradicts what was signed, `ledger.unwritable`.
   */
  record(entries: readonly LedgerEntry[], atMs: number): void
  close(): void
}

/** Evidence is not appraised after 5 minutes, whatever the clock says; a day is far beyond. */
const KEPT_MS = 86_400_000

/** Opens or makes the file. Throws NodeError `ledger.unwritable`. */
export function openLedger(file: string): Ledger {
  const guarded = <T>(work: () => T): T => {
    try {
      return work()
    } catch (cause) {
      if (cause instanceof NodeError) throw cause
      throw unable('ledger.unwritable', `${file}: what was signed cannot be recorded`, cause)
    }
  }
  return guarded(() => {
    const db = new DatabaseSync(file)
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000')
    db.exec(
      'CREATE TABLE IF NOT EXISTS signed (digest TEXT PRIMARY KEY, hash TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID',
    )
    db.exec('CREATE INDEX IF NOT EXISTS signed_at ON signed (at)')
    const insert = db.prepare('INSERT OR IGNORE INTO signed (digest, hash, at) VALUES (?, ?, ?)')
    const read = db.prepare('SELECT hash FROM signed WHERE digest = ?')
    const prune = db.prepare('DELETE FROM signed WHERE at < ?')
    const write = ({ evidenceDigest, hash }: LedgerEntry, atMs: number) => {
      insert.run(evidenceDigest, hash, atMs)
      if (read.get(evidenceDigest)?.['hash'] !== hash)
        throw new NodeError(
          'statement.conflict',
          `this node has signed another statement about evidence ${evidenceDigest}: make new evidence`,
        )
    }
    return {
      record: (entries, atMs) =>
        guarded(() => {
          db.exec('BEGIN IMMEDIATE')
          try {
            for (const entry of entries) write(entry, atMs)
            prune.run(atMs - KEPT_MS)
            db.exec('COMMIT')
          } catch (error) {
            db.exec('ROLLBACK')
            throw error
          }
        }),
      close: () => db.close(),
    }
  })
}
