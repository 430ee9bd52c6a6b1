// Lists what packages export and contracts offer without a word on it; exit 1 where less than 95 % has one. Reads files.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import ts from 'typescript'
import { root } from './run.ts'

/** What part of each package, and of the contracts, has to be documented. */
const SHARE = 0.95

/** A name that others use, where it stands, and whether a comment belongs to it. */
type Offered = {
  readonly name: string
  readonly line: number
  readonly isDocumented: boolean
}

/** Exported declarations of a module, and the public methods of classes among them. */
export function exportsOf(path: string, text: string): Offered[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  return source.statements.filter(isExported).flatMap((statement) => {
    const methods = ts.isClassDeclaration(statement) ? statement.members.filter(isPublicMethod) : []
    return [statement, ...methods].map((node) => describe(node, source))
  })
}

function isExported(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false
}

function isPublicMethod(member: ts.ClassElement): boolean {
  return (
    (ts.isMethodDeclaration(member) || ts.isGetAccessor(member)) &&
    !ts.isPrivateIdentifier(member.name) &&
    !(ts.getCombinedModifierFlags(member) & (ts.ModifierFlags.Private | ts.ModifierFlags.Override))
  )
}

function describe(node: ts.Node, source: ts.SourceFile): Offered {
  const first = node.getText(source).split('\n')[0] ?? ''
  return {
    name: first.slice(0, 80),
    line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1,
    isDocumented: ts.getJSDocCommentsAndTags(node).length > 0,
  }
}

/** Functions of a Solidity file that can be called from outside; one that overrides another has the words of that. */
export function functionsOf(text: string): Offered[] {
  const lines = text.split('\n')
  return lines.flatMap((line, index) => {
    const name = /^\s*function\s+(\w+)/.exec(line)?.[1]
    if (name === undefined) return []
    const header = lines.slice(index).join('\n').split(/[{;]/)[0] ?? ''
    if (!/\b(external|public)\b/.test(header) || /\boverride\b/.test(header)) return []
    const isDocumented = /^\s*(\/\/\/|\*\/|\/\*\*)/.test(lines[index - 1] ?? '')
    return [{ name, line: index + 1, isDocumented }]
  })
}

/** Functions of the contracts of one folder. Interfaces hold the words: what carries one out by name needs none of its own. */
export function functionsOfFolder(files: ReadonlyMap<string, string>): Map<string, Offered[]> {
  const isInterface = (path: string) => /\/I[A-Z]\w*\.sol$/.test(path)
  const declared = new Set<string>()
  for (const [path, text] of files)
    if (isInterface(path)) for (const { name } of functionsOf(text)) declared.add(name)
  const offered = new Map<string, Offered[]>()
  for (const [path, text] of files) {
    const all = functionsOf(text)
    offered.set(path, isInterface(path) ? all : all.filter(({ name }) => !declared.has(name)))
  }
  return offered
}

function main(): void {
  const parts = new Map<string, { offered: number; missing: string[] }>()
  const count = (part: string, path: string, all: readonly Offered[]) => {
    const counted = parts.get(part) ?? { offered: 0, missing: [] }
    counted.offered += all.length
    for (const { name, line, isDocumented } of all)
      if (!isDocumented) counted.missing.push(`${path}:${line}: ${name}`)
    parts.set(part, counted)
  }
  const isOurs = (path: string) => !/\.test\.|\/generated\/|\/testing\//.test(path)
  for (const path of globSync('packages/*/src/**/*.ts', { cwd: root }).filter(isOurs))
    count(path.split('/', 2).join('/'), path, exportsOf(path, read(path)))
  for (const folder of globSync('contracts/src/*', { cwd: root })) {
    const paths = globSync(`${folder}/**/*.sol`, { cwd: root })
    const offered = functionsOfFolder(new Map(paths.map((path) => [path, read(path)])))
    for (const [path, all] of offered) count('contracts', path, all)
  }
  let isShort = false
  for (const [part, { offered, missing }] of [...parts].toSorted()) {
    if (offered - missing.length >= SHARE * offered) continue
    isShort = true
    console.error(`${part}: ${missing.length} of ${offered} without documentation`)
    console.error(missing.join('\n'))
  }
  const all = [...parts.values()]
  const offered = all.reduce((sum, part) => sum + part.offered, 0)
  const missing = all.reduce((sum, part) => sum + part.missing.length, 0)
  console.log(`${offered - missing} of ${offered} documented`)
  if (isShort) process.exitCode = 1
}

const read = (path: string) => readFileSync(join(root, path), 'utf8')

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main()
