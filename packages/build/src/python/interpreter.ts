// The CPython that a program runs with: this machine's, as far as programs need it, or that of a base image. Reads folders.
import { constants } from 'node:fs'
import { access, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import {
  emptyRootLayer,
  filesLayer,
  openImage,
  programsLayer,
  standardLibrary,
  writeImage,
} from '@wetee/image'
import { imageMaterial, type TakenBase } from '../base.ts'
import { BuildError } from '../error.ts'
import type { Workshop } from '../recipe.ts'

/** Where the interpreter is in images. */
export const pythonPath = '/usr/local/bin/python3'

/** A base, and which CPython 3 is in it. */
export type PythonBase = TakenBase & { readonly minor: number }

/** A CPython that was found on this machine. */
export type MachinePython = {
  readonly program: string
  readonly library: string
  readonly minor: number
}

const maxFiles = 20_000
/** What no program of a server needs: tests, tools for people, other versions, what others have installed. */
const leftOut =
  /^(?:__pycache__|tests?|idlelib|tkinter|turtledemo|ensurepip|lib2to3|site-packages|dist-packages|config-.*)$/
const moduleLeftOut =
  /^(?:_tkinter|_test.*|_ctypes_test|_xx.*|xx.*|nis|ossaudiodev|_?(?:curses|gdbm|dbm).*|readline)\./
/** What wheels for any Linux may take for granted beside the C library (PEP 513). */
const cxxLibraries = ['libstdc++.so.6', 'libgcc_s.so.1']

/** The Python of this machine as a base, by its bytes. Throws BuildError `build.engine-missing`, ImageError `runtime.*`. */
export async function machinePython({ cache }: Workshop, folder?: string): Promise<PythonBase> {
  const python = await findPython(folder)
  const layout = cache.bases
  const { library, modules } = await libraryOf(python)
  const cxx: string[] = []
  for (const name of cxxLibraries) cxx.push((await standardLibrary(name, python.program)) ?? '')
  const isThere = (path: string) => path !== ''
  const layers = [
    emptyRootLayer(),
    await programsLayer({ [pythonPath]: python.program }, [...modules, ...cxx.filter(isThere)]),
    filesLayer(Object.fromEntries(cxx.filter(isThere).map((path) => [path, { source: path }]))),
    filesLayer(library),
  ]
  const { digest } = await writeImage({ layout, tag: 'python', layers, config: {} })
  return {
    image: { layout, digest },
    material: imageMaterial(`urn:wetee:base:python-3.${python.minor}`, digest),
    minor: python.minor,
  }
}

/** A base that says its version as the official images do. Throws BuildError `build.image-invalid`. */
export async function pulledPython(base: TakenBase): Promise<PythonBase> {
  const { config } = await openImage(base.image.layout, base.image.digest)
  const minor = /^3\.([0-9]{1,2})(?:\.|$)/.exec(config.environment['PYTHON_VERSION'] ?? '')?.[1]
  if (minor !== undefined) return { ...base, minor: Number(minor) }
  throw new BuildError(
    'build.image-invalid',
    'the base image does not say which Python it has: expected PYTHON_VERSION=3.N in its environment, and Python at /usr/local/bin/python3',
  )
}

/** That of a folder; else of PATH, of /usr/local, of /usr. */
export async function findPython(folder?: string): Promise<MachinePython> {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/local/bin', '/usr/bin']
  for (const place of folder === undefined ? folders : [join(folder, 'bin')]) {
    const found = await pythonAt(join(place, 'python3'))
    if (found !== undefined) return found
  }
  throw new BuildError(
    'build.engine-missing',
    'there is no CPython 3 on this machine that could become the base: install the package python3, or name a base image with --base',
  )
}

async function pythonAt(path: string): Promise<MachinePython | undefined> {
  try {
    const program = await realpath(path)
    await access(program, constants.X_OK)
    const minor = /^python3\.([0-9]{1,2})$/.exec(basename(program))?.[1]
    if (minor === undefined) return undefined
    const library = join(dirname(dirname(program)), 'lib', `python3.${minor}`)
    await access(join(library, 'os.py'))
    return { program, library, minor: Number(minor) }
  } catch {
    return undefined
  }
}

/** Files of the standard library by their path in the image, and those of them that are machine code. */
async function libraryOf({ library: root, minor }: MachinePython) {
  const library: Record<string, { readonly source: string }> = {}
  const modules: string[] = []
  const folders = ['']
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop())
    for (const { name } of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? name : `${folder}/${name}`
      const source = join(root, path)
      const found = await stat(source).catch(() => undefined)
      if (found?.isDirectory() === true && !leftOut.test(name)) folders.push(path)
      if (found?.isFile() !== true || name.endsWith('.pyc') || name === 'sitecustomize.py') continue
      const isCode = name.endsWith('.so')
      if (isCode && moduleLeftOut.test(name)) continue
      if (isCode) modules.push(source)
      library[`/usr/local/lib/python3.${minor}/${path}`] = { source }
      if (Object.keys(library).length > maxFiles) throw tooMany(root)
    }
  return { library, modules }
}

function tooMany(root: string): BuildError {
  return new BuildError(
    'build.engine-missing',
    `${root} has too many files to be Python's own library`,
  )
}
