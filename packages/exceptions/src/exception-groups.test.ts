import { expect, test } from 'vitest'
import { describeException } from './exception.ts'
import { ExceptionGroups } from './exception-groups.ts'

const at = (atMs: number, text: string) => describeException([text], atMs)

test('are counted by fingerprint, with first and last seen, the last one first', () => {
  const groups = new ExceptionGroups()
  expect(groups.add(at(5, 'ERROR user 1 is gone'))).toBe(true)
  expect(groups.add(at(9, 'ERROR user 2 is gone'))).toBe(false)
  expect(groups.add(at(7, 'ERROR user 3 is gone'))).toBe(false)
  groups.add(at(8, 'ERROR disk'))
  expect(groups.list()).toMatchObject([
    { count: 3, firstMs: 5, lastMs: 9 },
    { count: 1, firstMs: 8, lastMs: 8, message: 'disk' },
  ])
})

test('beyond the most there may be, the one that was quiet longest gives way, never the newest', () => {
  const groups = new ExceptionGroups(2)
  groups.add(at(5, 'ERROR a'))
  groups.add(at(6, 'ERROR b'))
  groups.add(at(1, 'ERROR c'))
  expect(groups.list().map(({ message }) => message)).toEqual(['b', 'c'])
  expect(groups.dropped).toBe(1)
})

test('go on from groups that were kept', () => {
  const groups = new ExceptionGroups()
  groups.add(at(5, 'ERROR a'))
  const again = new ExceptionGroups(200, groups.list())
  again.add(at(7, 'ERROR a'))
  expect(again.list()).toMatchObject([{ count: 2, firstMs: 5, lastMs: 7 }])
})
