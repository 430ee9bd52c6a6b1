// What was sent, as it lies in the browser's storage, where other pages of the same origin write too.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseJournal } from './journal.ts'

const sent = { hash: `0x${'ab'.repeat(32)}`, title: 'Recharge', sentAtMs: 1_800_000_000_000 }

test('what was kept is read', () => {
  expect(parseJournal(JSON.stringify([sent]))).toEqual([sent])
  const extrinsic = { ...sent, fromBlock: 21 }
  expect(parseJournal(JSON.stringify([extrinsic]))).toEqual([extrinsic])
  expect(parseJournal(null)).toEqual([])
})

test('what is no transaction is passed over, and no more than twenty are kept', () => {
  const others = [
    {},
    null,
    3,
    { ...sent, hash: '0x12' },
    { ...sent, title: 3 },
    { ...sent, sentAtMs: 0.5 },
    { ...sent, fromBlock: -1 },
    { ...sent, fromBlock: '21' },
  ]
  expect(parseJournal(JSON.stringify([...others, sent]))).toEqual([sent])
  expect(parseJournal(JSON.stringify(Array(30).fill(sent)))).toHaveLength(20)
  expect(parseJournal(`[${' '.repeat(40_000)}]`)).toEqual([])
})

test('any text is read without an error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(Array.isArray(parseJournal(text))).toBe(true)
    }),
    { seed: 1 },
  )
})
