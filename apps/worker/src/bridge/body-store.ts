// Answers of which only a digest goes on chain: their bytes, by digest, bounded in size. Does file I/O.
import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'

/** 256 MiB; the oldest gives way. */
const MAX_TOTAL_BYTES = 268_435_456

/** Bytes by their SHA-256. */
export class BodyStore {
  readonly #database: DatabaseSync
  readonly #maxTotalBytes: number

  /** Opens or makes `file` (`:memory:` for tests). */
  constructor(file: string, maxTotalBytes = MAX_TOTAL_BYTES) {
    this.#database = new DatabaseSync(file)
    this.#maxTotalBytes = maxTotalBytes
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
      PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS answer_body (id INTEGER PRIMARY KEY AUTOINCREMENT, digest TEXT NOT NULL UNIQUE,
        size INTEGER NOT NULL, body BLOB NOT NULL) STRICT`)
  }

  /** Keeps bytes; those that came first give way. */
  put(body: Uint8Array): void {
    const digest = createHash('sha256').update(body).digest('hex')
    this.#database
      .prepare('INSERT OR REPLACE INTO answer_body (digest, size, body) VALUES (?, ?, ?)')
      .run(digest, body.length, body)
    const total = this.#database.prepare('SELECT coalesce(sum(size), 0) AS value FROM answer_body')
    while (Number(total.get()?.['value']) > this.#maxTotalBytes)
      this.#database
        .prepare('DELETE FROM answer_body WHERE id = (SELECT min(id) FROM answer_body)')
        .run()
  }

  /** The bytes of a digest in hex without `0x`; undefined where they are not kept. */
  read(digest: string): Uint8Array | undefined {
    const row = this.#database.prepare('SELECT body FROM answer_body WHERE digest = ?').get(digest)
    const body = row?.['body']
    return body instanceof Uint8Array ? body : undefined
  }

  close(): void {
    this.#database.close()
  }
}
