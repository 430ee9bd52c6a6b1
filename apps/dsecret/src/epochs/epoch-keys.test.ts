// Who is asked for the public part of an epoch.
import { openNativeGroup } from '@wetee/threshold/native'
import { expect, test } from 'vitest'
import { emptyWorld, genesisSeconds, memoryView } from '../testing/memory-view.ts'
import { silentLog } from '../testing/test-node.ts'
import { EpochKeys } from './epoch-keys.ts'

test('a member whose machine has lapsed or was revoked is not asked for the epoch', async () => {
  const world = emptyWorld()
  const now = genesisSeconds + world.head
  const committee = { epoch: 1n, threshold: 3, members: [1n, 2n, 3n, 4n] }
  world.committees = { active: committee, latest: committee, genesisOpen: false }
  for (const id of committee.members)
    world.nodes.set(id, {
      ...{ status: 'active', statementKey: '0x', encryptionKey: '0x', tlsKeyHash: '0x' },
      endpoint: `https://node-${id}.test`,
    })
  world.proofs.set(2n, now)
  world.proofs.set(3n, 0n)
  world.proofs.set(4n, now + 1n)
  const asked: string[] = []
  const keys = new EpochKeys({
    ...{ nodeId: 1n, group: openNativeGroup(), view: memoryView(world), log: silentLog },
    kept: { get: () => undefined, put: () => undefined },
    openPeer: ({ endpoint }) => ({
      epoch: () => {
        asked.push(endpoint)
        return Promise.resolve({})
      },
      confirmation: () => Promise.reject(new Error('not asked here')),
    }),
    signal: new AbortController().signal,
  })
  const name = { epoch: 1n, sessionId: new Uint8Array(32), transcriptDigest: new Uint8Array(32) }
  expect(await keys.find(name, world.head)).toBeUndefined()
  expect(asked).toEqual(['https://node-4.test'])
})
