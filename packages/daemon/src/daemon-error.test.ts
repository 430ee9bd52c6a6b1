// The error and its page.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codeOf, DaemonError, messageOf } from './daemon-error.ts'

const read = (path: string) => readFileSync(join(import.meta.dirname, path), 'utf8')

test('the reference page names every code', () => {
  const codes = [...read('daemon-error.ts').matchAll(/^ {2}\| '([a-z.-]+)'$/gm)].map(
    ([, code]) => code,
  )
  expect(codes.length).toBeGreaterThan(10)
  const page = read('../../../docs/reference/daemon.md')
  for (const code of codes) expect(page).toContain(`\`${code}\``)
})

test('an error says whether the same call may succeed later', () => {
  expect(new DaemonError('http.port-taken', 'x').retryable).toBe(true)
  expect(new DaemonError('config.invalid', 'x').retryable).toBe(false)
})

test('any thrown value has a code and one bounded line', () => {
  expect(codeOf(new DaemonError('config.invalid', 'x'))).toBe('config.invalid')
  expect(codeOf(Object.assign(new Error('x'), { code: 7 }))).toBe('internal')
  expect(codeOf('text')).toBe('internal')
  expect(messageOf(new Error('x'.repeat(1_000)))).toHaveLength(500)
  expect(messageOf(undefined)).toBe('undefined')
})
