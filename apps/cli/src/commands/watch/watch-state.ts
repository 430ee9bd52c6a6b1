// What `wetee watch` has done and is doing, in a file of its own: an interruption goes on where it was. Does file I/O.
import { createHash } from 'node:crypto'
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import * as z from 'zod'
import { CliError } from '../../error.ts'
import { toJson } from '../../output/print.ts'

/** Commits and deliveries that are remembered; the oldest go. */
const maxSeen = 1_000
const maxDeliveries = 2_000
const maxBytes = 2_097_152

const commit = z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)
const digest = z.string().regex(/^[0-9a-f]{64}$/)
const hex = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)])
const time = z.int().min(0)

const currentSchema = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('building'), commit }),
  z.strictObject({
    ...{ step: z.literal('sending'), commit, source: digest },
    ...{ manifestDigest: hex, txHash: hex.optional() },
  }),
  z.strictObject({
    ...{ step: z.literal('waiting'), commit, source: digest },
    version: z.int().min(1),
  }),
])
const schema = z.strictObject({
  format: z.literal('wetee/watch/v1'),
  /** SHA-256 of what is followed and where it goes. */
  subject: digest,
  /** The last commit whose version has come to serve; `source` names what it was built from. */
  served: z.strictObject({ commit, source: digest }).optional(),
  current: currentSchema.optional(),
  /** Commits that are done with, oldest first. */
  seen: z.array(
    z.strictObject({ commit, outcome: z.enum(['served', 'refused', 'unchanged', 'gone']) }),
  ),
  /** How often the newest commit that failed for now was tried. */
  attempts: z.strictObject({ commit, count: z.int().min(1) }).optional(),
  /** Of webhooks: numbers and SHA-256 of bodies, oldest first. */
  deliveries: z.array(z.string().max(160)),
  /** When the last update was begun. */
  startedAtMs: time,
})

/** As it is in the file. */
export type WatchRecord = z.infer<typeof schema>
/** An update under way: it is written down before each step is taken. */
export type CurrentUpdate = z.infer<typeof currentSchema>
/** How a commit has ended. */
export type CommitOutcome = WatchRecord['seen'][number]['outcome']

/** The record of one watch, locked for this process. */
export class WatchState {
  readonly #file: string
  #record: WatchRecord

  private constructor(file: string, record: WatchRecord) {
    this.#file = file
    this.#record = record
  }

  /**
   * Reads the file or begins one. Throws CliError `watch.running` while another process has it, `watch.state-invalid` for one that
   * cannot be read or is of another watch.
   */
  static open(file: string, subject: Readonly<Record<string, string>>): WatchState {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    lock(file)
    try {
      const named = createHash('sha256').update(toJson(subject)).digest('hex')
      return new WatchState(file, read(file, named))
    } catch (error) {
      unlock(file)
      throw error
    }
  }

  get record(): WatchRecord {
    return this.#record
  }

  /** Changes some of it, in the file first: what is done next is known after a crash. */
  change(changes: { readonly [Key in keyof WatchRecord]?: WatchRecord[Key] | undefined }): void {
    const kept = Object.entries({ ...this.#record, ...changes }).filter(
      ([, value]) => value !== undefined,
    )
    const record = schema.parse(Object.fromEntries(kept))
    writeWhole(this.#file, toJson(record))
    this.#record = record
  }

  /** How this commit has ended, where it has. */
  outcomeOf(name: string): CommitOutcome | undefined {
    return this.#record.seen.findLast((one) => one.commit === name)?.outcome
  }

  /** The update under way is over. */
  finish(name: string, outcome: CommitOutcome, source?: string): void {
    const others = this.#record.seen.filter((one) => one.commit !== name)
    this.change({
      seen: [...others, { commit: name, outcome }].slice(-maxSeen),
      ...{ current: undefined, attempts: undefined },
      ...(source === undefined ? {} : { served: { commit: name, source } }),
    })
  }

  /** False where one of these names of a delivery is known already; they are from now on. */
  isNewDelivery(names: readonly string[]): boolean {
    const { deliveries } = this.#record
    if (names.some((name) => deliveries.includes(name))) return false
    this.change({ deliveries: [...deliveries, ...names].slice(-maxDeliveries) })
    return true
  }

  /** Lets another process have it. */
  close(): void {
    unlock(this.#file)
  }
}

function read(file: string, subject: string): WatchRecord {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw invalid(file, cause)
    return { format: 'wetee/watch/v1', subject, seen: [], deliveries: [], startedAtMs: 0 }
  }
  let record: WatchRecord
  try {
    if (text.length > maxBytes) throw new Error(`larger than ${maxBytes} bytes`)
    record = schema.parse(JSON.parse(text))
  } catch (cause) {
    throw invalid(file, cause)
  }
  if (record.subject === subject) return record
  throw new CliError(
    'watch.state-invalid',
    `${file} is of another application, repository, branch or image: name another file with --state`,
  )
}

function invalid(file: string, cause: unknown): CliError {
  return new CliError(
    'watch.state-invalid',
    `${file} cannot be read: without it a commit may be proposed a second time; move it away to begin anew`,
    { cause },
  )
}

const lockOf = (file: string) => `${file}.lock`
/** By this process. */
const held = new Set<string>()

function lock(file: string): void {
  for (const again of [true, false]) {
    try {
      const opened = openSync(lockOf(file), 'wx', 0o600)
      writeSync(opened, String(process.pid))
      closeSync(opened)
      held.add(file)
      return
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause
      const owner = Number(readFileSync(lockOf(file), 'utf8'))
      // A container that is started again gives the same number to another process.
      const isOther = owner === process.pid ? held.has(file) : isRunning(owner)
      if (!again || isOther)
        throw new CliError(
          'watch.running',
          `process ${owner} watches already (${lockOf(file)}): one update at a time`,
        )
      rmSync(lockOf(file), { force: true })
    }
  }
}

function unlock(file: string): void {
  held.delete(file)
  rmSync(lockOf(file), { force: true })
}

function isRunning(processId: number): boolean {
  if (!Number.isInteger(processId) || processId <= 0) return false
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function writeWhole(file: string, text: string): void {
  const temporary = `${file}.tmp`
  const opened = openSync(temporary, 'w', 0o600)
  try {
    writeSync(opened, text)
    fsyncSync(opened)
  } finally {
    closeSync(opened)
  }
  renameSync(temporary, file)
}
