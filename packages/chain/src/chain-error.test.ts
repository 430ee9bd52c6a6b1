// Codes are an interface: each is documented, and nothing is documented that does not exist.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8')

test('docs/reference/chain.md lists every code and no other', () => {
  const known = [...read('chain-error.ts').matchAll(/^ {2}\| ['`]([^'`]+)['`]/gm)].map(([, code]) =>
    code?.replace('${string}', '<ErrorName>'),
  )
  const table = read('../../../docs/reference/chain.md').split('## Errors')[1] ?? ''
  const documented = [...table.matchAll(/^\| (`[^|]+`)/gm)].flatMap(([, cell]) =>
    (cell ?? '').split(', ').map((code) => code.replaceAll('`', '')),
  )
  expect(documented.filter((code) => code !== 'contract.Reverted').sort()).toEqual(known.sort())
})
