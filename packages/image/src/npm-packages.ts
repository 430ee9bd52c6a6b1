// A layer of installed npm packages, unchanged, with everything they depend on. Reads package.json files and folders.
import { readFile, readdir, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { ImageError } from './error.ts'
import type { LayerEntry, LayerSource } from './layer.ts'

const maxPackages = 1_000
const maxFiles = 100_000
const folderName = 'node_modules'

/**
 * The packages of these names as they are found from a folder upwards, below `/app/node_modules` of the image: as they were
 * published, their dependencies beside them where npm has put them. Throws ImageError `layer.package-missing`, `layer.entry`.
 */
export function npmPackagesLayer(from: string, names: readonly string[]): LayerSource {
  return { entries: () => packageEntries(from, names) }
}

async function packageEntries(from: string, names: readonly string[]): Promise<LayerEntry[]> {
  const folders = new Map<string, string>()
  const queue = names.map((name) => ({ name, from, needed: true }))
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const folder = await findPackage(next.name, next.from)
    if (folder === undefined) {
      if (next.needed) throw missing(next.name, next.from)
      continue
    }
    if (folders.has(folder)) continue
    if (folders.size >= maxPackages) throw new ImageError('layer.entry', 'too many packages')
    folders.set(folder, placeOf(folder))
    queue.push(...(await dependenciesOf(folder)))
  }
  const entries: LayerEntry[] = []
  for (const [folder, place] of folders) entries.push(...(await filesOf(folder, place)))
  if (entries.length > maxFiles) throw new ImageError('layer.entry', 'too many files')
  return entries
}

/** As Node looks for it: in `node_modules` of the folder, then of those above. */
async function findPackage(name: string, from: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = join(folder, folderName, name)
    if (await isFile(join(found, 'package.json'))) return found
    if (dirname(folder) === folder) return undefined
  }
}

type Needed = { readonly name: string; readonly from: string; readonly needed: boolean }
type PackageFile = {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

async function dependenciesOf(folder: string): Promise<Needed[]> {
  const text = await readFile(join(folder, 'package.json'), 'utf8')
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(text) as PackageFile
  return Object.keys({ ...dependencies, ...optionalDependencies }).map((name) => ({
    name,
    from: folder,
    needed: !(name in optionalDependencies),
  }))
}

/** Where it lies in the image: from the outermost `node_modules` on. */
function placeOf(folder: string): string {
  const parts = folder.split(sep)
  return `/app/${parts.slice(parts.indexOf(folderName)).join('/')}`
}

/** Its own files: nested packages are looked for like the others. */
async function filesOf(folder: string, place: string): Promise<LayerEntry[]> {
  const entries: LayerEntry[] = []
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  for (const one of found) {
    const source = join(one.parentPath, one.name)
    const inside = relative(folder, source).split(sep)
    if (inside[0] === folderName || !one.isFile()) continue
    const mode = ((await stat(source)).mode & 0o100) === 0 ? 0o644 : 0o755
    entries.push({ kind: 'file', path: `${place}/${inside.join('/')}`, mode, source })
  }
  return entries
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}

function missing(name: string, from: string): ImageError {
  return new ImageError(
    'layer.package-missing',
    `the package ${name} is not installed beside ${from}: run npm ci`,
  )
}
