// Subscriptions to APIs of this worker's applications, and how far their events were read. File I/O.
import { DatabaseSync } from 'node:sqlite'
import type { Hex } from 'viem'
import type { ToldSubscription } from './subscription-chain.ts'

/** Subscriptions of one application that are kept; one that comes when there are as many is left out until a call of it is made. */
export const MAX_KEPT = 4_096

/** Subscriptions by application; what is here can be read from the chain again. */
export class SubscriptionStore {
  readonly #database: DatabaseSync
  readonly #sql: ReturnType<typeof statementsOf>

  /** Opens or makes `file` (`:memory:` for tests). */
  constructor(file: string) {
    this.#database = new DatabaseSync(file)
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS subscription (id TEXT PRIMARY KEY, app_id TEXT NOT NULL,
        args TEXT, refusals INTEGER NOT NULL DEFAULT 0) STRICT;
      CREATE INDEX IF NOT EXISTS subscription_app ON subscription (app_id);
      CREATE TABLE IF NOT EXISTS read_to (app_id TEXT PRIMARY KEY, block TEXT NOT NULL) STRICT`)
    this.#sql = statementsOf(this.#database)
  }

  /** The last block whose events were read for an application; undefined where none was. */
  readTo(appId: bigint): bigint | undefined {
    const row = this.#sql.readTo.get(String(appId))
    return row === undefined ? undefined : BigInt(String(row['block']))
  }

  /** Keeps what events have told of these applications up to a block, as a whole. Returns those that had no room. */
  keep(
    appIds: Iterable<bigint>,
    told: readonly ToldSubscription[],
    readTo: bigint,
  ): readonly ToldSubscription[] {
    this.#database.exec('BEGIN')
    try {
      const refused = [...Map.groupBy(told, ({ appId }) => appId)].flatMap(([appId, own]) =>
        this.#keepOwn(appId, own),
      )
      for (const appId of appIds) this.#sql.saveReadTo.run(String(appId), String(readTo))
      this.#database.exec('COMMIT')
      return refused
    } catch (error) {
      this.#database.exec('ROLLBACK')
      throw error
    }
  }

  #keepOwn(appId: bigint, told: readonly ToldSubscription[]): readonly ToldSubscription[] {
    const known = new Set(this.ids(appId))
    return told.filter(({ subscriptionId, args }) => {
      if (!known.has(subscriptionId) && known.size >= MAX_KEPT) return true
      this.#sql.save.run(String(subscriptionId), String(appId), args ?? null)
      known.add(subscriptionId)
      return false
    })
  }

  /** Those of an application, in the order of their numbers. */
  ids(appId: bigint): readonly bigint[] {
    return this.#sql.ids.all(String(appId)).map(({ id }) => BigInt(String(id)))
  }

  /** The arguments of one; undefined where they are not known. */
  args(subscriptionId: bigint): Hex | undefined {
    const row = this.#sql.args.get(String(subscriptionId))
    return typeof row?.['args'] === 'string' ? (row['args'] as Hex) : undefined
  }

  /** How often its calls were refused so far. */
  refusals(subscriptionId: bigint): number {
    return Number(this.#sql.refusals.get(String(subscriptionId))?.['refusals'] ?? 0)
  }

  /** One more call was refused. */
  countRefusal(subscriptionId: bigint): void {
    this.#sql.countRefusal.run(String(subscriptionId))
  }

  /** It has ended. */
  remove(subscriptionId: bigint): void {
    this.#sql.remove.run(String(subscriptionId))
  }

  close(): void {
    this.#database.close()
  }
}

function statementsOf(database: DatabaseSync) {
  return {
    readTo: database.prepare('SELECT block FROM read_to WHERE app_id = ?'),
    saveReadTo: database.prepare('INSERT OR REPLACE INTO read_to (app_id, block) VALUES (?, ?)'),
    ids: database.prepare('SELECT id FROM subscription WHERE app_id = ? ORDER BY length(id), id'),
    args: database.prepare('SELECT args FROM subscription WHERE id = ?'),
    refusals: database.prepare('SELECT refusals FROM subscription WHERE id = ?'),
    countRefusal: database.prepare('UPDATE subscription SET refusals = refusals + 1 WHERE id = ?'),
    remove: database.prepare('DELETE FROM subscription WHERE id = ?'),
    save: database.prepare(`INSERT INTO subscription (id, app_id, args) VALUES (?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET args = coalesce(excluded.args, args)`),
  }
}
