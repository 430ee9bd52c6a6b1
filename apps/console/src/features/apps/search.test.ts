// Which applications a search finds.
import { expect, test } from 'vitest'
import { matchesSearch } from './search.ts'

const app = { name: 'Hello', appId: 12n, owner: `0xAbCd${'00'.repeat(18)}` } as const

test.each([
  ['', true],
  [' hell ', true],
  ['12', true],
  ['#12', true],
  ['1', false],
  ['0xabcd', true],
  ['abcd', false],
  ['other', false],
])('%s', (search, found) => {
  expect(matchesSearch(app, search)).toBe(found)
})
