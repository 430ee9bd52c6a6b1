// Whether a release takes longer for one share than for another (dudect: Reparaz, Balasch and Verbauwhede 2017). The control shows
// that a multiplication which does depend on its scalar is found out by the same measurement.
import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { keyBase } from '../group/bases.ts'
import type { SecretScalar } from '../group/group.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { readScalar, scalarBytes } from '../group/scalar.ts'
import { releaseDerivedShares } from '../derived/derived-key.ts'
import { testHolder } from '../testing/sharing.ts'

const group = openNativeGroup()
const sparse = group.readSecret(scalarBytes(3n))
const dense = group.readSecret(new Uint8Array(32).fill(0xee))
const request = { epoch: 1n, requestId: randomBytes(32), readerKey: randomBytes(32) }
const names = [{ chainId: 1n, cloud: new Uint8Array(20), appId: 1n, path: 'disk' }]

/** Median time with the sparse share over that with the dense one; both are measured in turn, so that noise meets both. */
function ratioOf(work: (share: SecretScalar) => void, rounds: number): number {
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++)
    // In a random order: what runs second finds another cache.
    for (const which of Math.random() < 0.5 ? ([0, 1] as const) : ([1, 0] as const)) {
      const startedAt = process.hrtime.bigint()
      work(which === 0 ? sparse : dense)
      times[which].push(Number(process.hrtime.bigint() - startedAt))
    }
  const [ofSparse, ofDense] = times.map((all) => all.sort((a, b) => a - b)[all.length >> 2]!)
  return ofSparse! / ofDense!
}

test('a multiplication by a share takes as long for a sparse share as for a dense one', () => {
  const base = keyBase()
  const secret = ratioOf((share) => group.multiplySecret(base, share), 1_000)
  expect(Math.abs(secret - 1)).toBeLessThan(0.1)
  const control = ratioOf((share) => group.multiply(base, readScalar(share)), 1_000)
  expect(control).toBeLessThan(0.85)
})

test('a whole release takes as long for a sparse share as for a dense one', () => {
  const shares = new Map([sparse, dense].map((share) => [share, group.multiplyBase(share)]))
  const release = (share: SecretScalar) => {
    const publicShare = shares.get(share)!
    releaseDerivedShares(
      group,
      { index: 1, share, publicShare, holder: testHolder(1) },
      { request, names },
      randomBytes,
    )
  }
  expect(Math.abs(ratioOf(release, 150) - 1)).toBeLessThan(0.1)
})
