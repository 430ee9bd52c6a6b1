// package-lock.json (versions 2 and 3): which packages lie where, each with its digest. Pure.
import { BuildError } from '../error.ts'

/** A package that is fetched: its archive by digest, and the folder that it lies in. */
export type LockedPackage = {
  /** From the root of the source: `node_modules/a/node_modules/b`. */
  readonly place: string
  readonly version: string
  readonly url: string
  /** SHA-512 of the archive, hex. */
  readonly sha512: string
  /** Only needed while the program is built. */
  readonly development: boolean
  /** Wants to run a program when it is installed, which is not done. */
  readonly hasInstallScript: boolean
  /** Commands by name, as paths in the package. */
  readonly commands: Readonly<Record<string, string>>
}

/** A folder of the source that is also a package: `node_modules/<name>` is a link to it. */
export type LinkedPackage = { readonly place: string; readonly target: string }

/** What is to be installed. */
export type PackageLock = {
  readonly packages: readonly LockedPackage[]
  readonly links: readonly LinkedPackage[]
}

/** The longest lock file that is read. */
export const maxLockBytes = 32 * 2 ** 20
const maxPackages = 5_000
const namePattern = '(?:@[a-z0-9~_.-]+/)?[a-z0-9~_.-]+'
const placePattern = new RegExp(`^(?:[^\\0]+/)?node_modules/${namePattern}$`, 'i')
const kinds = ['dependencies', 'devDependencies', 'optionalDependencies'] as const

/**
 * Reads a lock file for Linux on x86-64. `manifest` is package.json: both must ask for the same. Throws BuildError
 * `build.lock-invalid`, `build.lock-differs`.
 */
export function parsePackageLock(
  text: string,
  manifest: Readonly<Record<string, unknown>>,
): PackageLock {
  const document = parseObject(text)
  if (document['lockfileVersion'] !== 2 && document['lockfileVersion'] !== 3)
    throw invalid('expected lockfileVersion 2 or 3: npm >= 7 writes it')
  const entries = Object.entries(objectOf(document['packages'], 'packages'))
  if (entries.length > maxPackages) throw invalid(`more than ${maxPackages} packages`)
  const root = objectOf(objectOf(document['packages'], 'packages')[''] ?? {}, 'the root package')
  for (const kind of kinds)
    if (!sameRecord(root[kind], manifest[kind]))
      throw new BuildError(
        'build.lock-differs',
        `package-lock.json and package.json ask for other ${kind}: run npm install and commit both`,
      )
  const packages: LockedPackage[] = []
  const links: LinkedPackage[] = []
  for (const [place, value] of entries) {
    const entry = objectOf(value, place)
    // The source itself and its workspaces, and what lies in another package's archive.
    if (!isPlace(place) || entry['inBundle'] === true) continue
    if (entry['link'] === true) links.push({ place, target: targetOf(entry, place) })
    else if (fits(entry, place)) packages.push(packageOf(entry, place))
  }
  return { packages, links }
}

function isPlace(place: string): boolean {
  if (!/(?:^|\/)node_modules(?:\/|$)/.test(place)) return false
  if (placePattern.test(place) && isInside(place)) return true
  throw invalid(`"${place.slice(0, 200)}" is no place of a package`)
}

/** A path below the root without detours. */
function isInside(path: string): boolean {
  const parts = path.split('/')
  return !path.includes('\0') && parts.every((part) => part !== '' && part !== '.' && part !== '..')
}

function targetOf(entry: Readonly<Record<string, unknown>>, place: string): string {
  const { resolved } = entry
  if (typeof resolved === 'string' && isInside(resolved) && !resolved.includes(':')) return resolved
  throw invalid(`${place} is a link out of the source`)
}

/** Optional packages of other machines are left out, as npm does. */
function fits(entry: Readonly<Record<string, unknown>>, place: string): boolean {
  const wrong =
    !allows(entry['os'], 'linux') || !allows(entry['cpu'], 'x64') || !allows(entry['libc'], 'glibc')
  if (!wrong) return true
  if (entry['optional'] === true || entry['devOptional'] === true) return false
  throw invalid(`${place} is not for linux on x64`)
}

function allows(list: unknown, value: string): boolean {
  if (!Array.isArray(list) || list.length === 0) return true
  if (list.includes(`!${value}`)) return false
  return list.includes(value) || list.every((one) => typeof one === 'string' && one.startsWith('!'))
}

function packageOf(entry: Readonly<Record<string, unknown>>, place: string): LockedPackage {
  const { resolved, integrity, version } = entry
  if (typeof resolved !== 'string' || !/^https?:\/\/[\x21-\x7e]+$/.test(resolved))
    throw invalid(`${place} comes from no registry: only archives with a digest are fetched`)
  const digest =
    typeof integrity === 'string' ? /(?:^|\s)sha512-([A-Za-z0-9+/]{86}==)/.exec(integrity) : null
  if (digest?.[1] === undefined) throw invalid(`${place} has no sha512 digest`)
  return {
    place,
    version: typeof version === 'string' ? version.slice(0, 256) : '',
    url: resolved,
    sha512: Buffer.from(digest[1], 'base64').toString('hex'),
    development: entry['dev'] === true,
    hasInstallScript: entry['hasInstallScript'] === true,
    commands: commandsOf(entry['bin'], place),
  }
}

function commandsOf(bin: unknown, place: string): Record<string, string> {
  if (bin === undefined || bin === null) return {}
  if (typeof bin === 'string') return commandsOf({ [place.split('/').at(-1) ?? '']: bin }, place)
  return Object.fromEntries(
    Object.entries(objectOf(bin, place)).map(([name, path]) => {
      const inside = typeof path === 'string' ? path.replace(/^(?:\.\/)+/, '') : ''
      if (!/^[A-Za-z0-9~_.@-]+$/.test(name) || /^\.+$/.test(name) || !isInside(inside))
        throw invalid(`${place} has the command "${name.slice(0, 80)}"`)
      return [name, inside]
    }),
  )
}

function sameRecord(one: unknown, other: unknown): boolean {
  const text = (value: unknown) =>
    JSON.stringify(
      Object.entries(objectOf(value ?? {}, 'dependencies')).sort(([a], [b]) => (a < b ? -1 : 1)),
    )
  return text(one) === text(other)
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  if (text.length > maxLockBytes) throw invalid(`larger than ${maxLockBytes} bytes`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new BuildError('build.lock-invalid', 'package-lock.json is no JSON', { cause })
  }
  return objectOf(value, 'the document')
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  throw invalid(`${what.slice(0, 200)} is no object`)
}

function invalid(why: string): BuildError {
  return new BuildError('build.lock-invalid', `package-lock.json: ${why}`)
}
