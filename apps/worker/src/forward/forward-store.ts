// Requests of applications to the chain and what became of them, kept before anything is sent. File I/O.
import { DatabaseSync } from 'node:sqlite'
import type { Hex } from 'viem'
import type { SignedForward } from './forward-chain.ts'

/** How far a request has come; `finalized` and `failed` are its ends. */
export type ForwardState = 'queued' | 'relayed' | 'mined' | 'finalized' | 'failed'

/** A request with what is known of it. */
export type ForwardEntry = {
  readonly appId: bigint
  readonly nonce: bigint
  /** Of destination, gas and data: what one number stands for. */
  readonly contentDigest: Hex
  /** Absent once it has ended. */
  readonly signed?: SignedForward
  readonly state: ForwardState
  /** Why it waits, or has failed. */
  readonly reason?: string | undefined
  readonly transactionHash?: Hex
  readonly blockNumber?: bigint
  /** Transactions that were begun for it: each has a key of its own. */
  readonly tries: number
}

/** Ended requests of an application that are remembered. */
const MAX_ENDED = 1_000

/** Requests by application and number. */
export class ForwardStore {
  readonly #database: DatabaseSync

  /** Opens or makes `file` (`:memory:` for tests). */
  constructor(file: string) {
    this.#database = new DatabaseSync(file)
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS forward (id INTEGER PRIMARY KEY AUTOINCREMENT, app_id TEXT NOT NULL,
        nonce TEXT NOT NULL, is_open INTEGER NOT NULL, entry TEXT NOT NULL, UNIQUE (app_id, nonce)) STRICT;
      CREATE INDEX IF NOT EXISTS forward_open ON forward (is_open, app_id)`)
  }

  /** Keeps one, in place of what was known of it; the oldest ended ones of its application go. */
  save(entry: ForwardEntry): void {
    const isOpen = isOpenState(entry.state)
    const { appId, nonce } = entry
    this.#database
      .prepare(
        `INSERT INTO forward (app_id, nonce, is_open, entry) VALUES (?, ?, ?, ?)
         ON CONFLICT (app_id, nonce) DO UPDATE SET is_open = excluded.is_open, entry = excluded.entry`,
      )
      .run(String(appId), String(nonce), isOpen ? 1 : 0, write(entry))
    if (isOpen) return
    this.#database
      .prepare(
        `DELETE FROM forward WHERE app_id = ?1 AND is_open = 0 AND id NOT IN
         (SELECT id FROM forward WHERE app_id = ?1 AND is_open = 0 ORDER BY id DESC LIMIT ?2)`,
      )
      .run(String(appId), MAX_ENDED)
  }

  /** What is known of a request. */
  read(appId: bigint, nonce: bigint): ForwardEntry | undefined {
    const row = this.#database
      .prepare('SELECT entry FROM forward WHERE app_id = ? AND nonce = ?')
      .get(String(appId), String(nonce))
    return row === undefined ? undefined : parse(String(row['entry']))
  }

  /** Those that have not ended, the oldest first. */
  open(): readonly ForwardEntry[] {
    const rows = this.#database
      .prepare('SELECT entry FROM forward WHERE is_open = 1 ORDER BY id')
      .all()
    return rows.map(({ entry }) => parse(String(entry)))
  }

  close(): void {
    this.#database.close()
  }
}

/** Whether more will happen. */
function isOpenState(state: ForwardState): boolean {
  return state !== 'finalized' && state !== 'failed'
}

/** Numbers beyond 2^53 go as text after a mark that no other text of an entry begins with. */
function write(entry: ForwardEntry): string {
  return JSON.stringify(entry, (_key, value: unknown) =>
    typeof value === 'bigint' ? `#${value}` : value,
  )
}

function parse(text: string): ForwardEntry {
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith('#') ? BigInt(value.slice(1)) : value,
  ) as ForwardEntry
}
