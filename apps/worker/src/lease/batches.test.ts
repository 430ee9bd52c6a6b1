// Batches: every lease once, enough common nodes, no more than a node signs.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { AttestationLease } from '../chain/records.ts'
import { batchesOf, expiryOf, MAX_BATCH, type PendingLease } from './batches.ts'

const pending = fc
  .record({
    appId: fc.bigInt({ min: 1n, max: 50n }),
    replica: fc.integer({ min: 0, max: 3 }),
    nodes: fc.uniqueArray(fc.bigInt({ min: 1n, max: 5n }), { minLength: 1 }),
  })
  .map(({ appId, replica, nodes }): PendingLease => ({
    lease: { appId, version: 1, replica } as AttestationLease,
    nodes: new Set(nodes),
    offeredAtMs: 0,
  }))

test('every lease is in exactly one batch, whose nodes all know it', () => {
  fc.assert(
    fc.property(
      fc.array(pending, { maxLength: 120 }),
      fc.integer({ min: 1, max: 5 }),
      (list, t) => {
        const batches = batchesOf(list, t)
        expect(batches.flat()).toHaveLength(list.length)
        expect(new Set(batches.flat()).size).toBe(list.length)
        for (const batch of batches) {
          expect(batch.length).toBeLessThanOrEqual(MAX_BATCH)
          if (batch.length === 1) continue
          const common = [1n, 2n, 3n, 4n, 5n].filter((n) =>
            batch.every(({ nodes }) => nodes.has(n)),
          )
          expect(common.length).toBeGreaterThanOrEqual(t)
        }
      },
    ),
  )
})

test('leases that all nodes know fill as few batches as there can be', () => {
  const nodes = new Set([1n, 2n, 3n])
  const list = Array.from({ length: MAX_BATCH + 1 }, (_, i) => ({
    lease: { appId: BigInt(i), version: 1, replica: 0 } as AttestationLease,
    nodes,
    offeredAtMs: 0,
  }))
  expect(batchesOf(list, 2).map((batch) => batch.length)).toEqual([MAX_BATCH, 1])
})

test('a batch expires with its first lease', () => {
  expect(expiryOf([{ notAfter: 5n }, { notAfter: 3n }, { notAfter: 9n }])).toBe(3n)
})
