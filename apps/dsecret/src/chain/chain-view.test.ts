// What every ChainView must do: the one in memory that tests use, and the one that reads contracts.
import { beforeEach, describe, expect, test } from 'vitest'
import {
  blockOf,
  floorKey,
  genesisSeconds,
  memoryView,
  type World,
} from '../testing/memory-view.ts'
import { rpcView } from '../testing/rpc-of-world.ts'
import { TestNetwork } from '../testing/test-network.ts'
import type { ChainView, FloorSubject, Hex } from './chain-view.ts'

const id: Hex = `0x${'ab'.repeat(32)}`

describe.each([
  ['in memory', (world: World) => memoryView(world)],
  ['of contracts', (world: World) => rpcView(world, () => 0)],
])('a view %s', (_, open) => {
  let network: TestNetwork
  let world: World
  let view: ChainView
  beforeEach(() => {
    network = new TestNetwork()
    world = network.world
    view = open(world)
  })

  test('names chain and contracts in lower case', () => {
    expect(view.network).toEqual(memoryView(world).network)
  })

  test('reads finalized blocks', async () => {
    expect(await view.head()).toEqual(blockOf(world, 100n))
    expect(await view.block(90n)).toEqual(blockOf(world, 90n))
  })

  test('reads applications and their versions, absent ones as undefined', async () => {
    for (const state of ['active', 'paused', 'ended'] as const) {
      const app = { state, replicas: 3, currentVersion: 1, pendingVersion: 2, pendingDeadline: 5n }
      world.apps.set(7n, app)
      expect(await view.app(7n, 100n)).toMatchObject(app)
    }
    expect(await view.app(8n, 100n)).toBeUndefined()
    expect(await view.version(7n, 1, 100n)).toMatchObject(world.versions.get('7/1')!)
    expect(await view.version(7n, 2, 100n)).toBeUndefined()
  })

  test('reads the lifetime of a lease as of the block, and that of proofs', async () => {
    world.maxLeaseSeconds.push({ from: 95n, seconds: 600n })
    expect(await view.maxLeaseSeconds(90n)).toBe(300n)
    expect(await view.maxLeaseSeconds(95n)).toBe(600n)
    expect(await view.nodeProofSeconds(90n)).toBe(3_600n)
  })

  test('reads operators and nodes, absent ones as undefined', async () => {
    expect(await view.workerOperator(1n, 100n)).toBe(network.operator.address.toLowerCase())
    expect(await view.workerOperator(2n, 100n)).toBeUndefined()
    const node = await view.node(2n, 100n)
    expect(node?.statementKey.toLowerCase()).toBe(network.registered(2).statementKey)
    const { encryptionKey, tlsKeyHash, endpoint } = network.registered(2)
    expect(node).toMatchObject({ encryptionKey, tlsKeyHash, endpoint })
    expect(await view.node(9n, 100n)).toBeUndefined()
    for (const status of ['active', 'leaving', 'slashed'] as const) {
      world.nodes.set(2n, { ...network.registered(2), status })
      expect((await view.node(2n, 100n))?.status).toBe(status)
    }
  })

  test('reads machines and proofs', async () => {
    const machine = network.platformIdOf(network.workerChip)
    expect(await view.platform(machine, 100n)).toEqual(world.platforms.get(machine))
    const nobody = { role: 0, nodeId: 0n, notAfter: 0n, denied: false }
    expect(await view.platform(id, 100n)).toEqual(nobody)
    expect(await view.isPlatformLive(1, 1n, machine, 100n)).toBe(true)
    expect(await view.isPlatformLive(1, 2n, machine, 100n)).toBe(false)
    expect(await view.liveProofUntil(2, 2n, 100n)).toBe(genesisSeconds + 10_000n)
    expect(await view.liveProofUntil(2, 9n, 100n)).toBe(0n)
  })

  test('reads reference values of every status', async () => {
    for (const status of ['none', 'accepted', 'deprecated', 'revoked'] as const) {
      const facts = { status, teeClass: 1, validFrom: 3n, until: 4n }
      world.references.set(`2/${id}`, facts)
      expect(await view.reference(2, id, 100n)).toMatchObject(facts)
    }
    expect((await view.reference(1, id, 100n)).status).toBe('none')
  })

  test('reads the floor of each subject', async () => {
    const subjects: FloorSubject[] = ['key', 'platform', 'measurement', 'worker', 'application']
    for (const [index, subject] of subjects.entries())
      world.floors.set(floorKey(subject, id), BigInt(index + 1))
    for (const [index, subject] of subjects.entries())
      expect(await view.revocationFloor(subject, id, 100n)).toBe(BigInt(index + 1))
    expect(await view.revocationFloor('key', `0x${'00'.repeat(32)}`, 100n)).toBe(0n)
  })

  test('reads the committees: none, one that is named, another that is active', async () => {
    const latest = { epoch: 2n, threshold: 2, members: [3n, 1n, 2n] }
    const active = { epoch: 1n, threshold: 1, members: [1n] }
    const cases = [
      { active: undefined, latest: undefined, genesisOpen: false },
      { active: undefined, latest, genesisOpen: true },
      { active, latest, genesisOpen: false },
      { active: latest, latest, genesisOpen: false },
    ]
    for (const committees of cases) {
      world.committees = committees
      expect(await view.committees(100n)).toEqual(committees)
    }
  })

  test('says that a chain that does not answer may answer later', async () => {
    world.reachable = false
    const unreachable: unknown = expect.objectContaining({ retryable: true })
    await expect(view.head()).rejects.toThrow(unreachable)
    await expect(view.app(7n, 100n)).rejects.toThrow(unreachable)
    await expect(view.committees(100n)).rejects.toThrow(unreachable)
  })
})

test('callers at the same time share one read of the head, for half a second; a failure is not kept', async () => {
  const { world } = new TestNetwork()
  let nowMs = 0
  const view = rpcView(world, () => nowMs)
  world.reachable = false
  await expect(view.head()).rejects.toThrow()
  world.reachable = true
  expect((await view.head()).number).toBe(100n)
  world.head = 101n
  nowMs = 499
  expect((await view.head()).number).toBe(100n)
  nowMs = 500
  expect((await view.head()).number).toBe(101n)
})
