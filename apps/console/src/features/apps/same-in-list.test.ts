// When a row of a list is drawn anew: when it says something else, and not with every block.
import { expect, test } from 'vitest'
import { nativeAsset, type AppRow } from '@wetee/sdk'
import { sameInList } from './same-in-list.ts'

const row: AppRow = {
  ...{ appId: 1n, owner: '0x01', state: 'active', name: 'hello', replicas: 1 },
  ...{ currentVersion: 1, pendingVersion: 0, createdAt: 5n, escrowWei: 9n, paidWei: 0n },
  ...{ workerId: 1n, weiPerDay: 4n, unsettledWei: 1n, lastsSeconds: 200_000, asset: nativeAsset },
}

test('what is owed grows, and the row stays as it is; its time in words ends that', () => {
  const later = { ...row, asset: { ...nativeAsset }, unsettledWei: 2n, lastsSeconds: 199_990 }
  expect(sameInList(row, later)).toBe(true)
  expect(sameInList(row, { ...row, lastsSeconds: 190_000 })).toBe(false)
})

test('a row whose funds begin to end soon is drawn anew, whatever its time is called', () => {
  const at = (lastsSeconds: number) => ({ ...row, lastsSeconds })
  expect(sameInList(at(129_600), at(129_599))).toBe(false)
})

test.each<Partial<AppRow>>([
  { state: 'paused' },
  { name: 'other' },
  { replicas: 2 },
  { currentVersion: 2 },
  { pendingVersion: 2 },
  { escrowWei: 8n },
  { weiPerDay: 5n },
  { workerId: 2n },
  { owner: '0x02' },
  { asset: { ...nativeAsset, symbol: 'USDC' } },
])('another %o is drawn', (change) => {
  expect(sameInList(row, { ...row, ...change })).toBe(false)
})
