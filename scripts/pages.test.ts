// Pages are true in what a machine can see: commands of npm that they name are there, and files that they lead to. Reads files.
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './run.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const pages = globSync(
  ['*.md', 'docs/**/*.md', '{apps,packages,contracts,examples,deploy}/**/*.md'],
  {
    cwd: root,
    exclude: (path) => /node_modules|\/dist(\/|$)/.test(path),
  },
).toSorted()

/** Every match in every page, as `page: what`. */
const inPages = (pattern: RegExp, isWrong: (what: string, page: string) => boolean): string[] =>
  pages.flatMap((page) =>
    [...read(page).matchAll(pattern)]
      .map(([, what = '']) => what)
      .filter((what) => isWrong(what, page))
      .map((what) => `${page}: ${what}`),
  )

test('every command of npm that a page names is there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  expect(pages.length).toBeGreaterThan(60)
  const named = /npm run (?:--silent )?([a-z][a-z:]*)/g
  expect(inPages(named, (name) => Object.hasOwn(scripts, name)).length).toBeGreaterThan(50)
  expect(inPages(named, (name) => !Object.hasOwn(scripts, name))).toEqual([])
})

test('every suite that a page names is one of `npm test`', () => {
  const known = read('scripts/test.ts').matchAll(/(?:project|suite)\('([a-z-]+)'/g)
  const suites = new Set([...known].map(([, name]) => name))
  expect(inPages(/npm test -- ([a-z-]+)/g, (name) => !suites.has(name))).toEqual([])
})

test('every file that a page leads to is there', () => {
  const links = /\]\(([^)#\s:]+)(?:#[^)]*)?\)/g
  const isMissing = (path: string, page: string) => !existsSync(join(root, dirname(page), path))
  expect(inPages(links, isMissing)).toEqual([])
})
