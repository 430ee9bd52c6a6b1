// Epochs: what is shown of both committees, and what may start a new one.
import { expect, test } from 'vitest'
import { listEpochs, planCommittee, planRefresh, readEpochs } from './epochs.ts'
import { decodeCalls, factsOf } from './testing/decode-calls.ts'
import { emptyWorld, genesisSeconds, memoryNetwork } from './testing/memory-network.ts'

const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
const now = genesisSeconds + 100n

function network(epochs: { active?: bigint; latest?: bigint; activatedAt?: bigint } = {}) {
  const world = emptyWorld()
  const { active = 3n, latest = 4n, activatedAt = now - 50n } = epochs
  world.views.set('quorum.activeEpoch()', active)
  world.views.set('quorum.latestEpoch()', latest)
  world.views.set('quorum.activatedAt()', activatedAt)
  world.views.set('quorum.refreshSeconds()', 86_400n)
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
