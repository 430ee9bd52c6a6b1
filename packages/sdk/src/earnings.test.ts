// Earnings of a worker: every settlement falls into one span, and nothing is counted twice or left out.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEarnings } from './earnings.ts'
import { emptyWorld, genesisSeconds, memoryNetwork, testApp } from './testing/memory-network.ts'

const token = { address: `0x${'99'.repeat(20)}`, symbol: 'USDT', decimals: 6 } as const

/** 100 blocks of a second each; a settlement of each block, in that asset. */
function network(settled: readonly { block: bigint; rentWei: bigint; appId?: bigint }[]) {
  const world = emptyWorld()
  world.apps.set(1n, testApp(1n))
  world.apps.set(2n, testApp(2n, { asset: token.address }))
  world.assets.set(token.address, token)
  world.events.set(
    'cloud.Settled',
    settled.map(({ block, rentWei, appId = 1n }) => ({
      eventName: 'Settled',
      args: { appId, workerId: 3n, attestedSeconds: 10n, rentWei, feeWei: rentWei / 10n },
      blockNumber: block,
      transactionHash: '0x',
    })),
  )
  return memoryNetwork(world)
}

test('settlements are summed by span, the fee taken off; DOT comes first', async () => {
  const earnings = await readEarnings(
    network([
      { block: 51n, rentWei: 100n },
      { block: 75n, rentWei: 50n, appId: 2n },
      { block: 76n, rentWei: 200n },
      { block: 100n, rentWei: 10n },
    ]),
    3n,
    { seconds: 50n, spans: 2 },
  )
  expect(earnings.times).toEqual([50n, 75n, 100n].map((seconds) => genesisSeconds + seconds))
  expect(earnings.assets.map(({ asset, amounts }) => [asset.symbol, amounts])).toEqual([
    ['DOT', [90n, 189n]],
    ['USDT', [45n, 0n]],
  ])
  expect(earnings).toMatchObject({ settlements: 4, attestedSeconds: 40n })
})

test('what was settled before that time, or of another worker, is not there', async () => {
  const earlier = network([{ block: 50n, rentWei: 100n }])
  expect((await readEarnings(earlier, 3n, { seconds: 50n })).assets).toEqual([])
  const other = network([{ block: 80n, rentWei: 100n }])
  expect((await readEarnings(other, 4n, { seconds: 50n })).settlements).toBe(0)
})

test('a network that is younger than the time that was asked for is shown from its beginning', async () => {
  const { times } = await readEarnings(network([]), 3n, { seconds: 10_000_000n, spans: 4 })
  expect([times[0], times.at(-1), times.length]).toEqual([genesisSeconds, genesisSeconds + 100n, 5])
})

test('whatever the spans, their amounts add up to all that was settled in the time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ block: fc.bigInt(1n, 100n), rentWei: fc.bigInt(0n, 10n ** 20n) })),
      fc.integer({ min: 1, max: 60 }),
      fc.bigInt(1n, 200n),
      async (settled, spans, seconds) => {
        const { assets, times } = await readEarnings(network(settled), 3n, { seconds, spans })
        const first = (times[0] ?? 0n) - genesisSeconds
        const expected = settled
          .filter(({ block }) => block > first)
          .reduce((sum, { rentWei }) => sum + rentWei - rentWei / 10n, 0n)
        const amounts = assets[0]?.amounts ?? []
        expect(amounts.reduce((sum, amount) => sum + amount, 0n)).toBe(expected)
        expect(assets[0]?.total ?? 0n).toBe(expected)
      },
    ),
    { seed: 1, numRuns: 200 },
  )
})
