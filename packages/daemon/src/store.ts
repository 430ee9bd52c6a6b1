// A daemon's database: cursors and outbox of packages/chain, by node:sqlite. Does file I/O, synchronously.
import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Cursor, CursorStore, OutboxEntry, OutboxStore } from '@wetee/chain'
import { z } from 'zod'
import { DaemonError, messageOf } from './daemon-error.ts'

/** Cursors and outbox in one file; `close` gives the file free. */
export type Store = CursorStore & OutboxStore & { close(): void }

const SCHEMA_VERSION = 1
const BUSY_MS = 1_000
const MAX_NAME = 128
const MAX_SCOPE = 256
const MAX_ATTEMPTS = 8
const MAX_RAW = 2 + 2 * 131_072
const MAX_MESSAGE = 4_096

const TABLES = `
  CREATE TABLE cursor (name TEXT PRIMARY KEY, genesis_hash TEXT NOT NULL, block_number TEXT NOT NULL,
    block_hash TEXT NOT NULL) STRICT;
  CREATE TABLE outbox (scope TEXT NOT NULL, key TEXT NOT NULL, nonce INTEGER NOT NULL, state TEXT NOT NULL,
    entry TEXT NOT NULL, PRIMARY KEY (scope, key), UNIQUE (scope, nonce)) STRICT;
  CREATE INDEX outbox_by_state ON outbox (scope, state, nonce);
  PRAGMA user_version = ${SCHEMA_VERSION};`

const hash = z.templateLiteral(['0x', z.string()]).check(z.regex(/^0x[0-9a-f]{64}$/))
const cursorName = z.string().min(1).max(MAX_NAME)
const cursorSchema = z.strictObject({
  genesisHash: hash,
  blockNumber: z.bigint().min(0n),
  blockHash: hash,
})
const attemptSchema = z.strictObject({
  hash,
  raw: z
    .templateLiteral(['0x', z.string()])
    .check(z.regex(/^0x([0-9a-f]{2})+$/), z.maxLength(MAX_RAW)),
})
const entrySchema = z.strictObject({
  scope: z.string().min(1).max(MAX_SCOPE),
  key: z.string().min(1).max(MAX_NAME),
  nonce: z.int().min(0),
  callHash: hash,
  attempts: z.array(attemptSchema).min(1).max(MAX_ATTEMPTS),
  state: z.enum(['open', 'done', 'failed']),
  minedHash: hash.optional().transform((value) => value),
  failure: z.strictObject({ code: z.string().max(MAX_NAME), message: z.string() }).optional(),
})

/**
 * Opens or makes the database in `file` (`:memory:` for tests); one process at a time. What is saved survives a power cut, of cursors perhaps an older one.
 * Throws DaemonError `store.unreadable` when it cannot be opened, is in use, or was made by a newer version; the methods
 * reject with `store.invalid` for rows or arguments that are out of bounds and `store.nonce-taken`.
 */
export function openStore(file: string): Store {
  const database = openDatabase(file)
  const sql = {
    readCursor: database.prepare('SELECT * FROM cursor WHERE name = ?'),
    saveCursor: database.prepare('INSERT OR REPLACE INTO cursor VALUES (?, ?, ?, ?)'),
    readEntry: database.prepare('SELECT entry FROM outbox WHERE scope = ? AND key = ?'),
    readOpen: database.prepare(
      `SELECT entry FROM outbox WHERE scope = ? AND state = 'open' ORDER BY nonce`,
    ),
    saveEntry: database.prepare(
      `INSERT INTO outbox VALUES (?, ?, ?, ?, ?) ON CONFLICT (scope, key)
       DO UPDATE SET nonce = excluded.nonce, state = excluded.state, entry = excluded.entry`,
    ),
    prune: database.prepare(
      `DELETE FROM outbox WHERE scope = ?1 AND state <> 'open' AND nonce NOT IN
       (SELECT nonce FROM outbox WHERE scope = ?1 AND state <> 'open' ORDER BY nonce DESC LIMIT ?2)`,
    ),
  }
  return {
    readCursor: promised((name: string) => {
      const row = sql.readCursor.get(parse(cursorName, name))
      return row === undefined ? undefined : parseCursor(row)
    }),
    saveCursor: promised((name: string, cursor: Cursor) => {
      const { genesisHash, blockNumber, blockHash } = parse(cursorSchema, cursor)
      const row = [parse(cursorName, name), genesisHash, String(blockNumber), blockHash]
      // One each block: waiting for the disk would hold everything else up.
      database.exec('PRAGMA synchronous = NORMAL')
      try {
        sql.saveCursor.run(...row)
      } finally {
        database.exec('PRAGMA synchronous = FULL')
      }
    }),
    readEntry: promised((scope: string, key: string) => {
      const row = sql.readEntry.get(scope, key)
      return row === undefined ? undefined : parseEntry(row['entry'])
    }),
    readOpenEntries: promised((scope: string) =>
      sql.readOpen.all(scope).map(({ entry }) => parseEntry(entry)),
    ),
    saveEntry: promised((entry: OutboxEntry) => {
      const { scope, key, nonce, state } = parse(entrySchema, bounded(entry))
      try {
        sql.saveEntry.run(scope, key, nonce, state, JSON.stringify(bounded(entry)))
      } catch (cause) {
        if (!messageOf(cause).includes('UNIQUE')) throw cause
        throw new DaemonError(
          'store.nonce-taken',
          `outbox: nonce ${nonce} of ${scope} belongs to another key than "${key}"`,
          { cause },
        )
      }
    }),
    pruneEntries: promised((scope: string, keep: number) => {
      sql.prune.run(scope, parse(z.int().min(0), keep))
    }),
    close: () => database.close(),
  }
}

/** The exclusive lock keeps a second daemon from using the same nonces. */
function openDatabase(file: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    // Made by us, so that nobody else can read it.
    if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600))
    database = new DatabaseSync(file)
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN EXCLUSIVE`)
    const version = database.prepare('PRAGMA user_version').get()?.['user_version']
    if (version === 0) database.exec(TABLES)
    else if (version !== SCHEMA_VERSION)
      throw new DaemonError(
        'store.unreadable',
        `${file}: has version ${String(version)}, this program knows ${SCHEMA_VERSION}; update it`,
      )
    database.exec('COMMIT')
    return database
  } catch (cause) {
    database?.close()
    if (cause instanceof DaemonError) throw cause
    const locked = messageOf(cause).includes('locked')
    const what = locked ? 'another process uses it; stop that one' : messageOf(cause)
    throw new DaemonError('store.unreadable', `${file}: ${what}`, { cause })
  }
}

const bounded = ({ failure, ...entry }: OutboxEntry): OutboxEntry => ({
  ...entry,
  failure: failure && { ...failure, message: failure.message.slice(0, MAX_MESSAGE) },
})

function parseCursor(row: Record<string, unknown>): Cursor {
  const { genesis_hash: genesisHash, block_number: number, block_hash: blockHash } = row
  return parse(cursorSchema, { genesisHash, blockNumber: BigInt(String(number)), blockHash })
}

function parseEntry(text: unknown): OutboxEntry {
  const { minedHash, failure, ...entry } = parse(entrySchema, JSON.parse(String(text)))
  return { ...entry, minedHash, failure }
}

function parse<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const where = issue?.path.map(String).join('.') ?? ''
  throw new DaemonError('store.invalid', `store: ${where}: ${issue?.message}`)
}

/** What a synchronous database does, as a promise that rejects with what it throws. */
function promised<A extends unknown[], R>(act: (...args: A) => R): (...args: A) => Promise<R> {
  return (...args) => new Promise((resolve) => resolve(act(...args)))
}
