// requirements.txt as pip's hash-checking mode wants it: every package at one version with its digests. Pure.
// https://pip.pypa.io/en/stable/topics/secure-installs/
import { BuildError } from '../error.ts'

/** A package that may be taken as any of these archives. */
export type LockedDistribution = {
  /** Normalized: lower case, runs of `-_.` as one dash. */
  readonly name: string
  readonly version: string
  /** In hex, sorted. */
  readonly sha256: readonly string[]
}

/** The largest file that is read. */
export const maxRequirementsBytes = 4 * 2 ** 20
const maxPackages = 2_000
const maxHashes = 500
const pinned =
  /^([A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?)\s*(?:\[[A-Za-z0-9._,\s-]{0,200}\]\s*)?==\s*([0-9A-Za-z][0-9A-Za-z.!+_-]{0,98})$/

/** Reads it, by name. Throws BuildError `build.lock-invalid` for every line that is no pinned package with hashes. */
export function parseRequirements(text: string): LockedDistribution[] {
  if (text.length > maxRequirementsBytes) throw invalid('it is too large')
  const found = new Map<string, LockedDistribution>()
  for (const { line, number } of logicalLines(text)) {
    const one = parseLine(line, number)
    if (found.has(one.name)) throw invalid(`line ${number}: ${one.name} is there twice`)
    if (found.size === maxPackages) throw invalid(`it has over ${maxPackages} packages`)
    found.set(one.name, one)
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** As packages are told apart: https://packaging.python.org/en/latest/specifications/name-normalization/ */
export function normalizedName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}

/** Without comments, with continued lines as one; `number` of its first line. */
function logicalLines(text: string): { readonly line: string; readonly number: number }[] {
  const lines: { line: string; number: number }[] = []
  let open: { line: string; number: number } | undefined
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const bare = raw.replace(/(^|\s)#.*$/, '').trimEnd()
    const goesOn = bare.endsWith('\\')
    const part = goesOn ? bare.slice(0, -1) : bare
    open = { line: `${open?.line ?? ''} ${part}`, number: open?.number ?? index + 1 }
    if (goesOn) continue
    if (open.line.trim() !== '') lines.push({ ...open, line: open.line.trim() })
    open = undefined
  }
  if (open !== undefined && open.line.trim() !== '') lines.push({ ...open, line: open.line.trim() })
  return lines
}

function parseLine(line: string, number: number): LockedDistribution {
  const [first = '', ...hashes] = line.split(/\s+--hash[=\s]\s*/)
  const at = `line ${number}`
  if (/^-|:\/\/|\s@\s/.test(first))
    throw invalid(`${at} is an option or an address: every package comes from the index`)
  if (first.includes(';'))
    throw invalid(`${at} has an environment marker: ${howToLock} for Linux and one Python`)
  const [, name, version] = pinned.exec(first.trim()) ?? []
  if (name === undefined || version === undefined)
    throw invalid(`${at} is no "NAME==VERSION --hash=sha256:HEX": ${howToLock}`)
  const sha256 = hashes.map((hash) => /^sha256:([0-9a-f]{64})$/.exec(hash.trim())?.[1])
  if (sha256.length === 0) throw invalid(`${at}: ${name} has no --hash: ${howToLock}`)
  if (sha256.length > maxHashes) throw invalid(`${at}: ${name} has over ${maxHashes} hashes`)
  const known = sha256.filter((hash) => hash !== undefined)
  if (known.length !== sha256.length)
    throw invalid(`${at}: ${name} has a hash that is no sha256: and 64 hex digits`)
  return { name: normalizedName(name), version, sha256: [...new Set(known)].sort() }
}

const howToLock =
  'lock it with `uv pip compile --generate-hashes` or `pip-compile --generate-hashes`'

function invalid(why: string): BuildError {
  return new BuildError('build.lock-invalid', `requirements.txt cannot be used: ${why}`)
}
