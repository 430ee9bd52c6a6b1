// What a node watches and whom it saw cut off, on disk, so that nothing is announced twice. SQLite file I/O, synchronously.
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import { z } from 'zod'
import { NodeError, unable } from '../node-error.ts'
import type { Difference, Judged, NewAlert } from '../watch/diff.ts'
import { CAUSES, nameOf, type CauseCode, type LiveSubject } from '../watch/subjects.ts'

/** A cut-off with its number, from 1; see `NewAlert`. */
export type Alert = NewAlert & { readonly number: number }

/** Keeps alerts; all throw NodeError `alerts.unusable` where the disk fails. */
export type AlertLog = {
  /** Writes a difference, all or nothing, with the block that it was judged by. Returns its alerts with their numbers. */
  commit(difference: Difference, judged: Judged): readonly Alert[]
  /** Everything that was live when it was judged last. */
  live(): readonly LiveSubject[]
  judged(): Judged | undefined
  /** Block up to which every event was followed; undefined before the first. */
  followed(): bigint | undefined
  saveFollowed(block: bigint): void
  /** From a number on, by number, at most `count`. */
  read(first: number, count: number): readonly Alert[]
  /** Number of the newest, 0 for none. */
  last(): number
  /** Those whose applications are not settled yet, the oldest first, at most `count`. */
  unsettled(count: number): readonly Alert[]
  settled(number: number): void
  /** Number of the newest that the webhook has taken; undefined before it was ever set. */
  delivered(): number | undefined
  saveDelivered(number: number): void
  close(): void
}

/** Alerts that are kept; the oldest go first. */
const MAX_ALERTS = 4_096

const TABLES = `
  CREATE TABLE IF NOT EXISTS live (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS alert (number INTEGER PRIMARY KEY AUTOINCREMENT, open INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS alert_open ON alert (number) WHERE open = 1;
  CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;`

const decimal = z
  .string()
  .regex(/^[0-9]{1,20}$/)
  .transform(BigInt)
const kind = z.enum(['lease', 'worker', 'node'])
const id = z.string().min(1).max(64)
const liveSchema = z.strictObject({
  ...{ kind, id, until: decimal, checkAt: decimal },
  rests: z.array(z.string().max(128)).max(8),
})
const judgedSchema = z.strictObject({ number: decimal, timestamp: decimal })
const alertSchema = z.strictObject({
  ...{ kind, subject: id, state: z.enum(['lapsed', 'revoked', 'ended']) },
  cause: z.enum(Object.keys(CAUSES) as [CauseCode, ...CauseCode[]]),
  causeAt: z.int().nonnegative(),
  cutOffAt: z.int().nonnegative(),
  delayMs: z.int().nonnegative(),
  block: z.string().regex(/^[0-9]{1,20}$/),
})

/** Opens or makes the file. Throws NodeError `alerts.unusable`. */
export function openAlertLog(file: string, maxAlerts = MAX_ALERTS): AlertLog {
  const guarded = <T>(work: () => T): T => {
    try {
      return work()
    } catch (cause) {
      if (cause instanceof NodeError) throw cause
      throw unable('alerts.unusable', `${file}: what is watched cannot be kept`, cause)
    }
  }
  return guarded(() => {
    const db = new DatabaseSync(file)
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 2000')
    db.exec(TABLES)
    return logOf(db, guarded, maxAlerts)
  })
}

function logOf(db: DatabaseSync, guarded: <T>(work: () => T) => T, maxAlerts: number): AlertLog {
  const insert = db.prepare('INSERT INTO alert (open, text) VALUES (?, ?)')
  const prune = db.prepare('DELETE FROM alert WHERE number <= ?')
  const read = db.prepare('SELECT * FROM alert WHERE number >= ? ORDER BY number LIMIT ?')
  const open = db.prepare('SELECT * FROM alert WHERE open = 1 ORDER BY number LIMIT ?')
  const settle = db.prepare('UPDATE alert SET open = 0 WHERE number = ?')
  const newest = db.prepare(`SELECT seq FROM sqlite_sequence WHERE name = 'alert'`)
  const put = db.prepare('INSERT OR REPLACE INTO live VALUES (?, ?)')
  const drop = db.prepare('DELETE FROM live WHERE name = ?')
  const all = db.prepare('SELECT text FROM live')
  const getMark = db.prepare('SELECT text FROM mark WHERE name = ?')
  const setMark = db.prepare('INSERT OR REPLACE INTO mark VALUES (?, ?)')
  const mark = (name: string) => {
    const text = getMark.get(name)?.['text']
    return typeof text === 'string' ? text : undefined
  }
  const add = (alert: NewAlert): Alert => {
    // What ends by its owner has an event of its own already.
    const isOpen = alert.kind === 'lease' && alert.state !== 'ended' ? 1 : 0
    const { lastInsertRowid } = insert.run(isOpen, JSON.stringify(alert))
    return { ...alert, number: Number(lastInsertRowid) }
  }
  const last = () => Number(newest.get()?.['seq'] ?? 0)
  return {
    commit: ({ alerts, live, gone }, judged) =>
      guarded(() => {
        db.exec('BEGIN IMMEDIATE')
        try {
          for (const subject of gone) drop.run(nameOf(subject))
          for (const subject of live) put.run(nameOf(subject), textOf(subject))
          const numbered = alerts.map(add)
          if (numbered.length > 0) prune.run(last() - maxAlerts)
          setMark.run('judged', textOf({ number: judged.number, timestamp: judged.timestamp }))
          db.exec('COMMIT')
          return numbered
        } catch (error) {
          db.exec('ROLLBACK')
          throw error
        }
      }),
    live: () => guarded(() => all.all().map(({ text }) => liveSchema.parse(jsonOf(text)))),
    judged: () =>
      guarded(() => {
        const text = mark('judged')
        return text === undefined ? undefined : judgedSchema.parse(jsonOf(text))
      }),
    followed: () =>
      guarded(() => {
        const text = mark('followed')
        return text === undefined ? undefined : decimal.parse(text)
      }),
    saveFollowed: (block) => guarded(() => void setMark.run('followed', String(block))),
    read: (first, count) => guarded(() => read.all(first, count).map(alertIn)),
    last: () => guarded(last),
    unsettled: (count) => guarded(() => open.all(count).map(alertIn)),
    settled: (number) => guarded(() => void settle.run(number)),
    delivered: () =>
      guarded(() => {
        const text = mark('delivered')
        return text === undefined ? undefined : Number(decimal.parse(text))
      }),
    saveDelivered: (number) => guarded(() => void setMark.run('delivered', String(number))),
    close: () => db.close(),
  }
}

function alertIn({ number, text }: Record<string, SQLOutputValue>): Alert {
  return { number: Number(number), ...alertSchema.parse(jsonOf(text)) }
}

function jsonOf(text: SQLOutputValue | undefined): unknown {
  return JSON.parse(String(text)) as unknown
}

function textOf(value: object): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? String(part) : part,
  )
}
