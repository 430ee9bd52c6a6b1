// Usage samples of every application as a chain of digests in SQLite, and what the operator has signed of it. Does file I/O.
import { DatabaseSync } from 'node:sqlite'
import {
  USAGE_START,
  usageDigest,
  type ChainedUsage,
  type UsageSample,
  type UsageScope,
} from '@wetee/attestation'
import {
  hexSchema,
  signedUsageSchema,
  usageSampleSchema,
  type SignedUsage,
  type UsagePage,
} from '@wetee/chain'

/** What is added to a chain. */
export type UsageEntry = Omit<UsageSample, 'sequence'>

/** Samples kept of one application: 31 days of 5 minutes, about 1.5 MB. */
export const MAX_SAMPLES = 8_928
/** Samples of one page: an owner has to sign for each. */
const MAX_PAGE = MAX_SAMPLES
const MAX_SIGNED = 1_000

const sampleRow = usageSampleSchema.extend({ previous: hexSchema(32) })

const TABLES = `
  CREATE TABLE IF NOT EXISTS sample (app TEXT NOT NULL, sequence INTEGER NOT NULL, fromMs INTEGER NOT NULL,
    toMs INTEGER NOT NULL, cpuMicros INTEGER NOT NULL, memoryByteSeconds INTEGER NOT NULL, diskBytes INTEGER NOT NULL,
    receivedBytes INTEGER NOT NULL, sentBytes INTEGER NOT NULL, restarts INTEGER NOT NULL, previous TEXT NOT NULL,
    digest TEXT NOT NULL, PRIMARY KEY (app, sequence)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS signed (app TEXT NOT NULL, sequence INTEGER NOT NULL, digest TEXT NOT NULL,
    signature TEXT NOT NULL, atMs INTEGER NOT NULL, PRIMARY KEY (app, sequence)) STRICT, WITHOUT ROWID;`

/** Chains by application; what is appended survives a power cut. Methods throw the error of SQLite where the disk is full. */
export class UsageLedger {
  readonly #database: DatabaseSync
  readonly #scope: Omit<UsageScope, 'appId'>
  readonly #sql

  /** Opens or makes `file` (`:memory:` for tests). */
  constructor(file: string, scope: Omit<UsageScope, 'appId'>) {
    this.#scope = scope
    this.#database = new DatabaseSync(file)
    this.#database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 1000; ${TABLES}`,
    )
    const prepare = (text: string) => this.#database.prepare(text)
    this.#sql = {
      last: prepare('SELECT * FROM sample WHERE app = ? ORDER BY sequence DESC LIMIT 1'),
      put: prepare(`INSERT INTO sample VALUES (${Array(12).fill('?').join(', ')})`),
      page: prepare(
        `SELECT * FROM sample WHERE app = ? AND sequence > ? ORDER BY sequence LIMIT ${MAX_PAGE}`,
      ),
      prune: prepare('DELETE FROM sample WHERE app = ? AND sequence <= ?'),
      putSigned: prepare('INSERT OR REPLACE INTO signed VALUES (?, ?, ?, ?, ?)'),
      signed: prepare(
        `SELECT * FROM signed WHERE app = ? AND sequence > ? AND sequence <= ? ORDER BY sequence DESC LIMIT ${MAX_SIGNED}`,
      ),
      pruneSigned: prepare('DELETE FROM signed WHERE app = ? AND sequence <= ?'),
    }
  }

  /** The newest sample; `undefined` of an application without any. */
  head(appId: bigint): ChainedUsage | undefined {
    const row = this.#sql.last.get(String(appId))
    return row === undefined ? undefined : sampleOf(row)
  }

  /** Appends a sample to each chain, all or none. One that begins before the last has ended (a clock was set back) begins where that ended. */
  append(entries: ReadonlyMap<bigint, UsageEntry>): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      for (const [appId, entry] of entries) this.#append(appId, entry)
      this.#database.exec('COMMIT')
    } catch (error) {
      // SQLite has rolled back by itself where the disk is full.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }

  /** Keeps what the operator has signed. */
  sign(appId: bigint, { sequence, digest, signature, atMs }: SignedUsage): void {
    this.#sql.putSigned.run(String(appId), sequence, digest, signature, atMs)
  }

  /** The samples after `sequence`, from the oldest one that is kept where that one is younger. */
  page(appId: bigint, sequence: number): UsagePage {
    const app = String(appId)
    const rows = this.#sql.page.all(app, sequence).map((row) => sampleRow.parse(row))
    const [first] = rows
    const last = rows.at(-1)
    const before =
      first === undefined
        ? { sequence: 0, digest: USAGE_START }
        : { sequence: first.sequence - 1, digest: first.previous }
    const signed = this.#sql.signed.all(app, before.sequence, last?.sequence ?? 0)
    return {
      before,
      samples: rows.map(sampleOf),
      signed: signed.map((row) => signedUsageSchema.parse(row)).reverse(),
    }
  }

  /** Whose chain an application's is. */
  scope(appId: bigint): UsageScope {
    return { ...this.#scope, appId }
  }

  close(): void {
    this.#database.close()
  }

  #append(appId: bigint, entry: UsageEntry): void {
    const app = String(appId)
    const last = this.head(appId)
    const fromMs = Math.max(entry.fromMs, last?.toMs ?? 0)
    const sequence = (last?.sequence ?? 0) + 1
    const sample = { ...entry, sequence, fromMs, toMs: Math.max(entry.toMs, fromMs) }
    const previous = last?.digest ?? USAGE_START
    const digest = usageDigest(this.scope(appId), previous, sample)
    this.#sql.put.run(
      ...[app, sequence, fromMs, sample.toMs, sample.cpuMicros, sample.memoryByteSeconds],
      ...[sample.diskBytes, sample.receivedBytes, sample.sentBytes, sample.restarts],
      ...[previous, digest],
    )
    this.#sql.prune.run(app, sequence - MAX_SAMPLES)
    this.#sql.pruneSigned.run(app, sequence - MAX_SAMPLES)
  }
}

function sampleOf(row: unknown): ChainedUsage {
  const { previous: _previous, ...sample } = sampleRow.parse(row)
  return sample
}
