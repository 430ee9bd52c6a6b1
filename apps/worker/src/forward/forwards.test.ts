// Requests on their way to the chain: one transaction each, whatever happens to the worker; and every end that they can come to.
import { expect, test } from 'vitest'
import { ForwarderWorld, someForward } from '../testing/forwarder-world.ts'
import { ForwardStore } from './forward-store.ts'

const states = (world: ForwarderWorld, nonce = 1n) => world.forwards.report(7n, nonce)

test('a request is queued, relayed, mined and final, each in its time', async () => {
  const world = new ForwarderWorld()
  expect(world.forwards.submit(someForward(1n))).toEqual({ state: 'queued' })
  await world.look()
  expect(states(world)).toEqual({ state: 'relayed' })
  await world.mine()
  expect(states(world)).toMatchObject({ state: 'mined', blockNumber: 101n })
  await world.mine()
  expect(states(world)).toMatchObject({ state: 'mined' })
  await world.mine()
  expect(states(world)).toEqual({
    ...{ state: 'finalized', blockNumber: 101n, transactionHash: world.events[0]?.hash },
  })
  expect(world.sent()).toHaveLength(1)
})

test('the same key again is the same request, whatever its new deadline; another call under it is refused', async () => {
  const world = new ForwarderWorld()
  world.forwards.submit(someForward(1n))
  await world.look()
  expect(world.forwards.submit(someForward(1n, { deadline: 300n }))).toEqual({ state: 'relayed' })
  for (const other of [{ data: '0xac' as const }, { gas: 1 }, { to: `0x${'0e'.repeat(20)}` }])
    expect(() => world.forwards.submit(someForward(1n, other as object))).toThrow(
      expect.objectContaining({ code: 'forward.key-used' }) as Error,
    )
  await world.mine(5)
  expect(world.forwards.submit(someForward(1n))).toMatchObject({ state: 'finalized' })
  expect(() => world.forwards.submit(someForward(1n, { data: '0xac' }))).toThrow(/another/)
  expect(world.sent()).toHaveLength(1)
  expect(world.forwards.report(8n, 1n)).toBeUndefined()
})

test('a worker that is killed at any step sends nothing twice and loses nothing', async () => {
  for (let step = 0; step < 6; step++) {
    const world = new ForwarderWorld()
    for (const nonce of [1n, 2n, 3n]) world.forwards.submit(someForward(nonce))
    for (let at = 0; at < 10; at++) {
      if (at === step) world.restart()
      if (at % 2 === 0) await world.look()
      else await world.mine()
    }
    await world.mine(5)
    for (const nonce of [1n, 2n, 3n])
      expect([step, states(world, nonce)?.state]).toEqual([step, 'finalized'])
    expect(world.sent()).toHaveLength(3)
    expect(world.events).toHaveLength(3)
  }
})

test('a chain that stands still keeps requests; they go on with it', async () => {
  const world = new ForwarderWorld()
  world.forwards.submit(someForward(1n))
  await world.look()
  world.isDown = true
  await world.mine(5)
  world.restart()
  await world.mine(5)
  expect(states(world)).toEqual({ state: 'relayed' })
  world.isDown = false
  await world.mine(5)
  expect(states(world)).toMatchObject({ state: 'finalized' })
  expect(world.sent()).toHaveLength(1)
})

test('a call that reverts has failed once that is final, and its key is used up', async () => {
  const world = new ForwarderWorld()
  world.failing.add(1n)
  world.forwards.submit(someForward(1n))
  await world.mine(5)
  expect(states(world)).toMatchObject({ state: 'failed', reason: 'reverted' })
  expect(world.forwards.submit(someForward(1n))).toMatchObject({ state: 'failed' })
  expect(world.sent()).toHaveLength(1)
})

test('ATTACK what would revert is not sent: it costs its application nothing, and waits until its deadline', async () => {
  const world = new ForwarderWorld()
  world.hindered = 'would-revert'
  world.forwards.submit(someForward(1n, { deadline: 103n }))
  await world.mine(1)
  expect(states(world)).toEqual({ state: 'queued', reason: 'would-revert' })
  await world.mine(8)
  expect(states(world)).toEqual({ state: 'failed', reason: 'would-revert' })
  expect(world.sent()).toEqual([])
  // It was never forwarded: the same key may be tried anew.
  world.hindered = undefined
  expect(world.forwards.submit(someForward(1n))).toEqual({ state: 'queued' })
  await world.mine(6)
  expect(states(world)).toMatchObject({ state: 'finalized' })
})

test('what is wrong for good has failed at once', async () => {
  const world = new ForwarderWorld()
  world.hindered = 'gas-too-high'
  world.forwards.submit(someForward(1n))
  await world.mine()
  expect(states(world)).toEqual({ state: 'failed', reason: 'gas-too-high' })
})

test('ATTACK a request that somebody else forwards first is done, and not sent again', async () => {
  const world = new ForwarderWorld()
  const signed = someForward(1n)
  world.forwards.submit(signed)
  await world.look()
  world.forwardByAnother(signed.request)
  await world.mine(6)
  const [{ hash } = { hash: '' }] = world.events
  expect(states(world)).toMatchObject({ state: 'finalized', transactionHash: hash })
  expect(world.events).toHaveLength(1)
  expect(world.sent()).toHaveLength(1)
})

test('ATTACK a number that another instance has used up is looked for on chain, and not sent', async () => {
  const world = new ForwarderWorld()
  const signed = someForward(1n)
  world.forwardByAnother(signed.request)
  await world.mine(4)
  world.forwards.submit(signed)
  await world.mine(2)
  expect(states(world)).toMatchObject({ state: 'finalized', blockNumber: 100n })
  expect(world.sent()).toEqual([])
})

test('ATTACK requests on their way together cost no more than the budget has', async () => {
  const world = new ForwarderWorld()
  world.budgetWei = 25n
  for (const nonce of [1n, 2n, 3n]) world.forwards.submit(someForward(nonce))
  await world.look()
  expect(world.sent()).toHaveLength(2)
  await world.mine(6)
  expect(world.events).toHaveLength(2)
  expect(states(world, 3n)).toEqual({ state: 'queued', reason: 'budget-too-low' })
})

test('ATTACK one application fills neither the list nor the operator’s queue', async () => {
  const world = new ForwarderWorld()
  for (let nonce = 1n; nonce <= 64n; nonce++) world.forwards.submit(someForward(nonce))
  expect(() => world.forwards.submit(someForward(65n))).toThrow(
    expect.objectContaining({ code: 'forward.full', retryable: true }) as Error,
  )
  world.forwards.submit(someForward(65n, { appId: 8n }))
  await world.look()
  expect(world.sent()).toHaveLength(9)
  // Those that are not final yet still count.
  await world.mine(1)
  expect(world.sent()).toHaveLength(9)
})

test('the oldest of those that have ended are forgotten, their bytes at once', () => {
  const store = new ForwardStore(':memory:')
  const { signed: _, ...ended } = {
    ...{ appId: 7n, contentDigest: '0x' as const, tries: 0, signed: someForward(0n) },
    ...{ state: 'finalized' as const, blockNumber: 2n ** 60n },
  }
  for (let nonce = 0n; nonce < 1_002n; nonce++) store.save({ ...ended, nonce })
  store.save({ ...ended, nonce: 5_000n, state: 'queued', signed: someForward(5_000n) })
  expect(store.read(7n, 1n)).toBeUndefined()
  expect(store.read(7n, 2n)).toEqual({ ...ended, nonce: 2n })
  expect(store.open()).toEqual([
    { ...ended, nonce: 5_000n, state: 'queued', signed: someForward(5_000n) },
  ])
  store.close()
})
