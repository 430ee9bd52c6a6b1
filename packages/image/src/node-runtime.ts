// A layer with the running Node and the shared libraries it needs, enough for an otherwise empty
// root. Reads files.
import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { readElf, type ElfFile } from './elf.ts'
import { ImageError } from './error.ts'
import type { LayerEntry, LayerSource } from './layer.ts'

/** Where Node lies in the layer. */
export const nodePath = '/usr/local/bin/node'

const multiarch: Readonly<Record<number, string>> = {
  62: 'x86_64-linux-gnu',
  183: 'aarch64-linux-gnu',
}
const maxLibraries = 64

/**
 * Loaded by name at run time, so no header names them; without them host names are not found on
 * older glibc.
 */
const optionalLibraries = ['libnss_files.so.2', 'libnss_dns.so.2', 'libresolv.so.2']

/**
 * Node from `process.execPath` (or `program`), its loader and libraries, users and groups, and the
 * empty folders that
 * runtimes mount over. Throws ImageError `runtime.library-missing` with the library's name.
 */
export async function nodeRuntimeLayer(
  options: { readonly program?: string } = {},
): Promise<LayerSource> {
  const program = options.program ?? process.execPath
  const files = await collectLibraries(program)
  const entries: LayerEntry[] = [
    { kind: 'file', path: nodePath, mode: 0o755, source: await realpath(program) },
    ...[...files].map(([path, source]): LayerEntry => ({
      kind: 'file',
      path,
      mode: 0o755,
      source,
    })),
    ...skeleton,
  ]
  return { entries: () => Promise.resolve(entries) }
}

/**
 * Programs of this machine by their path in the image, with the loader and libraries they need, and those that files need which they load
 * when they run: for layers above none, or above a layer of the same machine's Node. Throws ImageError `runtime.*`.
 */
export async function programsLayer(
  programs: Readonly<Record<string, string>>,
  loaded: readonly string[] = [],
): Promise<LayerSource> {
  const files = new Map<string, string>()
  for (const [path, program] of Object.entries(programs)) {
    for (const [library, source] of await collectLibraries(program, loaded))
      files.set(library, source)
    files.set(path, await realpath(program))
  }
  const entries = [...files].map(([path, source]): LayerEntry => ({
    kind: 'file',
    path,
    mode: 0o755,
    source,
  }))
  return { entries: () => Promise.resolve(entries) }
}

/** The C++ library and what goes with it, which code for any Linux may take for granted; undefined where this machine has none. */
export async function standardLibrary(name: string, program: string): Promise<string | undefined> {
  const elf = await readElf(program)
  const folders = await searchFolders(elf.machine)
  return (await findLibrary(name, { path: program, elf }, folders))?.path
}

/** Libraries of a program and of what it loads: path in the image -> file here. */
async function collectLibraries(
  program: string,
  loaded: readonly string[] = [],
): Promise<Map<string, string>> {
  const elf = await readElf(program)
  const files = new Map<string, string>()
  if (elf.interpreter === undefined) return files
  const found = await statFile(elf.interpreter)
  if (!found) throw missing(elf.interpreter, program)
  files.set(elf.interpreter, await realpath(elf.interpreter))
  const folders = await searchFolders(elf.machine)
  const names = new Set([basename(elf.interpreter)])
  const queue = [{ path: program, elf }]
  for (const path of loaded) queue.push({ path, elf: await readElf(path) })
  for (let next = queue.shift(); next !== undefined; next = queue.shift())
    for (const name of next.elf.needed) {
      if (names.has(name)) continue
      names.add(name)
      const library = await findLibrary(name, next, folders)
      if (library === undefined) throw missing(name, next.path)
      if (names.size > maxLibraries) throw new ImageError('runtime.elf', 'too many libraries')
      files.set(library.path, await realpath(library.path))
      queue.push(library)
    }
  for (const name of optionalLibraries) {
    const library = names.has(name)
      ? undefined
      : await findLibrary(name, { path: program, elf }, folders)
    if (library !== undefined) files.set(library.path, await realpath(library.path))
  }
  return placed(files, folders)
}

type Found = { readonly path: string; readonly elf: ElfFile }
type Folders = { readonly standard: readonly string[]; readonly configured: readonly string[] }

async function findLibrary(name: string, by: Found, folders: Folders): Promise<Found | undefined> {
  if (name.includes('/')) throw new ImageError('runtime.elf', `${by.path} needs ${name} by path`)
  const origin = dirname(await realpath(by.path))
  const own = by.elf.runPath.map((folder) => folder.replaceAll(/\$(?:ORIGIN|\{ORIGIN\})/g, origin))
  for (const folder of [...own, ...folders.standard, ...folders.configured]) {
    const path = join(folder, name)
    if (!(await statFile(path))) continue
    const elf = await readElf(path).catch(() => undefined)
    if (elf?.machine === by.elf.machine) return { path, elf }
  }
  return undefined
}

/** The loader's built-in folders, then those of /etc/ld.so.conf. */
async function searchFolders(machine: number): Promise<Folders> {
  const triplet = multiarch[machine]
  const standard = [
    ...(triplet === undefined ? [] : [`/lib/${triplet}`, `/usr/lib/${triplet}`]),
    ...['/lib64', '/usr/lib64', '/lib', '/usr/lib'],
  ]
  const includes = await readdir('/etc/ld.so.conf.d').catch(() => [])
  const configured: string[] = []
  for (const file of ['/etc/ld.so.conf', ...includes.sort().map((f) => `/etc/ld.so.conf.d/${f}`)]) {
    const text = await readFile(file, 'utf8').catch(() => '')
    configured.push(...text.split('\n').filter((line) => line.startsWith('/')))
  }
  return { standard, configured: configured.map((line) => line.trim()).slice(0, 64) }
}

/**
 * Libraries from elsewhere move beside the C library: the loader in the image looks only in its
 * built-in folders.
 */
function placed(files: ReadonlyMap<string, string>, folders: Folders): Map<string, string> {
  const paths = [...files.keys()]
  const libc = paths.find((path) => /^libc\.(?:so\.6|musl-.*)$/.test(basename(path)))
  const home = dirname(libc ?? paths[0] ?? '/lib/x')
  const [loader] = paths
  return new Map(
    [...files].map(([path, source]) => {
      const stays = path === loader || folders.standard.includes(dirname(path))
      return [stays ? path : join(home, basename(path)), source]
    }),
  )
}

async function statFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}

function missing(name: string, by: string): ImageError {
  return new ImageError(
    'runtime.library-missing',
    `${by} needs ${name}, which is not on this machine: install the package that has it`,
  )
}

function text(path: string, content: string): LayerEntry {
  return { kind: 'file', path, mode: 0o644, content: new TextEncoder().encode(content) }
}

function folder(path: string, mode: number): LayerEntry {
  return { kind: 'directory', path, mode }
}

/** A layer of what an empty root lacks for any program: users and groups, host names, and the empty folders that runtimes mount over. */
export function emptyRootLayer(): LayerSource {
  return { entries: () => Promise.resolve(skeleton) }
}

const skeleton: readonly LayerEntry[] = [
  text('/etc/passwd', 'root:x:0:0:root:/:/\nnobody:x:65534:65534:nobody:/:/\n'),
  text('/etc/group', 'root:x:0:\nnogroup:x:65534:\n'),
  text('/etc/hosts', '127.0.0.1 localhost\n'),
  text('/etc/hostname', 'localhost\n'),
  text('/etc/resolv.conf', ''),
  text('/etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n'),
  folder('/tmp', 0o1777),
  folder('/run', 0o755),
  folder('/run/wetee', 0o755),
  folder('/run/tee', 0o755),
  folder('/proc', 0o555),
  folder('/dev', 0o755),
  folder('/sys', 0o555),
  folder('/images', 0o755),
  folder('/app', 0o755),
]
