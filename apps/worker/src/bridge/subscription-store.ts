// Subscriptions to APIs of this worker's applications, and how far their events were read. File I/O.
import { DatabaseSync } from 'node:sqlite'
import type { Hex } from 'viem'
import type { ToldSubscription } from './subscription-chain.ts'

/** Subscriptions of one application that are kept; one that comes when there are as many is left out until a call of it is made. */
export const MAX_KEPT = 4_096

/** Subscriptions by application; what is here can be read from the chain again. */
export class SubscriptionStore {
  readonly #database: DatabaseSync

  /** Opens or makes `file` (`:memory:` for tests). */
  constructor(file: string) {
    this.#database = new DatabaseSync(file)
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS subscription (id TEXT PRIMARY KEY, app_id TEXT NOT NULL,
        args TEXT, refusals INTEGER NOT NULL DEFAULT 0) STRICT;
      CREATE INDEX IF NOT EXISTS subscription_app ON subscription (app_id);
      CREATE TABLE IF NOT EXISTS read_to (app_id TEXT PRIMARY KEY, block TEXT NOT NULL) STRICT`)
  }

  /** The last block whose events were read for an application; undefined where none was. */
  readTo(appId: bigint): bigint | undefined {
    const row = this.#database
      .prepare('SELECT block FROM read_to WHERE app_id = ?')
      .get(String(appId))
    return row === undefined ? undefined : BigInt(String(row['block']))
  }

  /** Keeps what events have told up to a block, as a whole. Returns the numbers of those that had no room. */
  keep(appId: bigint, told: readonly ToldSubscription[], readTo: bigint): readonly bigint[] {
    const refused: bigint[] = []
    this.#database.exec('BEGIN')
    try {
      const known = new Set(this.ids(appId))
      const save = this.#database
        .prepare(`INSERT INTO subscription (id, app_id, args) VALUES (?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET args = coalesce(excluded.args, args)`)
      for (const { subscriptionId, args } of told) {
        if (!known.has(subscriptionId) && known.size >= MAX_KEPT) refused.push(subscriptionId)
        else save.run(String(subscriptionId), String(appId), args ?? null)
        if (!refused.includes(subscriptionId)) known.add(subscriptionId)
      }
      this.#database
        .prepare('INSERT OR REPLACE INTO read_to (app_id, block) VALUES (?, ?)')
        .run(String(appId), String(readTo))
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
    return refused
  }

  /** Those of an application, in the order of their numbers. */
  ids(appId: bigint): readonly bigint[] {
    return this.#database
      .prepare('SELECT id FROM subscription WHERE app_id = ? ORDER BY length(id), id')
      .all(String(appId))
      .map(({ id }) => BigInt(String(id)))
  }

  /** The arguments of one; undefined where they are not known. */
  args(subscriptionId: bigint): Hex | undefined {
    const row = this.#database
      .prepare('SELECT args FROM subscription WHERE id = ?')
      .get(String(subscriptionId))
    return typeof row?.['args'] === 'string' ? (row['args'] as Hex) : undefined
  }

  /** How often its calls were refused so far. */
  refusals(subscriptionId: bigint): number {
    const row = this.#database
      .prepare('SELECT refusals FROM subscription WHERE id = ?')
      .get(String(subscriptionId))
    return Number(row?.['refusals'] ?? 0)
  }

  /** One more call was refused. */
  countRefusal(subscriptionId: bigint): void {
    this.#database
      .prepare('UPDATE subscription SET refusals = refusals + 1 WHERE id = ?')
      .run(String(subscriptionId))
  }

  /** It has ended. */
  remove(subscriptionId: bigint): void {
    this.#database.prepare('DELETE FROM subscription WHERE id = ?').run(String(subscriptionId))
  }

  close(): void {
    this.#database.close()
  }
}
