// Every code is documented, and none is retryable.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { THRESHOLD_ERROR_CODES, ThresholdError } from './index.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/reference/threshold.md'), 'utf8')

test.each(THRESHOLD_ERROR_CODES)('%s is documented', (code) => {
  expect(page).toContain(`\`${code}\``)
})

test('the page lists no other code', () => {
  const listed = page.match(/^\| `[a-z]+\.[a-z-]+` /gm)?.map((row) => row.slice(3, -2))
  expect(listed?.sort()).toEqual([...THRESHOLD_ERROR_CODES].sort())
})

test('no error gets better by trying again', () => {
  for (const code of THRESHOLD_ERROR_CODES)
    expect(new ThresholdError(code, '').retryable).toBe(false)
})
