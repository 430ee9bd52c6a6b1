// Unpacks wheels into one folder: files alone, within bounds; nothing of them runs. Does file I/O.
// https://packaging.python.org/en/latest/specifications/binary-distribution-format/
import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readZip, type ZipEntry } from '../archive/zip.ts'
import { BuildError } from '../error.ts'
import { wheelPath, type ChosenWheel } from './choose-wheels.ts'
import { normalizedName } from './requirements.ts'

/** Bounds of all wheels together, unpacked. */
export type WheelLimits = { readonly maxBytes: number; readonly maxFiles: number }

const defaultWheelLimits: WheelLimits = { maxBytes: 2 ** 30, maxFiles: 60_000 }

/** Unpacks wheels from the cache below `folder`, each hashed again. Throws BuildError `build.dependency-*`. */
export async function unpackWheels(
  wheels: readonly ChosenWheel[],
  folder: string,
  cache: string,
  limits: WheelLimits = defaultWheelLimits,
): Promise<void> {
  const left = { ...limits }
  await mkdir(folder, { recursive: true, mode: 0o755 })
  for (const wheel of wheels) {
    const bytes = await readFile(wheelPath(cache, wheel))
    if (createHash('sha256').update(bytes).digest('hex') !== wheel.sha256)
      throw new BuildError('build.dependency-digest', `${wheel.file}: the cached one was changed`)
    const entries = readZip(bytes, wheel.file, left).filter(({ name }) => !name.endsWith('/'))
    left.maxFiles -= entries.length
    left.maxBytes -= entries.reduce((sum, { size }) => sum + size, 0)
    requireOwn(wheel, entries)
    for (const entry of entries) await place(wheel, entry, folder)
  }
}

/** The archive says itself which package it is: an index names files as it likes. */
function requireOwn(wheel: ChosenWheel, entries: readonly ZipEntry[]): void {
  const [info, ...others] = entries.flatMap(
    ({ name }) => /^([^/]{1,200})\.dist-info\/WHEEL$/.exec(name)?.[1] ?? [],
  )
  const [name = '', version = ''] = info?.split('-') ?? []
  if (others.length === 0 && normalizedName(name) === wheel.name && sameVersion(version, wheel))
    return
  throw refused(wheel, `it is no wheel of ${wheel.name} ${wheel.version}`)
}

/** Wheels write versions with `_` for `-`, and may leave out zeros or write other cases. */
function sameVersion(written: string, { version }: ChosenWheel): boolean {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/[-_]/g, '.')
      .replace(/^v/, '')
      .replace(/(?:\.0)+(?=$|\+)/, '')
  return plain(written) === plain(version)
}

async function place(wheel: ChosenWheel, entry: ZipEntry, folder: string): Promise<void> {
  const inside = placeOf(entry.name)
  if (inside === undefined) return
  const path = join(folder, inside)
  const content = entry.read()
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o755 })
    await writeFile(path, content, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    const before = await readFile(path).catch(() => undefined)
    if (before?.equals(content) === true) return
    throw refused(wheel, `another package has ${JSON.stringify(inside.slice(0, 200))} too`, cause)
  }
  await chmod(path, entry.executable ? 0o755 : 0o644)
}

/** Below the folder of packages; undefined for commands, headers and data, which belong to an installation. */
function placeOf(name: string): string | undefined {
  const [, kind, rest] = /^[^/]+\.data\/([^/]+)\/(.+)$/.exec(name) ?? []
  if (kind === undefined) return name
  return kind === 'purelib' || kind === 'platlib' ? rest : undefined
}

function refused({ file }: ChosenWheel, why: string, cause?: unknown): BuildError {
  return new BuildError('build.dependency-invalid', `${file}: ${why}`, { cause })
}
