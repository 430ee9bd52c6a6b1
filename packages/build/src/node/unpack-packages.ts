// Unpacks npm archives to where a lock file wants them: files alone, within bounds. Does file I/O.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, lstat, mkdir, open, symlink } from 'node:fs/promises'
import { dirname, join, posix } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { extract, type Extract } from 'tar-stream'
import { BuildError } from '../error.ts'
import { archivePath } from './fetch-packages.ts'
import type { LinkedPackage, LockedPackage, PackageLock } from './package-lock.ts'

/** Bounds of all packages together, unpacked. */
export type PackageLimits = { readonly maxBytes: number; readonly maxFiles: number }

const defaultPackageLimits: PackageLimits = { maxBytes: 2 ** 30, maxFiles: 90_000 }

/** Unpacks packages and makes links and commands below `folder`. Throws BuildError `build.dependency-*`. */
export async function unpackPackages(
  { packages, links }: PackageLock,
  folder: string,
  cache: string,
  limits: PackageLimits = defaultPackageLimits,
): Promise<void> {
  const left = { bytes: limits.maxBytes, files: limits.maxFiles }
  for (const one of packages) await unpackOne(one, folder, cache, left)
  for (const link of links) await makeLink(folder, link)
  for (const one of packages) await makeCommands(folder, one)
}

type Left = { bytes: number; files: number }

async function unpackOne(
  one: LockedPackage,
  folder: string,
  cache: string,
  left: Left,
): Promise<void> {
  // Before the archive is read: whoever comes late to its first entry misses it.
  await mkdir(join(folder, one.place), { recursive: true, mode: 0o755 })
  const hash = createHash('sha512')
  const packed = tap((chunk) => void hash.update(chunk))
  const counted = tap((chunk) => {
    left.bytes -= chunk.length
    if (left.bytes < 0) throw refused(one, 'all packages together unpack to too much')
  })
  const archive = extract()
  const stages = [
    createReadStream(archivePath(cache, one)),
    packed,
    createGunzip(),
    counted,
    archive,
  ]
  const outcomes = await Promise.allSettled([
    pipeline(stages),
    writeEntries(one, archive, join(folder, one.place), left),
  ])
  const failures = outcomes.flatMap((o) => (o.status === 'rejected' ? [o.reason as unknown] : []))
  const known = failures.find((failure) => failure instanceof BuildError)
  if (known !== undefined) throw known
  if (failures.length > 0)
    throw new BuildError('build.dependency-invalid', `${one.place} is no valid archive`, {
      cause: failures[0],
    })
  // The file may have been changed since it was fetched.
  if (hash.digest('hex') !== one.sha512)
    throw new BuildError('build.dependency-digest', `${one.place}: the cached archive was changed`)
}

async function writeEntries(
  one: LockedPackage,
  archive: Extract,
  target: string,
  left: Left,
): Promise<void> {
  const commands = new Set(Object.values(one.commands))
  for await (const entry of archive) {
    const { type, name, mode = 0 } = entry.header
    // Links and devices are left out, as npm does.
    if (type === 'file' || type === 'contiguous-file') {
      if (--left.files < 0) throw refused(one, 'all packages together have too many files')
      const path = insideOf(one, name)
      if (path !== undefined) {
        const executable = (mode & 0o100) !== 0 || commands.has(path)
        await writeEntry(join(target, path), entry as AsyncIterable<Uint8Array>, executable)
      }
    }
    entry.resume()
  }
}

/** Without the first folder, which publishers name as they like. */
function insideOf(one: LockedPackage, name: string): string | undefined {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (
    parts.includes('..') ||
    name.includes('\0') ||
    Buffer.byteLength(name) > 1024 ||
    parts.length > 64
  )
    throw refused(one, `its archive has the path ${JSON.stringify(name.slice(0, 200))}`)
  const path = parts.slice(1).join('/')
  return path === '' ? undefined : path
}

async function writeEntry(
  path: string,
  content: AsyncIterable<Uint8Array>,
  executable: boolean,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o755 })
  const file = await open(path, 'w', 0o600)
  try {
    for await (const chunk of content) await file.writeFile(chunk)
  } finally {
    await file.close()
  }
  await chmod(path, executable ? 0o755 : 0o644)
}

async function makeLink(folder: string, { place, target }: LinkedPackage): Promise<void> {
  await mkdir(dirname(join(folder, place)), { recursive: true, mode: 0o755 })
  await symlink(posix.relative(posix.dirname(place), target), join(folder, place))
}

/** `node_modules/.bin`, as npm makes it; the first of a name stays. */
async function makeCommands(folder: string, { place, commands }: LockedPackage): Promise<void> {
  const home = place.slice(0, place.lastIndexOf('node_modules/') + 'node_modules'.length)
  for (const [name, path] of Object.entries(commands)) {
    const found = await lstat(join(folder, place, path)).catch(() => undefined)
    if (found?.isFile() !== true) continue
    const bin = join(folder, home, '.bin')
    await mkdir(bin, { recursive: true, mode: 0o755 })
    const target = posix.relative(`${home}/.bin`, `${place}/${path}`)
    await symlink(target, join(bin, name)).catch(() => undefined)
  }
}

function tap(look: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      try {
        look(chunk)
        callback(null, chunk)
      } catch (error) {
        callback(error as Error)
      }
    },
  })
}

function refused(one: LockedPackage, why: string): BuildError {
  return new BuildError('build.dependency-invalid', `${one.place}: ${why}`)
}
