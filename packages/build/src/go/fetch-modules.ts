// Fetches what go.sum names from a module proxy into a cache, and lays it out as Go's own. Network and file I/O.
import { copyFile, chmod, mkdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readZip, type ZipLimits } from '../archive/zip.ts'
import { fetchFiles, fileAddress, maxFetchedBytes } from '../dependency/fetch-files.ts'
import { BuildError } from '../error.ts'
import { maxModBytes } from './go-mod.ts'
import type { LockedModule } from './go-sum.ts'
import { hashGoMod, hashModule } from './module-hash.ts'

/** Where modules come from where nobody says otherwise. */
export const defaultGoProxy = 'https://proxy.golang.org/'

/** Where modules are fetched from and kept. */
export type ModulePlaces = {
  /** Folder of files by their `h1:`. */
  readonly cache: string
  /** https://go.dev/ref/mod#goproxy-protocol */
  readonly proxy: string
  /** Nothing is fetched: what is missing is refused. */
  readonly offline?: boolean
  readonly signal?: AbortSignal
}

/** Of one module; Go's own bound is 500 MiB. */
const moduleLimits: ZipLimits = { maxBytes: 512 * 2 ** 20, maxFiles: 50_000 }
const maxTotalBytes = 2 ** 30

/** Fetches and checks what the cache lacks, and checks what it has. Throws BuildError `build.dependency-*`. */
export async function fetchModules(
  modules: readonly LockedModule[],
  { cache, proxy, ...more }: ModulePlaces,
): Promise<void> {
  const base = proxy.endsWith('/') ? proxy : `${proxy}/`
  const host = { base, option: '--go-proxy', ...more }
  const wanted = modules.map((one) => {
    const shown = `${one.path}@${one.version}`
    return {
      shown,
      target: modulePath(cache, one),
      url: fileAddress(shown, `${base}${proxyPath(one)}`, host),
      lock: 'go.sum',
      isWanted: (path: string) => isModule(path, one),
    }
  })
  await fetchFiles(wanted, host)
}

/** Copies modules to where Go looks for them first, below `GOMODCACHE`; Go hashes them again. Throws BuildError. */
export async function placeModules(
  modules: readonly LockedModule[],
  cache: string,
  folder: string,
): Promise<void> {
  let left = maxTotalBytes
  for (const one of modules) {
    const from = modulePath(cache, one)
    left -= (await stat(from)).size
    if (left < 0)
      throw new BuildError('build.dependency-invalid', 'all modules together are too large')
    const to = join(folder, 'cache', 'download', proxyPath(one))
    await mkdir(dirname(to), { recursive: true, mode: 0o755 })
    await copyFile(from, to)
    await chmod(to, 0o644)
  }
}

function modulePath(cache: string, { h1, kind }: LockedModule): string {
  return join(cache, `${h1}.${kind}`)
}

/** Capital letters are written with a mark: file systems may not tell them from small ones. */
function proxyPath({ path, version, kind }: LockedModule): string {
  const escape = (text: string) => text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`)
  return `${escape(path)}/@v/${escape(version)}.${kind}`
}

async function isModule(file: string, { path, version, kind, h1 }: LockedModule): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  if (found === undefined || found.size > maxFetchedBytes) return false
  const bytes = await readFile(file)
  if (kind === 'mod') return bytes.length <= maxModBytes && hashGoMod(bytes) === h1
  const shown = `${path}@${version}`
  const entries = readZip(bytes, shown, moduleLimits)
  for (const { name } of entries)
    if (!name.startsWith(`${shown}/`))
      throw new BuildError(
        'build.dependency-invalid',
        `${shown}: its archive has the path ${JSON.stringify(name.slice(0, 200))}`,
      )
  return hashModule(entries) === h1
}
