// Codes are stable and documented, and nothing else is.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ENDORSEMENT_ERROR_CODES, EndorsementError, isTransient } from './error.ts'

const page = readFileSync(
  join(import.meta.dirname, '../../../docs/reference/endorsements.md'),
  'utf8',
)
const rows = [...page.matchAll(/^\| `([a-z]+\.[a-z-]+)` +\| (yes)? *\| (yes)? *\|/gm)]

test('the page has every code, once, with what its error says of itself', () => {
  expect(rows.map(([, code]) => code)).toEqual([...ENDORSEMENT_ERROR_CODES])
  for (const [, name, again, retryable] of rows) {
    const code = ENDORSEMENT_ERROR_CODES.find((known) => known === name)
    if (code === undefined) throw new Error(`unknown code ${String(name)}`)
    const error = new EndorsementError(code, 'x')
    expect([code, isTransient(error), error.retryable]).toEqual([
      code,
      again === 'yes',
      retryable === 'yes',
    ])
  }
})
