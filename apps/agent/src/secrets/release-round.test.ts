// What a round leaves behind.
import { openNativeGroup } from '@wetee/threshold/native'
import { expect, test } from 'vitest'
import { ReleaseRound } from './release-round.ts'

test('shares are zeros once a round is over, also where nothing came of it', () => {
  const round = new ReleaseRound(
    openNativeGroup(),
    {
      ...{ chainId: 1n, cloud: `0x${'c1'.repeat(20)}`, quorum: `0x${'0e'.repeat(20)}`, appId: 7n },
      ...{ networkKey: new Uint8Array(33), requestId: new Uint8Array(32) },
      ...{ readerKey: new Uint8Array(32), secrets: [], keys: ['disk'] },
    },
    { fault: () => undefined, proven: () => undefined, misconduct: () => undefined },
  )
  const [secrets, keys] = [new Uint8Array(111).fill(1), new Uint8Array(111).fill(2)]
  const statementKey = `0x${'5a'.repeat(20)}` as const
  const answer = { statementKey, secrets, keys, ciphertexts: new Map<string, Uint8Array>() }
  expect(
    round.addReply({ nodeId: 1n, epoch: 1n, index: 1, signature: `0x${'00'.repeat(65)}`, answer }),
  ).toBeUndefined()
  expect(round.failure()).toMatchObject({ tried: false, error: { code: 'secrets.too-few' } })
  expect([...secrets, ...keys].every((byte) => byte === 0)).toBe(true)
})
