// Packages of one program as an image holds them: its workspaces without tests, and what npm installed for it. Reads and writes files.
import { cpSync, globSync, lstatSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { root } from '../run.ts'

/** Files that no program reads; keys are among those of tests. Licences stay. */
const leftOut = [
  { in: '{apps,packages,contracts}/**/*', what: /\.test\.tsx?$|\/testing\// },
  { in: 'node_modules/**/*', what: /\/test\/fixtures\// },
  { in: 'node_modules/**/*', what: /(?<!licen[cs]e|notice|copying)(?:\.md|\.map|\.d\.[cm]?ts)$/i },
]

/** A workspace and those that it depends on, by name. */
export function closureOf(
  name: string,
  dependenciesOf: (name: string) => readonly string[],
): readonly string[] {
  const found = new Set([name])
  for (const one of found)
    for (const next of dependenciesOf(one)) if (next.startsWith('@wetee/')) found.add(next)
  return [...found].toSorted()
}

/** Removes tests, and notes, maps and types of other people's packages. */
export function withoutTests(folder: string): void {
  for (const { in: pattern, what } of leftOut)
    for (const path of globSync(pattern, { cwd: folder }))
      if (what.test(path)) rmSync(join(folder, path), { force: true, recursive: true })
}

/** Copies a workspace, its workspaces and `node_modules` into a folder. */
function copyPackages(name: string, target: string): void {
  const folderOf = (one: string) => relative(root, realpathSync(join(root, 'node_modules', one)))
  const dependenciesOf = (one: string): readonly string[] => {
    const text = readFileSync(join(root, folderOf(one), 'package.json'), 'utf8')
    return Object.keys((JSON.parse(text) as { dependencies?: object }).dependencies ?? {})
  }
  const names = closureOf(name, dependenciesOf)
  const folders = new Set(names.map(folderOf))
  for (const folder of folders) cpSync(join(root, folder), join(target, folder), copying)
  cpSync(join(root, 'package.json'), join(target, 'package.json'))
  cpSync(join(root, 'LICENSE'), join(target, 'LICENSE'))
  cpSync(join(root, 'node_modules'), join(target, 'node_modules'), {
    ...copying,
    filter: (path) =>
      !/node_modules\/\.(?:bin|cache|package-lock\.json)$/.test(path) &&
      !(lstatSync(path).isSymbolicLink() && !folders.has(relative(root, realpathSync(path)))),
  })
  withoutTests(target)
}

const copying = { recursive: true, verbatimSymlinks: true } as const

if (import.meta.main) {
  const [name, target] = process.argv.slice(2)
  if (name === undefined || target === undefined) {
    console.error('expected a package and a folder: node scripts/images/packages.ts NAME DIR')
    process.exit(2)
  }
  copyPackages(name, target)
}
