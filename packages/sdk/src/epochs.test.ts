// Epochs: what is shown of both committees, and what may start a new one.
import { expect, test } from 'vitest'
import {
  listEpochs,
  planCommittee,
  planKeyEnd,
  planRefresh,
  planRotation,
  readEpochs,
} from './epochs.ts'
import type { LiveKey, NetworkKey } from './reader.ts'
import { decodeCalls, factsOf } from './testing/decode-calls.ts'
import { emptyWorld, genesisSeconds, memoryNetwork } from './testing/memory-network.ts'

const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
const now = genesisSeconds + 100n

type Given = {
  active?: bigint
  latest?: bigint
  activatedAt?: bigint
  key?: NetworkKey
  older?: LiveKey
}

function network(epochs: Given = {}) {
  const world = emptyWorld()
  world.networkKey = epochs.key
  world.olderKey = epochs.older
  const { active = 3n, latest = 4n, activatedAt = now - 50n } = epochs
  world.views.set('quorum.activeEpoch()', active)
  world.views.set('quorum.latestEpoch()', latest)
  world.views.set('quorum.activatedAt()', activatedAt)
  world.views.set('quorum.refreshSeconds()', 86_400n)
  world.views.set('keys.rotation()', [false, 0n])
  world.views.set('quorum.committee(3)', [[1n, 2n, 3n], 2])
  world.views.set('quorum.committee(4)', [[1n, 2n, 4n, 5n], 3])
  world.views.set('keys.sessionOf(3)', 0n)
  world.views.set('keys.sessionOf(4)', 9n)
  world.views.set('keys.session(9)', {
    epoch: 4n,
    dealersEpoch: 3n,
    openedBlock: 90n,
    openedAt: now - 10n,
    phase: 3,
    phaseEnd: now + 4n,
    registered: 4,
    dealers: 3,
    dealt: 3,
    revealed: 0,
  })
  return memoryNetwork(world)
}

test('both committees are shown, and how far the session of the next one is', async () => {
  expect(await readEpochs(network())).toEqual({
    now,
    refreshAt: now - 50n + 86_400n,
    active: { epoch: 3n, threshold: 2, members: [1n, 2n, 3n] },
    pending: {
      epoch: 4n,
      threshold: 3,
      members: [1n, 2n, 4n, 5n],
      session: {
        session: 9n,
        phase: 'complain',
        phaseEnd: now + 4n,
        openedAt: now - 10n,
        registered: 4,
        dealers: 3,
        dealt: 3,
        revealed: 0,
      },
    },
  })
  expect(await readEpochs(network({ latest: 3n }))).not.toHaveProperty('pending')
  expect(await readEpochs(network({ active: 0n }))).not.toHaveProperty('active')
})

test('a refresh needs shares to refresh, and says when it is due', async () => {
  const plan = await planRefresh(network())
  expect(decodeCalls(plan)).toEqual([['quorum.renewCommittee', [], 0n]])
  expect(factsOf(plan)['Due']).toContain('as soon as a member is out')
  const due = await planRefresh(network({ activatedAt: now - 86_400n }))
  expect(factsOf(due)['Due']).toBe('yes')
  await expect(planRefresh(network({ active: 0n }))).rejects.toThrow(code('epoch.none'))
})

test('a new key is ordered once there is a key, and while no older one lives', async () => {
  const points = { Y: `0x02${'11'.repeat(32)}`, S: `0x03${'22'.repeat(32)}` } as const
  await expect(planRotation(network(), 0n)).rejects.toThrow(code('key.none'))
  const one = network({ key: points })
  expect(decodeCalls(await planRotation(one, 86_400n))).toEqual([['keys.rotate', [86_400n], 0n]])
  expect(factsOf(await planRotation(one, 0n))['Ends']).toContain('at once')
  for (const overlap of [-1n, 30n * 86_400n + 1n])
    await expect(planRotation(one, overlap)).rejects.toThrow(code('key.overlap-invalid'))
  await expect(planKeyEnd(one, 1)).rejects.toThrow(code('key.not-older'))
  const older = { ...points, number: 1, madeBlock: 1n, lastEpoch: 2n, endsAt: now + 9n }
  const two = network({ key: { Y: points.S, S: points.Y }, older })
  expect(await readEpochs(two)).toMatchObject({ networkKey: { number: 2 }, olderKey: older })
  await expect(planRotation(two, 0n)).rejects.toThrow(code('key.older-lives'))
  expect(decodeCalls(await planKeyEnd(two, 1))).toEqual([['keys.endKey', [1], 0n]])
  await expect(planKeyEnd(two, 2)).rejects.toThrow(code('key.not-older'))
})

test('the next committee has members once, and a majority as its threshold', async () => {
  expect(decodeCalls(await planCommittee(network(), [1n, 2n, 4n, 5n]))).toEqual([
    ['quorum.nameCommittee', [[1n, 2n, 4n, 5n], 3], 0n],
  ])
  for (const members of [[], [1n, 1n]])
    await expect(planCommittee(network(), members)).rejects.toThrow(code('epoch.members-invalid'))
  for (const threshold of [2, 5])
    await expect(planCommittee(network(), [1n, 2n, 4n, 5n], threshold)).rejects.toThrow(
      code('epoch.threshold-invalid'),
    )
})

test('epochs come newest first, with when they were named and when they became active', async () => {
  const world = emptyWorld()
  const event = (eventName: string, epoch: bigint, blockNumber: bigint) => ({
    ...{ eventName, args: { epoch }, blockNumber },
    transactionHash: '0x' as const,
  })
  world.events.set('quorum.CommitteeNamed', [
    event('CommitteeNamed', 1n, 10n),
    event('CommitteeNamed', 2n, 30n),
  ])
  world.events.set('quorum.CommitteeActivated', [event('CommitteeActivated', 1n, 20n)])
  world.views.set('quorum.committee(1)', [[1n], 1])
  world.views.set('quorum.committee(2)', [[1n, 2n], 2])
  expect(await listEpochs(memoryNetwork(world))).toEqual([
    { epoch: 2n, members: [1n, 2n], threshold: 2, namedAt: genesisSeconds + 30n },
    {
      ...{ epoch: 1n, members: [1n], threshold: 1, namedAt: genesisSeconds + 10n },
      activatedAt: genesisSeconds + 20n,
    },
  ])
})
