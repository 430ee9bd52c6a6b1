// Fetches the archives that a lock file names into a cache, by digest. Network and file I/O; no program of a package runs.
import { join } from 'node:path'
import { fetchFiles, fileAddress, hashFile } from '../dependency/fetch-files.ts'
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

/** Where the archive of a package lies in the cache. */
export function archivePath(cache: string, { sha512 }: Pick<LockedPackage, 'sha512'>): string {
  return join(cache, sha512)
}

/** Fetches what the cache lacks; what it has is hashed again. Throws BuildError `build.dependency-*`. */
export async function fetchPackages(
  packages: readonly LockedPackage[],
  { cache, registry, ...more }: PackagePlaces,
): Promise<void> {
  const base = registry.endsWith('/') ? registry : `${registry}/`
  const host = { base, option: '--npm-registry', ...more }
  const wanted = packages.map(({ place, url, sha512 }) => ({
    shown: place,
    target: archivePath(cache, { sha512 }),
    url: fileAddress(
      place,
      url.startsWith(defaultRegistry) ? `${base}${url.slice(defaultRegistry.length)}` : url,
      host,
    ),
    lock: 'package-lock.json',
    isWanted: async (path: string) => (await hashFile(path, 'sha512')) === sha512,
  }))
  await fetchFiles(wanted, host)
}
