// Sealed secrets on their way to the nodes, as they lie in the browser's storage, where other pages of the same origin write too.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePendingUploads } from './pending-uploads.ts'

const kept = {
  appId: '3',
  name: 'db_password',
  version: 1,
  digest: `0x${'ab'.repeat(32)}`,
  bytes: '0x0102',
}

test('what was kept is read', () => {
  expect(parsePendingUploads(JSON.stringify([kept]))).toEqual([kept])
  expect(parsePendingUploads(null)).toEqual([])
})

test('what is no sealed secret is passed over, and no more than eight are kept', () => {
  const others = [
    null,
    { ...kept, appId: '0' },
    { ...kept, digest: '0x12' },
    { ...kept, bytes: '0x012' },
    { ...kept, bytes: `0x${'00'.repeat(80_000)}` },
    { ...kept, version: 0.5 },
  ]
  expect(parsePendingUploads(JSON.stringify([...others, kept]))).toEqual([kept])
  expect(parsePendingUploads(JSON.stringify(Array(20).fill(kept)))).toHaveLength(8)
  expect(parsePendingUploads(`[${' '.repeat(1_600_000)}]`)).toEqual([])
})

test('any text is read without an error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(Array.isArray(parsePendingUploads(text))).toBe(true)
    }),
    { seed: 1 },
  )
})
