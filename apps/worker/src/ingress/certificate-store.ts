// Keeps the certificates that agents have been issued, for their next start and their other replicas. Does file I/O. They are public, and
// an agent uses none that is not for its own key.
import { DatabaseSync } from 'node:sqlite'

/** Memory of certificate chains, PEM; losing it costs a new certificate for each domain. */
export type CertificateStore = {
  get(appId: bigint, domain: string): string | undefined
  put(appId: bigint, domain: string, chain: string): void
  close(): void
}

/** No CA issues for longer than this today. */
const KEPT_DAYS = 400

/** Opens the table in `file` (`:memory:` for tests); drops what no agent has renewed. */
export function openCertificateStore(file: string): CertificateStore {
  const database = new DatabaseSync(file)
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS certificate (app TEXT, domain TEXT, chain TEXT NOT NULL, at INTEGER NOT NULL,
      PRIMARY KEY (app, domain));
    DELETE FROM certificate WHERE at < unixepoch() - ${KEPT_DAYS * 86_400}`)
  const select = database.prepare('SELECT chain FROM certificate WHERE app = ? AND domain = ?')
  const insert = database.prepare(
    'INSERT OR REPLACE INTO certificate VALUES (?, ?, ?, unixepoch())',
  )
  return {
    get: (appId, domain) => {
      const chain = select.get(String(appId), domain)?.['chain']
      return typeof chain === 'string' ? chain : undefined
    },
    put: (appId, domain, chain) => void insert.run(String(appId), domain, chain),
    close: () => database.close(),
  }
}
