import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SESSION_STATES } from './state.ts'

const page = readFileSync(
  join(import.meta.dirname, '../../../../docs/reference/dsecret.md'),
  'utf8',
)
const source = readFileSync(join(import.meta.dirname, 'state.ts'), 'utf8')

test.each(Object.entries(SESSION_STATES))(
  'the reference page says what `%s` means',
  (state, text) => {
    expect(page).toContain(`\`${state}\``)
    expect(page.replaceAll(/\s+/g, ' ')).toContain(text.replace(/\.$/, ''))
  },
)

test('the reference page names every trouble and fault', () => {
  const codes = [...source.matchAll(/^\s+\| '([a-z-]+\.[a-z-]+)'/gm)].map((match) => match[1])
  expect(codes.length).toBeGreaterThan(10)
  expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([])
})
