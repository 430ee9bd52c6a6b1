// One report from configfs-tsm: a folder of its own, written, read, checked for races, removed. Does file I/O.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { TeeError } from '../error.ts'
import type { DeviceFiles } from '../files.ts'
import { bytesEqual } from '../hex.ts'
import { checkAborted } from '../request-queue.ts'
import { systemCode, teeErrorOf } from '../system-error.ts'
import { MAX_CERTIFICATE_BYTES } from './certificate-table.ts'

/** What to ask for. */
export type ReportRequest = {
  /** 64 bytes. */
  readonly reportData: Uint8Array
  /** `floor`: the lowest level that the kernel allows; `none`: a platform without levels. */
  readonly privilegeLevel: number | 'floor' | 'none'
  /** Whether to read `auxblob` too. */
  readonly auxiliary: boolean
  /** The driver that must have answered. */
  readonly provider: string
  /** The report data in a blob; throws TeeError for a format that is not known. */
  readonly reportDataIn: (outblob: Uint8Array) => Uint8Array
}

/** What the kernel answered. */
export type KernelReport = { readonly outblob: Uint8Array; readonly auxblob: Uint8Array }

/** Folders of this program begin with this. */
const PREFIX = 'wetee-'
/** A report or quote, bytes; the known formats stay below 8 KiB. */
const MAX_REPORT_BYTES = 32_768
const MAX_TEXT_BYTES = 128
const MAX_PRIVILEGE_LEVEL = 3
/** Tries, each in a new folder, when somebody else writes to ours. */
const MAX_TRIES = 4
const MAX_REMOVALS = 3
const REMOVAL_PAUSE_MS = 20
const MAX_FOLDERS = 1_024

/** The folder `/sys/kernel/config/tsm/report`. */
export class ReportFolders {
  readonly #root: string
  readonly #files: DeviceFiles
  /** Folders that would not go away; tried again before the next request. */
  #left: string[] = []

  constructor(root: string, files: DeviceFiles) {
    this.#root = root
    this.#files = files
  }

  /**
   * Removes what an earlier run of this program has left behind. A live process whose folder goes this way notices and
   * asks again. Throws TeeError when the root cannot be read.
   */
  async clean(): Promise<void> {
    const names = await this.#files.readdir(this.#root, MAX_FOLDERS).catch((error: unknown) => {
      throw teeErrorOf(error, this.#root)
    })
    for (const name of names)
      if (name.startsWith(PREFIX)) await this.#remove(join(this.#root, name))
  }

  /** Name of the driver, for example `tdx_guest`. Throws TeeError. */
  provider(signal?: AbortSignal): Promise<string> {
    return this.#inFolder((folder) => this.#text(folder, 'provider'), signal)
  }

  /**
   * Gets one report. Throws TeeError; `tee.raced` when every try was disturbed by another writer, `tee.provider-differs`,
   * `request.invalid` for a privilege level that the kernel does not allow.
   */
  async request(request: ReportRequest, signal?: AbortSignal): Promise<KernelReport> {
    await this.#removeLeft()
    for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
      try {
        const answer = await this.#inFolder(
          (folder) => this.#exchange(folder, request, signal),
          signal,
        )
        if (answer !== undefined) return answer
      } catch (error) {
        // Gone or changed under our feet is the same race, seen earlier; what stays so is no race.
        if (!isDisturbance(error) || attempt === MAX_TRIES) throw error
      }
    }
    throw new TeeError(
      'tee.raced',
      `${this.#root}: in ${MAX_TRIES} tries another program wrote to our report each time; find out which one`,
    )
  }

  /** One try; `undefined` when somebody else wrote to the folder. */
  async #exchange(
    folder: string,
    request: ReportRequest,
    signal: AbortSignal | undefined,
  ): Promise<KernelReport | undefined> {
    const before = await this.#generation(folder)
    const options = await this.#setOptions(folder, request.privilegeLevel)
    checkAborted(signal)
    await this.#write(folder, 'inblob', request.reportData)
    const outblob = await this.#read(folder, 'outblob', MAX_REPORT_BYTES)
    checkAborted(signal)
    const auxblob = request.auxiliary
      ? await this.#read(folder, 'auxblob', MAX_CERTIFICATE_BYTES)
      : new Uint8Array()
    const provider = await this.#text(folder, 'provider')
    if (provider !== request.provider)
      throw new TeeError(
        'tee.provider-differs',
        `${folder}: expected ${request.provider}, "${provider}" answered`,
      )
    // Every write counts, ours and those of others; a write that the kernel dropped at close does not.
    const after = await this.#generation(folder)
    if (after !== before + options + 1n) return undefined
    return bytesEqual(request.reportDataIn(outblob), request.reportData)
      ? { outblob, auxblob }
      : undefined
  }

  /** Returns how many options were written. */
  async #setOptions(folder: string, level: ReportRequest['privilegeLevel']): Promise<bigint> {
    if (level === 'none') return 0n
    const text = await this.#text(folder, 'privlevel_floor')
    if (!/^[0-3]$/.test(text))
      throw new TeeError('tee.answer-invalid', `${folder}/privlevel_floor: expected 0 to 3`)
    const floor = Number(text)
    const wanted = level === 'floor' ? floor : level
    if (!Number.isInteger(wanted) || wanted < floor || wanted > MAX_PRIVILEGE_LEVEL)
      throw new TeeError(
        'request.invalid',
        `privilege level ${wanted}: this guest allows ${floor} to ${MAX_PRIVILEGE_LEVEL}`,
      )
    await this.#write(folder, 'privlevel', Buffer.from(`${wanted}\n`))
    return 1n
  }

  async #inFolder<T>(
    use: (folder: string) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    checkAborted(signal)
    const folder = join(this.#root, `${PREFIX}${randomBytes(12).toString('hex')}`)
    await this.#files.mkdir(folder).catch((error: unknown) => {
      throw teeErrorOf(error, this.#root)
    })
    try {
      return await use(folder)
    } finally {
      await this.#remove(folder)
    }
  }

  async #remove(folder: string): Promise<void> {
    for (let attempt = 1; attempt <= MAX_REMOVALS; attempt++) {
      try {
        await this.#files.rmdir(folder)
        return
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return
        if (attempt < MAX_REMOVALS) await sleep(REMOVAL_PAUSE_MS)
      }
    }
    if (this.#left.length < MAX_FOLDERS) this.#left.push(folder)
  }

  async #removeLeft(): Promise<void> {
    for (const folder of this.#left.splice(0)) await this.#remove(folder)
  }

  async #generation(folder: string): Promise<bigint> {
    const text = await this.#text(folder, 'generation')
    if (!/^[0-9]{1,20}$/.test(text))
      throw new TeeError('tee.answer-invalid', `${folder}/generation: expected a number`)
    return BigInt(text)
  }

  async #text(folder: string, name: string): Promise<string> {
    const bytes = await this.#read(folder, name, MAX_TEXT_BYTES)
    return Buffer.from(bytes).toString('latin1').trimEnd()
  }

  async #read(folder: string, name: string, maxBytes: number): Promise<Uint8Array> {
    const path = join(folder, name)
    const bytes = await this.#files.readFile(path, maxBytes).catch((error: unknown) => {
      throw teeErrorOf(error, path)
    })
    // Files of a simulation are held to the bound as well.
    if (bytes.length > maxBytes)
      throw new TeeError('tee.answer-too-large', `${path}: more than ${maxBytes} bytes`)
    return bytes
  }

  async #write(folder: string, name: string, bytes: Uint8Array): Promise<void> {
    const path = join(folder, name)
    await this.#files.writeFile(path, bytes).catch((error: unknown) => {
      throw teeErrorOf(error, path)
    })
  }
}

function isDisturbance(error: unknown): boolean {
  const code = error instanceof TeeError ? systemCode(error.cause) : undefined
  return code === 'ENOENT' || code === 'EAGAIN'
}
