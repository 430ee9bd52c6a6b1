// package.json: what a Node program is started and built with. Pure.
import { BuildError } from '../error.ts'

/** What the node preset reads of package.json. */
export type PackageManifest = {
  readonly document: Readonly<Record<string, unknown>>
  /** Whether anything is to be installed. */
  readonly hasDependencies: boolean
  /** Words after `node`, the first path from the root of the source; undefined where none is named. */
  readonly program?: readonly string[]
  /** Of the shell; undefined where nothing is to be built. */
  readonly buildScript?: string
}

const maxManifestBytes = 2 ** 20
const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'workspaces']

/** Reads it. Throws BuildError `build.package-invalid`. */
export function parsePackageManifest(text: string): PackageManifest {
  let document: unknown
  try {
    if (text.length > maxManifestBytes) throw new Error('it is too large')
    document = JSON.parse(text)
  } catch (cause) {
    throw new BuildError('build.package-invalid', 'package.json is no JSON', { cause })
  }
  if (!isObject(document))
    throw new BuildError('build.package-invalid', 'package.json is no object')
  const scripts = isObject(document['scripts']) ? document['scripts'] : {}
  const program = programOf(scripts['start'], document['main'])
  const buildScript = scriptOf(scripts)
  return {
    document,
    hasDependencies: kinds.some(
      (kind) => isObject(document[kind]) && Object.keys(document[kind]).length > 0,
    ),
    ...(program === undefined ? {} : { program }),
    ...(buildScript === undefined ? {} : { buildScript }),
  }
}

/** `node [options] file [arguments]` in plain words, else `main`: there is no shell in the image. */
function programOf(start: unknown, main: unknown): string[] | undefined {
  if (typeof start === 'string') {
    const words = start.trim().split(/\s+/)
    if (words[0] === 'node' && words.length > 1 && !/["'`$&|;<>()\\*?#~=]/.test(start))
      return words.slice(1)
    throw new BuildError(
      'build.package-invalid',
      `the start script is "${start.slice(0, 200)}", expected: node FILE, in plain words (there is no shell in the image)`,
    )
  }
  return typeof main === 'string' && main !== '' ? [main] : undefined
}

/** As npm runs it, with what comes before and after. */
function scriptOf(scripts: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof scripts['build'] !== 'string' || scripts['build'].trim() === '') return undefined
  const all = ['prebuild', 'build', 'postbuild'].flatMap((name) => {
    const script = scripts[name]
    return typeof script === 'string' && script.trim() !== '' ? [`(\n${script}\n)`] : []
  })
  return all.join(' && ')
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
