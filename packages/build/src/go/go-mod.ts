// go.mod: what the program is called and which Go it wants. Pure. https://go.dev/ref/mod#go-mod-file
import { BuildError } from '../error.ts'

/** What the go preset reads of go.mod; the rest is read by Go itself. */
export type GoMod = {
  readonly module: string
  /** Of the `go` and `toolchain` lines, the newer one; without `go` before it. */
  readonly goVersion?: string
  readonly hasRequirements: boolean
}

/** The longest go.mod and go.sum that are read. */
export const maxModBytes = 4 * 2 ** 20

/** Reads it. Throws BuildError `build.package-invalid`. */
export function parseGoMod(text: string): GoMod {
  if (text.length > maxModBytes) throw invalid('it is too large')
  let module: string | undefined
  let hasRequirements = false
  const versions: string[] = []
  for (const { verb, words } of statementsOf(text)) {
    if (verb === 'module') module ??= words[0]
    if (verb === 'require') hasRequirements ||= words.length >= 2
    if (verb === 'go' || verb === 'toolchain') {
      const version = versionOf(verb, words[0] ?? '')
      if (version !== undefined) versions.push(version)
    }
  }
  if (module === undefined || !isModulePath(module))
    throw invalid('it names no module: expected a line "module example.org/name"')
  const [goVersion] = versions.sort((a, b) => compareGoVersions(b, a))
  return { module, hasRequirements, ...(goVersion === undefined ? {} : { goVersion }) }
}

/** Whether a text may be the path of a module: what stands in addresses and in paths of files. https://go.dev/ref/mod#module-path */
export function isModulePath(path: string): boolean {
  const parts = path.split('/')
  const isPart = (part: string) =>
    /^[A-Za-z0-9_~-][A-Za-z0-9._~-]*$/.test(part) && !part.endsWith('.')
  return path.length <= 500 && parts.length <= 32 && parts.every(isPart)
}

/** Below 0 where the first is older. A release is newer than its candidates, which are newer than betas. */
export function compareGoVersions(a: string, b: string): number {
  const left = numbersOf(a)
  const right = numbersOf(b)
  for (let index = 0; index < left.length; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

const versionPattern =
  /^([0-9]{1,6})(?:\.([0-9]{1,6}))?(?:\.([0-9]{1,6}))?(?:(beta|rc)([0-9]{1,6}))?/

/** 1.26, without a third number, is the language: older than each of its releases and candidates. */
function numbersOf(version: string): number[] {
  const [, major = '0', minor = '0', patch, kind, candidate = '0'] =
    versionPattern.exec(version) ?? []
  const rank = kind === 'beta' ? 1 : kind === 'rc' ? 2 : patch === undefined ? 0 : 3
  return [Number(major), Number(minor), Number(patch ?? 0), rank, Number(candidate)]
}

function versionOf(verb: 'go' | 'toolchain', word: string): string | undefined {
  if (verb === 'toolchain' && word === 'default') return undefined
  const version = verb === 'toolchain' ? word.replace(/^go/, '') : word
  if (versionPattern.test(version) && version.length <= 64) return version
  throw invalid(`its ${verb} line is "${word.slice(0, 60)}"`)
}

type Statement = { readonly verb: string; readonly words: readonly string[] }

/** Lines and blocks as statements: `require (` ... `)` is one for each of its lines. */
function* statementsOf(text: string): Generator<Statement> {
  let block: string | undefined
  for (const line of text.split('\n')) {
    const words = line
      .replace(/\/\/.*$/, '')
      .trim()
      .split(/\s+/)
      .map((word) => word.replace(/^(["`])(.*)\1$/, '$2'))
    const [verb = ''] = words
    if (verb === '') continue
    if (block !== undefined) {
      if (verb === ')') block = undefined
      else yield { verb: block, words }
    } else if (words[1] === '(') block = verb
    else yield { verb, words: words.slice(1) }
  }
}

function invalid(why: string): BuildError {
  return new BuildError('build.package-invalid', `go.mod cannot be used: ${why}`)
}
