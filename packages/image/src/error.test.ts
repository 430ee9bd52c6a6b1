import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ImageError } from './error.ts'

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8')

test('the reference page names every code', () => {
  const codes = [...read('error.ts').matchAll(/^ {2}\| '([a-z.-]+)'$/gm)].map(([, code]) => code)
  expect(codes.length).toBeGreaterThan(25)
  const page = read('../../../docs/reference/images.md')
  for (const code of codes) expect(page).toContain(`\`${code}\``)
})

test('an error says whether the same call may succeed later', () => {
  expect(new ImageError('registry.timeout', 'x').retryable).toBe(true)
  expect(new ImageError('blob.digest', 'x').retryable).toBe(false)
  expect(new ImageError('registry.answer', 'x', { retryable: false }).retryable).toBe(false)
})
