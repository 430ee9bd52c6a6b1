// The reference page names every code that this program raises.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/dsecret.md'), 'utf8')
const sources = globSync('**/*.ts', { cwd: import.meta.dirname })
  .filter((file) => !file.endsWith('.test.ts') && !file.startsWith('testing'))
  .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))

test('every code that is raised is in docs/reference/dsecret.md', () => {
  const codes = sources.flatMap((text) =>
    [...text.matchAll(/(?:NodeError|unable|fatal)\(\s*'([a-z.-]+)'/g)].map((match) => match[1]),
  )
  expect(codes.length).toBeGreaterThan(40)
  expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([])
})
