// History of every application in SQLite: as sampled, by minute, by hour; a fixed number of rows each. Does file I/O.
import { rmSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { decodePoint, encodePoint, mergePoints, pointOf, type Point } from './point.ts'
import type { Sample } from './series.ts'

/** How exactly a time is known. */
export type Resolution = 'sample' | 'minute' | 'hour'

/** What one application had at one time; `atMs` is the beginning of the minute or hour. */
export type HistoryPoint = { readonly atMs: number } & Point

/** How many rows are kept of one application, and up to a minute or hour more: 2 hours at 10 s, 2 days, 31 days. */
export const KEPT_ROWS: Readonly<Record<Resolution, number>> = {
  sample: 720,
  minute: 2_880,
  hour: 744,
}
/** Applications without a sample for so long are forgotten. */
const FORGOTTEN_MS = 31 * 86_400_000
/** Rows this far ahead of the clock were written by a wrong one. */
const FUTURE_MS = 3_600_000
/** Answers of `read`. */
const MAX_READ = 4_000

const RESOLUTIONS: readonly Resolution[] = ['sample', 'minute', 'hour']
const LENGTH_MS = { sample: 1, minute: 60_000, hour: 3_600_000 }
const VERSION = 1
const TABLES = `
  CREATE TABLE point (app TEXT NOT NULL, resolution INTEGER NOT NULL, at INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (app, resolution, at)) STRICT, WITHOUT ROWID;
  CREATE TABLE model (app TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (app, name)) STRICT;
  PRAGMA user_version = ${VERSION};`

/** Rows by application; every method throws the error of SQLite where the disk is full or broken. */
export class HistoryStore {
  readonly #database: DatabaseSync
  readonly #sql
  /** What `#newest` has found and what was put since, by application: it is asked three times for every sample. */
  readonly #newestAtMs = {
    sample: new Map<string, number>(),
    minute: new Map<string, number>(),
    hour: new Map<string, number>(),
  }

  /** Opens or makes `file` (`:memory:` for tests). A file of another version or one that is damaged is made anew. */
  constructor(file: string, open: (file: string) => DatabaseSync = openHistory) {
    this.#database = open(file)
    const prepare = (text: string) => this.#database.prepare(text)
    this.#sql = {
      put: prepare('INSERT OR REPLACE INTO point VALUES (?, ?, ?, ?)'),
      range: prepare(
        `SELECT at, data FROM point WHERE app = ? AND resolution = ? AND at >= ? AND at < ? ORDER BY at LIMIT ${MAX_READ}`,
      ),
      newest: prepare('SELECT max(at) AS at FROM point WHERE app = ? AND resolution = ?'),
      last: prepare(
        'SELECT at, data FROM point WHERE app = ? AND resolution = 0 ORDER BY at DESC LIMIT 1',
      ),
      prune: prepare(
        `DELETE FROM point WHERE app = ?1 AND resolution = ?2 AND at <=
         (SELECT at FROM point WHERE app = ?1 AND resolution = ?2 ORDER BY at DESC LIMIT 1 OFFSET ?3)`,
      ),
      future: prepare('DELETE FROM point WHERE app = ? AND at > ?'),
      apps: prepare('SELECT app, max(at) AS at FROM point GROUP BY app'),
      forget: prepare('DELETE FROM point WHERE app = ?'),
      forgetModels: prepare('DELETE FROM model WHERE app = ?'),
      putModel: prepare('INSERT OR REPLACE INTO model VALUES (?, ?, ?)'),
      model: prepare('SELECT state FROM model WHERE app = ? AND name = ?'),
    }
  }

  /** Writes one sample of each application, all or none; minutes and hours that are over are summed up. */
  record(atMs: number, samples: ReadonlyMap<bigint, Sample>): void {
    this.#transact(() => {
      for (const [appId, sample] of samples) {
        const app = String(appId)
        if (this.#newest(app, 'sample') > atMs + FUTURE_MS) {
          this.#sql.future.run(app, atMs + FUTURE_MS)
          this.#forgetNewest()
        }
        this.#put(app, 'sample', atMs, pointOf(sample))
        // Rows that are too many are taken away with the next minute, or hour: looking for them takes time.
        if (this.#sumUp(app, 'minute', 'sample', atMs)) this.#prune(app, 'sample')
        if (this.#sumUp(app, 'hour', 'minute', atMs)) {
          this.#prune(app, 'minute')
          this.#prune(app, 'hour')
        }
      }
    })
  }

  /** Points from `fromMs` on and before `toMs`, oldest first, at most 4,000. */
  read(appId: bigint, resolution: Resolution, fromMs: number, toMs: number): HistoryPoint[] {
    const rows = this.#sql.range.all(
      ...[String(appId), RESOLUTIONS.indexOf(resolution), Math.floor(fromMs), Math.ceil(toMs)],
    )
    return rows.flatMap((row) => pointIn(row, resolution))
  }

  /** The newest sample; `undefined` of an application without any. */
  latest(appId: bigint): HistoryPoint | undefined {
    const row = this.#sql.last.get(String(appId))
    return row === undefined ? undefined : pointIn(row, 'sample')[0]
  }

  /** State of a model that was saved under this name. */
  model(appId: bigint, name: string): string | undefined {
    const state = this.#sql.model.get(String(appId), name)?.['state']
    return typeof state === 'string' ? state : undefined
  }

  saveModel(appId: bigint, name: string, state: string): void {
    this.#sql.putModel.run(String(appId), name, state)
  }

  /** Forgets applications that have had no sample for 31 days. */
  forgetOld(nowMs: number): void {
    this.#transact(() => {
      for (const { app, at } of this.#sql.apps.all())
        if (nowMs - Number(at) > FORGOTTEN_MS) {
          this.#sql.forget.run(String(app))
          this.#sql.forgetModels.run(String(app))
        }
    })
    this.#forgetNewest()
  }

  close(): void {
    this.#database.close()
  }

  #put(app: string, resolution: Resolution, atMs: number, point: Point): void {
    const row: SQLInputValue[] = [app, RESOLUTIONS.indexOf(resolution), Math.floor(atMs)]
    this.#sql.put.run(...row, encodePoint(point, resolution === 'sample'))
    const newest = this.#newestAtMs[resolution]
    const known = newest.get(app)
    if (known !== undefined && known < atMs) newest.set(app, Math.floor(atMs))
  }

  #prune(app: string, resolution: Resolution): void {
    this.#sql.prune.run(app, RESOLUTIONS.indexOf(resolution), KEPT_ROWS[resolution])
  }

  /** -Infinity where there is none. */
  #newest(app: string, resolution: Resolution): number {
    const known = this.#newestAtMs[resolution].get(app)
    if (known !== undefined) return known
    const at = this.#sql.newest.get(app, RESOLUTIONS.indexOf(resolution))?.['at']
    const found = typeof at === 'number' ? at : -Infinity
    this.#newestAtMs[resolution].set(app, found)
    return found
  }

  #forgetNewest(): void {
    for (const resolution of RESOLUTIONS) this.#newestAtMs[resolution].clear()
  }

  /** Every whole minute (hour) since the last one that was summed up, from what lies in it; whether there was one. */
  #sumUp(app: string, into: 'minute' | 'hour', from: Resolution, nowMs: number): boolean {
    const length = LENGTH_MS[into]
    const end = Math.floor(nowMs / length) * length
    const begin = Math.max(0, this.#newest(app, into) + length)
    if (begin >= end) return false
    const groups = new Map<number, Point[]>()
    for (const row of this.#sql.range.all(app, RESOLUTIONS.indexOf(from), begin, end)) {
      const [point] = pointIn(row, from)
      if (point === undefined) continue
      const at = Math.floor(point.atMs / length) * length
      groups.set(at, [...(groups.get(at) ?? []), point])
    }
    for (const [at, points] of groups) this.#put(app, into, at, mergePoints(points))
    return groups.size > 0
  }

  #transact(act: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      act()
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#forgetNewest()
      // SQLite has rolled back by itself where the disk is full.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }
}

/** The database of `file`. A worker that starts is worth more than history: what cannot be read is made anew. */
export function openHistory(file: string): DatabaseSync {
  try {
    return openDatabase(file)
  } catch {
    for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true })
    return openDatabase(file)
  }
}

function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file)
  try {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 1000;
      PRAGMA journal_size_limit = 4194304`)
    const version = database.prepare('PRAGMA user_version').get()?.['user_version']
    if (version === 0) database.exec(TABLES)
    else if (version !== VERSION) throw new Error(`history of version ${String(version)}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function pointIn(row: Record<string, unknown>, resolution: Resolution): HistoryPoint[] {
  const { at, data } = row
  if (typeof at !== 'number' || !(data instanceof Uint8Array)) return []
  const point = decodePoint(data, resolution === 'sample')
  return point === undefined ? [] : [{ atMs: at, ...point }]
}
