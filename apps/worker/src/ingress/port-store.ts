// Remembers which port an application has, in the worker's database. Does file I/O. Losing it loses nothing but stability.
import { DatabaseSync } from 'node:sqlite'
import { routeText, type RouteKey } from './port-choice.ts'

/** Memory of ports; `recall` gives nothing for unknown keys. */
export type PortStore = {
  recall(key: RouteKey): number | undefined
  remember(key: RouteKey, port: number): void
  forgetApp(appId: bigint): void
  close(): void
}

/** Opens the table in `file` (`:memory:` for tests). */
export function openPortStore(file: string): PortStore {
  const database = new DatabaseSync(file)
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS ingress_port (route TEXT PRIMARY KEY, app TEXT NOT NULL, port INTEGER NOT NULL)`)
  const select = database.prepare('SELECT port FROM ingress_port WHERE route = ?')
  const insert = database.prepare('INSERT OR REPLACE INTO ingress_port VALUES (?, ?, ?)')
  const remove = database.prepare('DELETE FROM ingress_port WHERE app = ?')
  return {
    recall: (key) => {
      const port = select.get(routeText(key))?.['port']
      return typeof port === 'number' ? port : undefined
    },
    remember: (key, port) => void insert.run(routeText(key), String(key.appId), port),
    forgetApp: (appId) => void remove.run(String(appId)),
    close: () => database.close(),
  }
}
