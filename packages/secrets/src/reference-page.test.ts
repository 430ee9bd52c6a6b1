// The reference page names every code and tag of this package.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SECRETS_ERROR_CODES } from './index.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/secrets.md'), 'utf8')

test('every code is in docs/reference/secrets.md', () => {
  expect(SECRETS_ERROR_CODES.filter((code) => !page.includes(`\`${code}\``))).toEqual([])
})
