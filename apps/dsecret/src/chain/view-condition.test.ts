// What health says of the view.
import { expect, test } from 'vitest'
import { genesisSeconds } from '../testing/memory-view.ts'
import { TestNetwork } from '../testing/test-network.ts'
import { viewCondition } from './view-condition.ts'

test('a fresh view is no condition, one that is old or gone is', async () => {
  const { world, clock, context } = new TestNetwork()
  expect(await viewCondition(context.view, clock)).toBeUndefined()
  clock.nowMs = Number(genesisSeconds + 100n) * 1_000 + 300_001
  expect(await viewCondition(context.view, clock)).toMatchObject({
    code: 'view.stale',
    severity: 'error',
  })
  world.reachable = false
  expect(await viewCondition(context.view, clock)).toMatchObject({ code: 'chain.unreachable' })
})
