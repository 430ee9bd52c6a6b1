// Every test that docs/concepts/threat-model.md names is there. Reads files.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './run.ts'

const page = readFileSync(join(root, 'docs/concepts/threat-model.md'), 'utf8')
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
const named = [...page.matchAll(/`(\w+)\/([\w./-]+\.(?:test\.ts|t\.sol))`: ([^`|]*)/g)].map(
  ([, folder = '', path = '', names = '']) => ({
    file: join(folders[folder] ?? folder, path),
    names: [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name),
  }),
)

test('every threat names tests that are there', () => {
  expect(named.flatMap(({ names }) => names).length).toBeGreaterThan(90)
  const missing = named.flatMap(({ file, names }) => {
    const text = readFileSync(join(root, file), 'utf8')
    return names.filter((name) => !text.includes(name)).map((name) => `${file}: ${name}`)
  })
  expect(missing).toEqual([])
})
