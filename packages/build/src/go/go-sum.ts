// go.sum: every module that may go into a program, by its hash. Pure. https://go.dev/ref/mod#go-sum-files
import { BuildError } from '../error.ts'
import { isModulePath, maxModBytes } from './go-mod.ts'

/** A file of a module proxy, by the hash that it must have. */
export type LockedModule = {
  readonly path: string
  readonly version: string
  /** `mod`: go.mod alone; `zip`: the module. */
  readonly kind: 'mod' | 'zip'
  /** `h1:` in hex: SHA-256 over names and SHA-256 of its files. */
  readonly h1: string
}

const maxModules = 8_000
const versionPattern =
  /^v[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}(?:-[0-9A-Za-z.-]{1,100})?(?:\+[0-9A-Za-z.-]{1,100})?$/

/** Reads it, in the order of its lines. Throws BuildError `build.lock-invalid`. */
export function parseGoSum(text: string): LockedModule[] {
  if (text.length > maxModBytes) throw invalid('it is too large')
  const modules = new Map<string, LockedModule>()
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.split(/[ \t\r]+/).filter((word) => word !== '')
    if (words.length === 0) continue
    const locked = parseLine(words)
    if (locked === undefined)
      throw invalid(`line ${index + 1} is no "MODULE VERSION[/go.mod] h1:HASH"`)
    const name = `${locked.path}@${locked.version}.${locked.kind}`
    const before = modules.get(name)
    if (before !== undefined && before.h1 !== locked.h1) throw invalid(`${name} has two hashes`)
    if (before === undefined && modules.size === maxModules)
      throw invalid(`it has over ${maxModules} lines`)
    modules.set(name, locked)
  }
  return [...modules.values()]
}

function parseLine(words: readonly string[]): LockedModule | undefined {
  const [path = '', given = '', hash = ''] = words
  const kind = given.endsWith('/go.mod') ? 'mod' : 'zip'
  const version = kind === 'mod' ? given.slice(0, -'/go.mod'.length) : given
  const h1 = /^h1:([A-Za-z0-9+/]{43}=)$/.exec(hash)?.[1]
  if (words.length !== 3 || h1 === undefined || !isModulePath(path)) return undefined
  if (!versionPattern.test(version)) return undefined
  return { path, version, kind, h1: Buffer.from(h1, 'base64').toString('hex') }
}

function invalid(why: string): BuildError {
  return new BuildError('build.lock-invalid', `go.sum cannot be used: ${why}`)
}
