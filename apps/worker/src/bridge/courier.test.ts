// The courier over a chain and agents in memory: what is open is answered once, whatever happens meanwhile.
import { expect, test } from 'vitest'
import { simulate } from '../testing/bridge-simulation.ts'
import { BridgeWorld } from '../testing/bridge-world.ts'

test('a call is carried out and answered once it is final, and paid for once', async () => {
  const world = new BridgeWorld()
  world.start()
  const callId = world.open(7n)
  await world.until(() => world.isClosed(callId))
  expect(world.executions(callId)).toBe(1)
  expect(world.transactions()).toEqual([[callId]])
  await world.blocks(10)
  expect(world.transactions()).toHaveLength(1)
  world.stop()
})

test('a call that is not final yet is nobody’s business', async () => {
  const world = new BridgeWorld()
  world.start()
  await world.blocks(3)
  const callId = world.open(7n)
  await world.blocks(1)
  expect(world.executions(callId)).toBe(0)
  world.stop()
})

test('answers of the same moment go in transactions of at most twenty, the oldest first', async () => {
  const world = new BridgeWorld()
  world.start()
  const ids = Array.from({ length: 45 }, () => world.open(7n))
  await world.until(() => ids.every((callId) => world.isClosed(callId)))
  const sizes = world.transactions().map(({ length }) => length)
  expect(Math.max(...sizes)).toBe(20)
  expect(sizes.length).toBeLessThanOrEqual(6)
  expect(world.transactions()[0]?.[0]).toBe(ids[0])
  world.stop()
})

test('large answers go in transactions that the chain has room for', async () => {
  const world = new BridgeWorld()
  world.payload = `0x${'ab'.repeat(8_192)}`
  world.start()
  const ids = Array.from({ length: 45 }, () => world.open(7n))
  await world.until(() => ids.every((callId) => world.isClosed(callId)))
  expect(Math.max(...world.transactions().map(({ length }) => length))).toBe(10)
  world.stop()
})

test('ATTACK a call that has timed out is not carried out', async () => {
  const world = new BridgeWorld()
  const callId = world.open(7n, { timeoutBlocks: 1n })
  await world.blocks(6)
  world.start()
  await world.blocks(6)
  expect(world.executions(callId)).toBe(0)
  expect(world.transactions()).toEqual([])
  world.stop()
})

test('calls of applications of other workers are left alone', async () => {
  const world = new BridgeWorld()
  world.start()
  const [foreign, own] = [world.open(8n), world.open(7n)]
  await world.until(() => world.isClosed(own))
  expect(world.executions(foreign)).toBe(0)
  world.stop()
})

test('a worker that is killed after its answers were kept sends the same transaction again', async () => {
  const world = new BridgeWorld()
  world.start()
  world.onFulfil = () => world.kill()
  const callId = world.open(7n)
  await world.until(() => world.kills === 1)
  world.onFulfil = () => undefined
  world.start()
  await world.until(() => world.isClosed(callId))
  expect(world.keys()).toHaveLength(1)
  expect(world.executions(callId)).toBe(1)
  world.stop()
})

test('a worker that is killed while its transaction is on its way does not send another one', async () => {
  const world = new BridgeWorld()
  world.start()
  world.onSent = () => {
    world.onSent = () => undefined
    world.isFull = true
    world.kill()
  }
  const callId = world.open(7n)
  await world.until(() => world.kills === 1)
  await world.blocks(3)
  world.start()
  await world.blocks(3)
  world.isFull = false
  await world.blocks(6)
  expect(world.isClosed(callId)).toBe(true)
  expect(world.keys()).toHaveLength(1)
  world.stop()
})

test('a worker that is killed at any other time finds on chain what is open', async () => {
  const world = new BridgeWorld()
  const ids = Array.from({ length: 5 }, () => world.open(7n))
  await world.blocks(5)
  world.start()
  await world.blocks(1)
  world.kill()
  world.start()
  await world.until(() => ids.every((callId) => world.isClosed(callId)))
  expect(ids.map((callId) => world.executions(callId))).toEqual([1, 1, 1, 1, 1])
  world.stop()
})

test('an answer by a key that has gone is skipped, and the call carried out by the next instance', async () => {
  const world = new BridgeWorld()
  world.start()
  world.onFulfil = () => {
    world.onFulfil = () => undefined
    world.replaceAgent(7n)
  }
  const callId = world.open(7n)
  await world.until(() => world.isClosed(callId))
  expect(world.executions(callId)).toBe(2)
  expect(world.answeredTwice()).toEqual([])
  world.stop()
})

test('ATTACK an answer that the contract refuses keeps the others from nothing', async () => {
  const world = new BridgeWorld()
  world.start()
  const ids = Array.from({ length: 6 }, () => world.open(7n))
  world.poison(ids[2]!)
  const rest = ids.filter((callId) => callId !== ids[2])
  await world.until(() => rest.every((callId) => world.isClosed(callId)))
  expect(world.isClosed(ids[2]!)).toBe(false)
  world.stop()
})

test('a reorganization that takes an answer away leads to no second execution', async () => {
  const world = new BridgeWorld()
  world.start()
  const callId = world.open(7n)
  await world.until(() => world.isClosed(callId))
  world.reorganize()
  await world.blocks(10)
  expect(world.isClosed(callId)).toBe(true)
  expect(world.executions(callId)).toBe(1)
  expect(world.answeredTwice()).toEqual([])
  world.stop()
})

test('agents that refuse are asked again after pauses, and others meanwhile', async () => {
  const world = new BridgeWorld()
  world.start()
  world.refuse(7n, 3)
  const callId = world.open(7n)
  await world.until(() => world.isClosed(callId))
  expect(world.executions(callId)).toBe(1)
  world.stop()
})

test.each([1, 2, 3])('nothing is lost or answered twice through faults, seed %d', async (seed) => {
  const { problems } = await simulate(seeded(seed))
  expect(problems).toEqual([])
})

/** A linear congruence: enough to choose what happens next. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * below)
  }
}
