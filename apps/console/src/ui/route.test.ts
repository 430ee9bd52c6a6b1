// Addresses of views, also those that somebody else has written.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseRoute } from './route.ts'

test.each([
  ['', []],
  ['#/', []],
  ['#/app/3', ['app', '3']],
  ['#/app//3/', ['app', '3']],
  ['#/a%20b', ['a b']],
  ['#/%E0%A4%A', ['unknown']],
])('%s', (hash, parts) => {
  expect(parseRoute(hash)).toEqual(parts)
})

test('any text gives at most eight parts, none of them empty', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const parts = parseRoute(`#${text}`)
      expect(parts.length).toBeLessThanOrEqual(8)
      expect(parts).not.toContain('')
    }),
    { seed: 1 },
  )
})
