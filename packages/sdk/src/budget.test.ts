// A budget for transactions: what is put in, what is taken, what a day may cost.
import { expect, test } from 'vitest'
import { planBudget, readBudget } from './budget.ts'
import { decodeCalls, factsOf } from './testing/decode-calls.ts'
import {
  emptyWorld,
  genesisSeconds,
  memoryNetwork,
  testApp,
  testVersion,
} from './testing/memory-network.ts'

const dot = 10n ** 18n

function network(state: 'active' | 'ended' = 'active') {
  const world = emptyWorld()
  world.apps.set(7n, testApp(7n, { state }))
  world.versions.set('7/1', testVersion(1, { terms: {} as never }))
  const day = (genesisSeconds + 100n) / 86_400n
  const amounts = { balanceWei: dot, dayCapWei: dot / 10n, spentWei: 5n }
  world.views.set('forwarder.budget(7)', { ...amounts, day })
  world.views.set('forwarder.budget(8)', { ...amounts, day: day - 1n })
  return memoryNetwork(world)
}

test('what was spent counts for its day alone', async () => {
  const amounts = { balanceWei: dot, dayCapWei: dot / 10n }
  expect(await readBudget(network(), 7n)).toEqual({ ...amounts, spentTodayWei: 5n })
  expect(await readBudget(network(), 8n)).toEqual({ ...amounts, spentTodayWei: 0n })
})

test('funding, a new cap and taking are calls of their own, and what follows is shown first', async () => {
  const intent = await planBudget(network(), 7n, {
    ...{ fundWei: 2n * dot, releaseWei: dot / 2n, dayCapWei: dot },
  })
  expect(decodeCalls(intent)).toEqual([
    ['forwarder.fund', [7n], 2n * dot],
    ['forwarder.setDayCap', [7n, dot], 0n],
    ['forwarder.release', [7n, dot / 2n], 0n],
  ])
  expect(factsOf(intent)).toMatchObject({
    Budget: '1 DOT -> 2.5 DOT',
    'A day': 'at most 0.1 DOT -> at most 1 DOT',
  })
  const none = await planBudget(network(), 7n, { dayCapWei: 0n })
  expect(decodeCalls(none)).toEqual([['forwarder.setDayCap', [7n, 0n], 0n]])
  expect(factsOf(none)['A day']).toBe('at most 0.1 DOT -> nothing')
})

test('all of it is taken, also after the end; a wei more is refused, and so is nothing', async () => {
  const all = await planBudget(network('ended'), 7n, { releaseWei: dot })
  expect(decodeCalls(all)).toEqual([['forwarder.release', [7n, dot], 0n]])
  await expect(planBudget(network(), 7n, { releaseWei: dot + 1n })).rejects.toMatchObject({
    code: 'budget.too-low',
  })
  for (const nothing of [{}, { dayCapWei: dot / 10n }])
    await expect(planBudget(network(), 7n, nothing)).rejects.toMatchObject({
      code: 'app.unchanged',
    })
})
