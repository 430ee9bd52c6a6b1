// What instances have sealed to their owners: bytes that this worker cannot read, bounded in size and age. Does file I/O.
import { DatabaseSync } from 'node:sqlite'

/** What a record holds, by the word of the instance. */
export type SealedKind = 'logs' | 'bundle'

/** A record in the list; its bytes are read by `id`. */
export type SealedEntry = { readonly id: number; readonly sizeBytes: number }

/** How much is kept; the oldest gives way. */
export type SealedLimits = {
  readonly appBytes: Readonly<Record<SealedKind, number>>
  readonly totalBytes: number
  readonly ageMs: number
}

const MIB = 1_048_576
/** 64 MiB of logs and 16 MiB of bundles for an application, 4 GiB for all, 30 days. */
export const sealedLimits: SealedLimits = {
  appBytes: { logs: 64 * MIB, bundle: 16 * MIB },
  totalBytes: 4_096 * MIB,
  ageMs: 30 * 86_400_000,
}
/** Old records are looked for at the first of so many. */
const SWEEP_EVERY = 256

/** Records by application, in the order they came. */
export class SealedStore {
  readonly #database: DatabaseSync
  readonly #limits: SealedLimits
  readonly #now: () => number
  readonly #statements
  #puts = 0

  /** Opens or makes `file` (`:memory:` for tests); `now` in milliseconds since 1970. */
  constructor(file: string, now: () => number, limits: SealedLimits = sealedLimits) {
    this.#database = new DatabaseSync(file)
    this.#limits = limits
    this.#now = now
    this.#database
      .exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS sealed_record (id INTEGER PRIMARY KEY AUTOINCREMENT, app TEXT NOT NULL, kind TEXT NOT NULL,
        at INTEGER NOT NULL, size INTEGER NOT NULL, body BLOB NOT NULL);
      CREATE INDEX IF NOT EXISTS sealed_by_app ON sealed_record (app, kind, id, size);
      CREATE INDEX IF NOT EXISTS sealed_by_age ON sealed_record (at);
      CREATE TABLE IF NOT EXISTS sealed_sum (app TEXT NOT NULL, kind TEXT NOT NULL, size INTEGER NOT NULL, PRIMARY KEY (app, kind));
      CREATE TRIGGER IF NOT EXISTS sealed_added AFTER INSERT ON sealed_record BEGIN
        INSERT INTO sealed_sum VALUES (NEW.app, NEW.kind, NEW.size) ON CONFLICT DO UPDATE SET size = size + NEW.size; END;
      CREATE TRIGGER IF NOT EXISTS sealed_removed AFTER DELETE ON sealed_record BEGIN
        UPDATE sealed_sum SET size = size - OLD.size WHERE app = OLD.app AND kind = OLD.kind; END`)
    this.#statements = statementsOf(this.#database)
  }

  /** Keeps a record; older ones of the same application and kind, then of all, give way. */
  put(appId: bigint, kind: SealedKind, bytes: Uint8Array): void {
    const app = String(appId)
    const { insert, appSum, oldestOfApp, totalSum, oldest, remove, expire } = this.#statements
    insert.run(app, kind, this.#now(), bytes.length, bytes)
    while (numberOf(appSum.get(app, kind)) > this.#limits.appBytes[kind])
      remove.run(numberOf(oldestOfApp.get(app, kind)))
    while (numberOf(totalSum.get()) > this.#limits.totalBytes) remove.run(numberOf(oldest.get()))
    if (this.#puts++ % SWEEP_EVERY === 0) expire.run(this.#now() - this.#limits.ageMs)
  }

  /** Records of an application that came at `sinceMs` or later, oldest first. */
  list(appId: bigint, kind: SealedKind | undefined, sinceMs: number): SealedEntry[] {
    const from = Math.max(sinceMs, this.#now() - this.#limits.ageMs)
    return this.#statements.list
      .all(String(appId), kind ?? null, kind ?? null, from)
      .map((row) => ({ id: Number(row['id']), sizeBytes: Number(row['size']) }))
  }

  /** The bytes of a record; `undefined` when it has given way meanwhile. */
  read(id: number): Uint8Array | undefined {
    const body = this.#statements.body.get(id)?.['body']
    return body instanceof Uint8Array ? body : undefined
  }

  close(): void {
    this.#database.close()
  }
}

function statementsOf(database: DatabaseSync) {
  const prepare = (sql: string) => database.prepare(sql)
  return {
    insert: prepare('INSERT INTO sealed_record (app, kind, at, size, body) VALUES (?, ?, ?, ?, ?)'),
    appSum: prepare('SELECT size AS value FROM sealed_sum WHERE app = ? AND kind = ?'),
    totalSum: prepare('SELECT coalesce(sum(size), 0) AS value FROM sealed_sum'),
    oldestOfApp: prepare('SELECT min(id) AS value FROM sealed_record WHERE app = ? AND kind = ?'),
    oldest: prepare('SELECT min(id) AS value FROM sealed_record'),
    remove: prepare('DELETE FROM sealed_record WHERE id = ?'),
    expire: prepare('DELETE FROM sealed_record WHERE at < ?'),
    list: prepare(
      'SELECT id, size FROM sealed_record WHERE app = ? AND (? IS NULL OR kind = ?) AND at >= ? ORDER BY id',
    ),
    body: prepare('SELECT body FROM sealed_record WHERE id = ?'),
  }
}

function numberOf(row: Record<string, unknown> | undefined): number {
  return Number(row?.['value'] ?? 0)
}
