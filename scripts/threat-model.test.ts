// Every test that the threat model and the list of promises name is there. Reads files.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './run.ts'

/** Where the first part of a path on the page lies. */
const folders: Readonly<Record<string, string>> = {
  agent: 'apps/agent/src',
  contracts: 'contracts/test',
  dsecret: 'apps/dsecret/src',
  sealed: 'packages/sealed-log/src',
  tests: 'tests',
  threshold: 'packages/threshold/src',
  worker: 'apps/worker/src',
}

/** A file in backquotes, and the names in double quotes up to the next file or the end of the cell. */
function namedIn(page: string) {
  const text = readFileSync(join(root, page), 'utf8')
  return [...text.matchAll(/`(\w+)\/([\w./-]+\.(?:test\.ts|t\.sol))`: ([^`|]*)/g)].map(
    ([, folder = '', path = '', names = '']) => ({
      file: join(folders[folder] ?? folder, path),
      names: [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name),
    }),
  )
}

test.each([
  ['docs/concepts/threat-model.md', 90],
  ['docs/reference/grant.md', 9],
])('%s names tests that are there', (page, least) => {
  const named = namedIn(page)
  expect(named.flatMap(({ names }) => names).length).toBeGreaterThan(least)
  const missing = named.flatMap(({ file, names }) => {
    const text = readFileSync(join(root, file), 'utf8')
    return names.filter((name) => !text.includes(name)).map((name) => `${file}: ${name}`)
  })
  expect(missing).toEqual([])
})
