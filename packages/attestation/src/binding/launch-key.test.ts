// Which key of the network a version is launched under, of those that live.
import { expect, test } from 'vitest'
import { launchKeyOf } from './configuration.ts'

const first = { number: 1, madeBlock: 10n }
const second = { number: 2, madeBlock: 20n }

test.each([
  ['before there was any key', [first, second], 5n, 1],
  ['in the block of the first', [first, second], 10n, 1],
  ['between both', [first, second], 15n, 1],
  ['in the block of the second, in which it may have come first', [first, second], 20n, 1],
  ['in the block after the second', [first, second], 21n, 2],
  ['long after both', [first, second], 1_000n, 2],
  ['between both, once the first has ended', [second], 15n, 2],
])('a version that was created %s', (_, live, createdBlock, expected) => {
  expect(launchKeyOf(live, createdBlock)?.number).toBe(expected)
})

test('before there is a key there is none', () => {
  expect(launchKeyOf([], 15n)).toBeUndefined()
})
