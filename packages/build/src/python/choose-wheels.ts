// Which archive of a locked package is taken: a wheel that the lock file names by its digest, by what an index says of it. Network, file I/O.
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fetchFiles, fetchText, fileAddress, hashFile } from '../dependency/fetch-files.ts'
import { BuildError } from '../error.ts'
import type { LockedDistribution } from './requirements.ts'
import { parseWheelName, wheelFit } from './wheel-name.ts'

/** Where wheels come from where nobody says otherwise. */
export const defaultPythonIndex = 'https://pypi.org/simple/'

/** Where wheels are fetched from and kept. */
export type WheelPlaces = {
  /** Folder of wheels by SHA-256, and of what was chosen. */
  readonly cache: string
  /** https://packaging.python.org/en/latest/specifications/simple-repository-api/, JSON. */
  readonly index: string
  /** Nothing is fetched: what is missing is refused. */
  readonly offline?: boolean
  readonly signal?: AbortSignal
}

/** One wheel of a locked package. */
export type ChosenWheel = {
  readonly name: string
  readonly version: string
  readonly file: string
  readonly url: string
  readonly sha256: string
}

const maxIndexBytes = 64 * 2 ** 20
const accept = 'application/vnd.pypi.simple.v1+json'
const atOnce = 8

/**
 * The wheel of each package that fits CPython 3.`minor` best, of those that the lock file names; chosen once, and then kept in the cache, as
 * any of them may be taken. Throws BuildError `build.dependency-*`.
 */
export async function chooseWheels(
  locked: readonly LockedDistribution[],
  minor: number,
  places: WheelPlaces,
): Promise<ChosenWheel[]> {
  const waiting = [...locked]
  const chosen: ChosenWheel[] = []
  const lane = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      chosen.push(
        await choose(next, minor, places).catch((error: unknown) => {
          waiting.length = 0
          throw error
        }),
      )
  }
  const lanes = await Promise.allSettled(Array.from({ length: atOnce }, lane))
  for (const one of lanes) if (one.status === 'rejected') throw one.reason
  return chosen.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Fetches what the cache lacks; what it has is hashed again. Throws BuildError `build.dependency-*`. */
export async function fetchWheels(
  wheels: readonly ChosenWheel[],
  { cache, index, ...more }: WheelPlaces,
): Promise<void> {
  const host = { base: index, option: '--python-index', ...more }
  await fetchFiles(
    wheels.map(({ file, url, sha256 }) => ({
      shown: file,
      target: wheelPath(cache, { sha256 }),
      url: fileAddress(file, url, host),
      lock: 'requirements.txt',
      isWanted: async (path: string) => (await hashFile(path, 'sha256')) === sha256,
    })),
    host,
  )
}

/** Where a wheel lies in the cache. */
export function wheelPath(cache: string, { sha256 }: Pick<ChosenWheel, 'sha256'>): string {
  return join(cache, `${sha256}.whl`)
}

async function choose(
  locked: LockedDistribution,
  minor: number,
  places: WheelPlaces,
): Promise<ChosenWheel> {
  const key = createHash('sha256')
    .update(JSON.stringify([locked, minor]))
    .digest('hex')
  const note = join(places.cache, 'chosen', `${key}.json`)
  const known = await readFile(note, 'utf8').catch(() => '')
  const before = bestOf([jsonOf(known)], locked, minor)
  if (before !== undefined) return before
  const { name, version } = locked
  if (places.offline === true)
    throw new BuildError('build.material-missing', `${name}: no wheel of it was given`)
  const base = places.index.endsWith('/') ? places.index : `${places.index}/`
  const host = {
    base,
    option: '--python-index',
    ...(places.signal ? { signal: places.signal } : {}),
  }
  const page = fileAddress(name, `${base}${name}/`, host)
  const text = await fetchText(name, page, host, { maxBytes: maxIndexBytes, accept })
  const found = bestOf(readIndexPage(text, page), locked, minor)
  if (found === undefined)
    throw new BuildError(
      'build.dependency-invalid',
      `${name}==${version}: none of the archives with a hash of requirements.txt is a wheel for CPython 3.${minor} on Linux x86-64 (manylinux up to 2.28): what has to be compiled is not taken, as that would run its code; choose a version with wheels, and lock with --generate-hashes`,
    )
  await mkdir(join(places.cache, 'chosen'), { recursive: true, mode: 0o700 })
  await writeFile(`${note}.${process.pid}.tmp`, JSON.stringify(found))
  await rename(`${note}.${process.pid}.tmp`, note)
  return found
}

/** A file as an index lists it. */
type Listed = { readonly file: string; readonly url: string; readonly sha256: string }

/** Files of a page that name one with its digest; addresses are made whole. Throws BuildError `build.dependency-invalid`. */
export function readIndexPage(text: string, page: URL): Listed[] {
  const { files } = objectOf(jsonOf(text))
  if (!Array.isArray(files))
    throw new BuildError(
      'build.dependency-invalid',
      `${page.href} is no list of files in JSON: name an index that has the simple API (--python-index)`,
    )
  return files.flatMap((one: unknown) => {
    const { filename, url, hashes } = objectOf(one)
    const { sha256 } = objectOf(hashes)
    const isListed =
      typeof filename === 'string' && typeof url === 'string' && typeof sha256 === 'string'
    if (!isListed || !URL.canParse(url, page)) return []
    return [{ file: filename, url: new URL(url, page).href, sha256 }]
  })
}

/** Of those that the lock file allows; of two that fit alike the first by name. */
function bestOf(
  listed: readonly unknown[],
  locked: LockedDistribution,
  minor: number,
): ChosenWheel | undefined {
  let best: { readonly wheel: ChosenWheel; readonly fit: number } | undefined
  for (const one of listed) {
    const { file, url, sha256 } = objectOf(one)
    if (typeof file !== 'string' || typeof url !== 'string' || typeof sha256 !== 'string') continue
    if (!locked.sha256.includes(sha256)) continue
    const parsed = parseWheelName(file)
    if (parsed?.name !== locked.name) continue
    const fit = wheelFit(parsed, minor)
    if (fit === undefined) continue
    const isBetter =
      best === undefined || fit > best.fit || (fit === best.fit && file < best.wheel.file)
    const { name, version } = locked
    if (isBetter) best = { fit, wheel: { name, version, file, url, sha256 } }
  }
  return best?.wheel
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
