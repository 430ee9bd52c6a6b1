// A bounded store of endorsements: an index in memory, content-addressed files on disk. Reads and
// writes files.
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import { EndorsementError } from '../error.ts'
import {
  entryName,
  parseEntry,
  parseFields,
  serializeEntry,
  serializeFields,
  sha256,
  type CacheEntry,
  type EndorsementKind,
  type Fields,
} from './entry.ts'
import {
  listNames,
  makePrivateDirectory,
  readBounded,
  removeFile,
  writeWhole,
  writtenAtMs,
} from './files.ts'

/** Where endorsements are kept, and how much. */
export type CacheOptions = {
  /** Kept in memory only when absent. */
  readonly directory?: string
  /** Of all fields together, bytes. */
  readonly maxBytes: number
  /** Number of endorsements. */
  readonly maxEntries: number
}

/** A kept endorsement. */
export type Kept = { readonly entry: CacheEntry; readonly fields: Fields }

/** Largest fields of one endorsement, bytes. */
const MAX_OBJECT_BYTES = 524_288
const MAX_ENTRY_BYTES = 4_096
/** Files without an entry may be of another process that is just writing: left alone this long. */
const ORPHAN_MS = 3_600_000
const MAX_NAMES = 100_000

/** Endorsements by kind and key. Writes go one after the other. */
export class EndorsementCache {
  readonly #options: CacheOptions
  readonly #clock: Clock
  readonly #entries = new Map<string, CacheEntry>()
  readonly #usedAtMs = new Map<string, number>()
  /** Texts by digest, where there is no directory. */
  readonly #memory = new Map<string, string>()
  #writing: Promise<void> = Promise.resolve()

  private constructor(options: CacheOptions, clock: Clock) {
    this.#options = options
    this.#clock = clock
  }

  /** Opens the directory and reads its index. Throws EndorsementError `cache.failed`. */
  static async open(options: CacheOptions, clock: Clock): Promise<EndorsementCache> {
    const cache = new EndorsementCache(options, clock)
    try {
      await cache.#load()
    } catch (cause) {
      throw new EndorsementError('cache.failed', 'cache: cannot open the directory', { cause })
    }
    return cache
  }

  /** What is known of every kept endorsement. */
  entries(): readonly CacheEntry[] {
    return [...this.#entries.values()]
  }

  /**
   * A kept endorsement, also one that another process put there since; undefined when there is
   * none, or its files are damaged.
   */
  async get(kind: EndorsementKind, key: string): Promise<Kept | undefined> {
    const name = entryName(kind, key)
    const known = this.#entries.get(name)
    const kept = known && (await this.#read(known))
    if (kept !== undefined) {
      this.#usedAtMs.set(name, this.#clock.nowMs())
      return kept
    }
    const onDisk = await this.#readEntry(name)
    const other = onDisk && onDisk.digest !== known?.digest ? await this.#read(onDisk) : undefined
    await this.#serially(async () => {
      // What was put in the meantime stays.
      if (this.#entries.get(name) !== known) return
      if (other !== undefined) this.#entries.set(name, other.entry)
      else if (known !== undefined) await this.#remove(name)
    })
    return other
  }

  /**
   * Keeps an endorsement instead of the one of the same kind and key, and evicts others if it has
   * to. Throws EndorsementError `cache.failed`; what was kept before is kept then.
   */
  async put(given: Omit<CacheEntry, 'digest' | 'bytes'>, fields: Fields): Promise<void> {
    const text = serializeFields(fields)
    const bytes = Buffer.byteLength(text)
    if (bytes > Math.min(MAX_OBJECT_BYTES, this.#options.maxBytes))
      throw new EndorsementError('cache.failed', `cache: ${bytes} bytes are too many to keep`)
    const entry: CacheEntry = { ...given, digest: sha256(text), bytes }
    const name = entryName(entry.kind, entry.key)
    try {
      await this.#serially(async () => {
        await this.#writeObject(entry.digest, text)
        await this.#writeEntry(name, entry)
        const before = this.#entries.get(name)
        this.#entries.set(name, entry)
        this.#usedAtMs.set(name, this.#clock.nowMs())
        if (before !== undefined) await this.#dropObject(before.digest)
        await this.#evict(name)
      })
    } catch (cause) {
      throw new EndorsementError('cache.failed', 'cache: cannot write', { cause })
    }
  }

  /** Forgets an endorsement. */
  async delete(kind: EndorsementKind, key: string): Promise<void> {
    await this.#serially(() => this.#remove(entryName(kind, key)))
  }

  /** Waits for writes under way. */
  async close(): Promise<void> {
    await this.#serially(() => Promise.resolve())
  }

  async #serially(work: () => Promise<void>): Promise<void> {
    const mine = this.#writing.then(work)
    this.#writing = mine.catch(() => undefined)
    await mine
  }

  /** Expired ones go first, then those not used for longest; never the one just written. */
  async #evict(kept: string): Promise<void> {
    const { maxBytes, maxEntries } = this.#options
    const nowMs = this.#clock.nowMs()
    const total = () => [...this.#entries.values()].reduce((sum, { bytes }) => sum + bytes, 0)
    const order = [...this.#entries]
      .filter(([name]) => name !== kept)
      .map(([name, entry]) => ({
        name,
        expired: entry.nextUpdateMs < nowMs ? 0 : 1,
        usedAtMs: this.#usedAtMs.get(name) ?? entry.fetchedAtMs,
      }))
      .sort((a, b) => a.expired - b.expired || a.usedAtMs - b.usedAtMs)
    for (const { name } of order) {
      if (this.#entries.size <= maxEntries && total() <= maxBytes) return
      await this.#remove(name)
    }
  }

  async #remove(name: string): Promise<void> {
    const entry = this.#entries.get(name)
    this.#entries.delete(name)
    this.#usedAtMs.delete(name)
    const folder = this.#folder('entries')
    if (folder !== undefined) await removeFile(folder, name)
    if (entry !== undefined) await this.#dropObject(entry.digest)
  }

  async #dropObject(digest: string): Promise<void> {
    if ([...this.#entries.values()].some((entry) => entry.digest === digest)) return
    this.#memory.delete(digest)
    const folder = this.#folder('objects')
    if (folder !== undefined) await removeFile(folder, digest)
  }

  async #writeObject(digest: string, text: string): Promise<void> {
    const folder = this.#folder('objects')
    if (folder === undefined) this.#memory.set(digest, text)
    else await writeWhole(folder, digest, text)
  }

  async #writeEntry(name: string, entry: CacheEntry): Promise<void> {
    const folder = this.#folder('entries')
    if (folder !== undefined) await writeWhole(folder, name, serializeEntry(entry))
  }

  async #read(entry: CacheEntry): Promise<Kept | undefined> {
    const folder = this.#folder('objects')
    const text =
      folder === undefined
        ? this.#memory.get(entry.digest)
        : await readBounded(join(folder, entry.digest), MAX_OBJECT_BYTES)
    const intact = text !== undefined && sha256(text) === entry.digest
    const fields = intact ? parseFields(text) : undefined
    return fields && { entry, fields }
  }

  /** What a file of the index says, if it is whole and under its own name. */
  async #readEntry(name: string): Promise<CacheEntry | undefined> {
    const folder = this.#folder('entries')
    if (folder === undefined) return undefined
    const text = await readBounded(join(folder, name), MAX_ENTRY_BYTES)
    const entry = text === undefined ? undefined : parseEntry(text)
    return entry !== undefined && entryName(entry.kind, entry.key) === name ? entry : undefined
  }

  #folder(name: 'entries' | 'objects'): string | undefined {
    const { directory } = this.#options
    return directory === undefined ? undefined : join(directory, name)
  }

  async #load(): Promise<void> {
    const entries = this.#folder('entries')
    const objects = this.#folder('objects')
    if (entries === undefined || objects === undefined) return
    await makePrivateDirectory(entries)
    await makePrivateDirectory(objects)
    for (const name of await listNames(entries, MAX_NAMES)) {
      if (!/^[0-9a-f]{64}$/.test(name)) {
        await this.#removeOrphan(entries, name)
        continue
      }
      const entry = await this.#readEntry(name)
      const fits = this.#entries.size < this.#options.maxEntries
      if (entry !== undefined && fits) this.#entries.set(name, entry)
      else await removeFile(entries, name)
    }
    const known = new Set([...this.#entries.values()].map(({ digest }) => digest))
    for (const name of await listNames(objects, MAX_NAMES))
      if (!known.has(name)) await this.#removeOrphan(objects, name)
    await this.#evict('')
  }

  async #removeOrphan(folder: string, name: string): Promise<void> {
    const atMs = await writtenAtMs(folder, name)
    if (atMs !== undefined && this.#clock.nowMs() - atMs > ORPHAN_MS) await removeFile(folder, name)
  }
}
