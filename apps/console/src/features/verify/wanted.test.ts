// How somebody names the application to be verified.
import { expect, test } from 'vitest'
import { parseWanted } from './wanted.ts'

test.each([
  ['3', 3n],
  [' #12 ', 12n],
  ['http://127.0.0.1:7700/#/app/3', 3n],
  ['0', undefined],
  ['-1', undefined],
  ['hello', undefined],
  ['', undefined],
  ['0x12', undefined],
  ['99999999999999999999', undefined],
])('%s', (text, appId) => {
  expect(parseWanted(text)).toBe(appId)
})
