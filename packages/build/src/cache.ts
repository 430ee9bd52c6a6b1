// What earlier builds have left: results by all that went into them, each in a folder of its own. Does file I/O.
import { createHash, randomUUID } from 'node:crypto'
import {
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { verifyLayout, type Digest, type WrittenImage } from '@wetee/image'
import { BuildError } from './error.ts'

const maxResults = 8

/** A folder that only this user writes. */
export class BuildCache {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  /** Throws BuildError `build.cache-unsafe` where others could put their results. */
  static async open(folder: string): Promise<BuildCache> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const found = await lstat(folder)
    const own = process.getuid === undefined || found.uid === process.getuid()
    if (!found.isDirectory() || !own || (found.mode & 0o022) !== 0)
      throw new BuildError(
        'build.cache-unsafe',
        `${folder} can be written by others: chmod 700, or name another folder with --cache`,
      )
    const cache = new BuildCache(folder)
    await mkdir(cache.#results, { recursive: true, mode: 0o700 })
    return cache
  }

  /** Archives of packages, by their digests. */
  get packages(): string {
    return join(this.#folder, 'npm')
  }

  /** Go modules, by their hashes. */
  get modules(): string {
    return join(this.#folder, 'go')
  }

  /** Wheels, by their digests, and which of a package was chosen. */
  get wheels(): string {
    return join(this.#folder, 'pypi')
  }

  /** Base images, by their digests. */
  get bases(): string {
    return join(this.#folder, 'base')
  }

  get #results(): string {
    return join(this.#folder, 'results')
  }

  /** A layout to write a result into. */
  async begin(): Promise<string> {
    const layout = join(this.#results, `${randomUUID()}.tmp`)
    await mkdir(layout)
    return layout
  }

  /** Where the result of this key lies, every byte of it hashed; undefined when there is none. */
  async find(key: string): Promise<(WrittenImage & { readonly layout: string }) | undefined> {
    const layout = join(this.#results, key)
    try {
      const digest = (await readFile(join(layout, 'digest'), 'utf8')) as Digest
      const { manifest, sizeBytes } = await verifyLayout(layout, digest)
      const now = new Date()
      await utimes(layout, now, now)
      return { layout, digest, configDigest: manifest.config.digest, size: sizeBytes }
    } catch {
      await rm(layout, { recursive: true, force: true })
      return undefined
    }
  }

  /** Keeps what `begin` began; the oldest results go. */
  async keep(key: string, layout: string, { digest }: WrittenImage): Promise<string> {
    const target = join(this.#results, key)
    await writeFile(join(layout, 'digest'), digest)
    await rm(target, { recursive: true, force: true })
    await rename(layout, target)
    const entries = await Promise.all(
      (await readdir(this.#results)).map(async (name) => {
        const path = join(this.#results, name)
        const found = await stat(path).catch(() => undefined)
        return { path, name, timeMs: found?.mtimeMs ?? 0 }
      }),
    )
    const old = entries
      .filter(({ name }) => /^[0-9a-f]{64}$/.test(name))
      .sort((a, b) => b.timeMs - a.timeMs)
    // What was begun and never kept, by a builder that was killed.
    const left = entries.filter(
      ({ name, timeMs }) => name.endsWith('.tmp') && timeMs < Date.now() - dayMs,
    )
    for (const { path } of [...old.slice(maxResults), ...left])
      await rm(path, { recursive: true, force: true })
    return target
  }
}

/** Opens the cache in a folder, for whoever puts files there itself. Throws BuildError `build.cache-unsafe`. */
export function openBuildCache(folder: string): Promise<BuildCache> {
  return BuildCache.open(folder)
}

const dayMs = 86_400_000

/** Names a result by everything that decides it. */
export function cacheKey(parts: Readonly<Record<string, unknown>>): string {
  const sorted = Object.entries(parts).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex')
}
