// Fetches the archives that a lock file names into a cache, by digest. Network and file I/O; no program of a package runs.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { BuildError } from '../error.ts'
import type { LockedPackage } from './package-lock.ts'

/** Where packages are fetched from and kept. */
export type PackagePlaces = {
  /** Folder of archives by SHA-512. */
  readonly cache: string
  /** Stands for https://registry.npmjs.org/ in lock files, as npm does it. */
  readonly registry: string
  /** Nothing is fetched: what is missing is refused. */
  readonly offline?: boolean
  readonly signal?: AbortSignal
  readonly onProgress?: (done: number, total: number) => void
}

/** Where npm packages come from where nobody says otherwise. */
export const defaultRegistry = 'https://registry.npmjs.org/'
const maxArchiveBytes = 256 * 2 ** 20
const atOnce = 8
const attempts = 3
const answerTimeoutMs = 60_000

/** Where the archive of a package lies in the cache. */
export function archivePath(cache: string, { sha512 }: Pick<LockedPackage, 'sha512'>): string {
  return join(cache, sha512)
}

/** Fetches what the cache lacks; what it has is hashed again. Throws BuildError `build.dependency-*`. */
export async function fetchPackages(
  packages: readonly LockedPackage[],
  places: PackagePlaces,
): Promise<void> {
  await mkdir(places.cache, { recursive: true, mode: 0o700 })
  const waiting = [...new Map(packages.map((one) => [one.sha512, one])).values()]
  const total = waiting.length
  let done = 0
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await fetchOne(next, places)
      places.onProgress?.(++done, total)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}

async function fetchOne(wanted: LockedPackage, places: PackagePlaces): Promise<void> {
  const target = archivePath(places.cache, wanted)
  if ((await hashFile(target)) === wanted.sha512) return
  if (places.offline === true)
    throw new BuildError(
      'build.material-missing',
      `${wanted.place}: the archive with the sha512 of package-lock.json was not given`,
    )
  const url = addressOf(wanted, places.registry)
  for (let attempt = 1; ; attempt++)
    try {
      await download(wanted, url, target, places.signal)
      return
    } catch (error) {
      if (places.signal?.aborted === true) throw new BuildError('build.aborted', 'stopped')
      if (!(error instanceof BuildError && error.retryable) || attempt === attempts) throw error
      await delay(
        200 * 2 ** attempt,
        undefined,
        places.signal === undefined ? {} : { signal: places.signal },
      )
    }
}

/** Plain HTTP only to this machine, where the registry is said to be. */
function addressOf({ url, place }: LockedPackage, registry: string): URL {
  const base = registry.endsWith('/') ? registry : `${registry}/`
  const asked = url.startsWith(defaultRegistry)
    ? `${base}${url.slice(defaultRegistry.length)}`
    : url
  if (!URL.canParse(asked))
    throw new BuildError('build.dependency-invalid', `${place} has no address`)
  const address = new URL(asked)
  const isLocal = /^(?:127(?:\.[0-9]{1,3}){3}|localhost|\[::1\])$/.test(address.hostname)
  const isAsked = URL.canParse(base) && new URL(base).host === address.host
  if (address.protocol === 'https:' ? !isLocal || isAsked : isLocal && isAsked) return address
  throw new BuildError(
    'build.dependency-invalid',
    `${place} would be fetched from ${address.origin}: only HTTPS, and this machine only as --npm-registry`,
  )
}

async function download(
  { sha512, place }: LockedPackage,
  url: URL,
  target: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const timeout = AbortSignal.timeout(answerTimeoutMs)
  const temporary = `${target}.${randomUUID()}.tmp`
  try {
    const response = await fetch(url, {
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      headers: { 'user-agent': 'wetee' },
    })
    if (!response.ok || response.body === null)
      throw new BuildError(
        response.status >= 500 || response.status === 429
          ? 'build.dependency-unreachable'
          : 'build.dependency-invalid',
        `${place}: ${url.href} answered ${response.status}`,
      )
    const hash = createHash('sha512')
    const file = await open(temporary, 'wx', 0o600)
    try {
      let size = 0
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        size += chunk.length
        if (size > maxArchiveBytes)
          throw new BuildError('build.dependency-invalid', `${place} is larger than allowed`)
        hash.update(chunk)
        await file.writeFile(chunk)
      }
    } finally {
      await file.close()
    }
    const actual = hash.digest('hex')
    if (actual !== sha512)
      throw new BuildError(
        'build.dependency-digest',
        `${place}: ${url.href} has not the digest of package-lock.json`,
      )
    await rename(temporary, target)
  } catch (cause) {
    if (cause instanceof BuildError) throw cause
    throw new BuildError('build.dependency-unreachable', `${place}: no answer from ${url.host}`, {
      cause,
    })
  } finally {
    await rm(temporary, { force: true })
  }
}

async function hashFile(path: string): Promise<string | undefined> {
  const hash = createHash('sha512')
  try {
    await pipeline(createReadStream(path), hash)
    return hash.digest('hex')
  } catch {
    return undefined
  }
}
