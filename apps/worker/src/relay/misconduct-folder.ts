// What dsecret nodes did wrong, as agents of this machine have found it: a file each, for whoever reports it. Writes files.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Log } from '../log.ts'
import { WorkerError } from '../worker-error.ts'

/** Files that are kept; what comes after them is refused, so that nobody can push the first ones out. */
const MAX_FILES = 64

/** Keeps misconduct files below one folder. */
export class MisconductFolder {
  readonly #folder: string
  readonly #log: Log

  constructor(folder: string, log: Log) {
    this.#folder = folder
    this.#log = log
  }

  /** Writes a text under its own digest, once. Throws WorkerError `misconduct.full`. */
  keep(text: string): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const digest = createHash('sha256').update(text).digest('hex').slice(0, 16)
    const file = join(this.#folder, `${digest}.json`)
    if (existsSync(file)) return
    if (readdirSync(this.#folder).length >= MAX_FILES)
      throw new WorkerError(
        'misconduct.full',
        `${this.#folder} has ${MAX_FILES} files: report them with \`wetee dsecret report\` and remove them`,
      )
    writeFileSync(`${file}.tmp`, text, { mode: 0o600 })
    renameSync(`${file}.tmp`, file)
    this.#log.warn(
      { code: 'misconduct.found', file },
      'a dsecret node has signed a wrong release: report it with `wetee dsecret report`',
    )
  }
}
