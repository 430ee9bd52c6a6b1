// The Go of this machine, as far as it compiles programs: found, bounded, and written as an image by its bytes. Reads folders.
import { accessSync, constants, readFileSync, realpathSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { filesLayer, programsLayer, writeImage, type WrittenImage } from '@wetee/image'
import { BuildError } from '../error.ts'

/** A Go that was found. */
export type GoToolchain = { readonly folder: string; readonly version: string }

/** Where the toolchain lies for a build script. */
export const goRoot = '/usr/local/go'
const tools = ['asm', 'compile', 'link']
const maxFiles = 20_000

/** The Go at `folder`; else that of PATH, else where it is installed by hand. Throws BuildError `build.engine-missing`. */
export function findGo(folder?: string): GoToolchain {
  const fromPath = (process.env['PATH'] ?? '').split(':').flatMap((path) => {
    const program = join(path, 'go')
    try {
      accessSync(program, constants.X_OK)
      return [dirname(dirname(realpathSync(program)))]
    } catch {
      return []
    }
  })
  for (const one of folder === undefined ? [...fromPath, goRoot, '/usr/lib/go'] : [folder]) {
    const version = versionAt(one)
    if (version !== undefined) return { folder: one, version }
  }
  throw new BuildError(
    'build.engine-missing',
    'there is no Go on this machine: install it (https://go.dev/dl/) to /usr/local/go, or have it in PATH',
  )
}

function versionAt(folder: string): string | undefined {
  try {
    accessSync(join(folder, 'pkg/tool/linux_amd64/compile'), constants.X_OK)
    return /^go([0-9][0-9A-Za-z.-]{0,40})/.exec(readFileSync(join(folder, 'VERSION'), 'utf8'))?.[1]
  } catch {
    return undefined
  }
}

/** Writes an image with what compiles and links programs, the standard library, and nothing else: no shell, no other tool. */
export async function writeToolchain(
  { folder }: GoToolchain,
  layout: string,
): Promise<WrittenImage> {
  const programs = Object.fromEntries([
    [`${goRoot}/bin/go`, join(folder, 'bin/go')],
    ...tools.map((name) => {
      const path = `pkg/tool/linux_amd64/${name}`
      return [`${goRoot}/${path}`, join(folder, path)]
    }),
  ]) as Record<string, string>
  const library: Record<string, { readonly source: string }> = {}
  for (const part of ['src', 'pkg/include'])
    for (const path of await libraryFiles(join(folder, part)))
      library[`${goRoot}/${part}/${path}`] = { source: join(folder, part, path) }
  for (const name of ['VERSION', 'go.env'])
    if ((await stat(join(folder, name)).catch(() => undefined)) !== undefined)
      library[`${goRoot}/${name}`] = { source: join(folder, name) }
  const layers = [await programsLayer(programs), filesLayer(library)]
  return writeImage({ layout, tag: 'go', layers, config: {} })
}

/** Systems and machines that Go knows by the ends of file names. */
const otherTargets = new Set(
  (
    'aix android darwin dragonfly freebsd hurd illumos ios js nacl netbsd openbsd plan9 solaris wasip1 windows zos ' +
    '386 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 ppc64le ' +
    'riscv riscv64 s390 s390x sparc sparc64 wasm'
  ).split(' '),
)

function isUsed(file: string): boolean {
  return !file.endsWith('_test.go') && !isForOthers(file)
}

/** As Go tells it: NAME_SYSTEM, NAME_MACHINE, NAME_SYSTEM_MACHINE. */
function isForOthers(file: string): boolean {
  const [, ...ends] = file.replace(/\..*$/, '').split('_')
  const [before = '', last = ''] = ends.length < 2 ? ['', ends[0]] : ends.slice(-2)
  return otherTargets.has(last) || (last === 'amd64' && otherTargets.has(before))
}

/** Without tests, their data, files for other machines, and the commands, which programs do not import. */
async function libraryFiles(root: string): Promise<string[]> {
  const files: string[] = []
  const folders = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop())
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) {
        if (entry.name !== 'testdata' && path !== 'cmd') folders.push(path)
      } else if (entry.isFile() && isUsed(entry.name)) files.push(path)
      if (files.length > maxFiles)
        throw new BuildError('build.engine-missing', `${root} has too many files to be Go's own`)
    }
  return files
}
