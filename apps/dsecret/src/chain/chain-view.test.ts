// What every ChainView must do: the one in memory that tests use, and the one that reads contracts.
import { openChain } from '@wetee/chain'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  blockOf,
  floorKey,
  genesisSeconds,
  grantKey,
  memoryView,
  secretKey,
  signatureKey,
  type World,
} from '../testing/memory-view.ts'
import { answerOfWorld, rpcView, worldProfile } from '../testing/rpc-of-world.ts'
import { startRpcServer, type RpcServer } from '../testing/rpc-server.ts'
import { TestNetwork } from '../testing/test-network.ts'
import { silentLog } from '../testing/test-node.ts'
import { AgreeingRpc } from './agreeing-rpc.ts'
import type { ChainView, FloorSubject, Hex, MessageKind } from './chain-view.ts'
import { openChainView } from './viem-view.ts'

const id: Hex = `0x${'ab'.repeat(32)}`

let served: World | undefined
let agreeing: ChainView
const servers: RpcServer[] = []
const stopping = new AbortController()
beforeAll(async () => {
  const answers: RpcServer['answers'] = (method, params) => answerOfWorld(served!, method, params)
  for (let n = 0; n < 2; n++) servers.push(await startRpcServer(answers))
  const rpc = new AgreeingRpc({
    urls: servers.map(({ url }) => url),
    chainId: worldProfile.chainId,
    monotonicMs: () => 0,
    log: silentLog,
    signal: stopping.signal,
  })
  let nowMs = 0
  const monotonicMs = () => (nowMs += 1_000)
  agreeing = openChainView(openChain(worldProfile, { transport: rpc.transport(), monotonicMs }))
})
afterAll(async () => {
  stopping.abort()
  await Promise.all(servers.map((server) => server.close()))
})

describe.each([
  ['in memory', (world: World) => memoryView(world)],
  ['of contracts', (world: World) => rpcView(world, () => 0)],
  ['of contracts by two RPCs', (world: World) => ((served = world), agreeing)],
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
      const owner: Hex = `0x${'0e'.repeat(20)}`
      const app = {
        owner,
        state,
        replicas: 3,
        currentVersion: 1,
        pendingVersion: 2,
        pendingDeadline: 5n,
      }
      world.apps.set(7n, app)
      expect(await view.app(7n, 100n)).toMatchObject(app)
    }
    expect(await view.app(8n, 100n)).toBeUndefined()
    expect(await view.version(7n, 1, 100n)).toMatchObject(world.versions.get('7/1')!)
    expect(await view.version(7n, 2, 100n)).toBeUndefined()
  })

  test('asks a contract whether a digest was signed for it, and takes a refusal for no', async () => {
    const [owner, digest, signature]: Hex[] = [
      `0x${'0e'.repeat(20)}`,
      `0x${'d1'.repeat(32)}`,
      `0x${'51'.repeat(200)}`,
    ]
    world.signatures.add(signatureKey(owner!, digest!, signature!))
    expect(await view.isSignatureOf(owner!, digest!, signature!, 100n)).toBe(true)
    expect(await view.isSignatureOf(owner!, digest!, '0x', 100n)).toBe(false)
    expect(await view.isSignatureOf(`0x${'0f'.repeat(20)}`, digest!, signature!, 100n)).toBe(false)
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

  test('reads a committee by its epoch', async () => {
    const former = { epoch: 3n, threshold: 1, members: [1n] }
    world.formerCommittees.push(former)
    expect(await view.committee(3n, 100n)).toEqual(former)
    expect(await view.committee(4n, 100n)).toEqual(world.committees.active)
    expect(await view.committee(9n, 100n)).toBeUndefined()
  })

  test('reads when the active committee began', async () => {
    expect(await view.activation(100n)).toEqual({ activatedAt: 0n, previousEpoch: 0n })
    world.activation = { activatedAt: 7n, previousEpoch: 3n }
    expect(await view.activation(100n)).toEqual(world.activation)
  })

  test('reads the keys that live, none before there is one', async () => {
    expect(await view.liveKeys(100n)).toEqual([])
    const points = { Y: `0x02${'aa'.repeat(32)}`, S: `0x03${'bb'.repeat(32)}` } as const
    world.networkKey = points
    const first = { ...points, number: 1, madeBlock: 0n, lastEpoch: 0n, endsAt: 0n }
    expect(await view.liveKeys(100n)).toEqual([first])
    world.networkKeyMade = 90n
    world.networkKey = { Y: points.S, S: points.Y }
    world.olderKey = { ...first, lastEpoch: 4n, endsAt: genesisSeconds + 101n }
    const second = { ...world.networkKey, number: 2, madeBlock: 90n, lastEpoch: 0n, endsAt: 0n }
    expect(await view.liveKeys(100n)).toEqual([world.olderKey, second])
    world.olderKey = { ...first, lastEpoch: 4n, endsAt: genesisSeconds + 100n }
    expect(await view.liveKeys(100n)).toEqual([second])
  })

  test('reads key sessions in every phase and what became of them', async () => {
    expect(await view.sessionOf(4n, 100n)).toBe(0n)
    expect(await view.session(1n, 100n)).toBeUndefined()
    expect(await view.confirmation(4n, 100n)).toBeUndefined()
    const phases = [
      ...([
        'register',
        'deal',
        'complain',
        'reveal',
        'recover',
        'confirm',
        'confirmed',
        'expired',
      ] as const),
    ]
    for (const phase of phases) {
      const session = {
        ...{ number: 2n, epoch: 4n, dealersEpoch: 3n, openedBlock: 90n, openedAt: 5n },
        ...{ phase, phaseEnd: 9n, messagesDigest: id },
      }
      world.sessions.set(2n, session)
      expect(await view.session(2n, 100n)).toMatchObject(session)
    }
    expect(await view.sessionOf(4n, 100n)).toBe(2n)
    const confirmation = { session: 2n, key: 1, sessionId: id, transcriptDigest: id }
    world.confirmations.set(4n, confirmation)
    expect(await view.confirmation(4n, 100n)).toEqual(confirmation)
  })

  test('reads the messages of one session in a range of blocks, and their calldata', async () => {
    const message = (kind: MessageKind, sender: number, subject: number, blockNumber: bigint) => ({
      ...{ kind, sender, subject, bodyDigest: id, blockNumber },
      transactionHash: `0x${blockNumber.toString(16).padStart(64, '0')}` as const,
    })
    const messages = [
      message('deal', 1, 0, 80n),
      message('deal', 2, 0, 90n),
      message('complain', 3, 2, 91n),
      message('reveal', 1, 0, 92n),
      message('recover', 3, 2, 93n),
      message('recover', 1, 2, 94n),
    ]
    world.sessionEvents.set(2n, messages)
    world.sessionEvents.set(3n, [message('deal', 1, 0, 90n)])
    expect(await view.sessionEvents(2n, 90n, 93n)).toEqual(messages.slice(1, 5))
    world.calldata.set(id, '0x1234')
    expect(await view.calldata(id)).toBe('0x1234')
  })

  test('says whether the committee may be renewed', async () => {
    expect(await view.isRenewalDue(100n)).toBe(false)
    world.renewalDue = true
    expect(await view.isRenewalDue(100n)).toBe(true)
  })

  test('reads secrets, their versions, grants and receipts, absent ones as undefined', async () => {
    const digest: Hex = `0x${'cd'.repeat(32)}`
    expect(await view.secret(7n, 'token', 100n)).toBeUndefined()
    expect(await view.secretVersion(7n, 'token', 1, 100n)).toBeUndefined()
    expect(await view.secretOf(digest, 100n)).toBeUndefined()
    const owner: Hex = `0x${'11'.repeat(20)}`
    const version = { ciphertextDigest: digest, policyDigest: id, owner, setAt: 4n, key: 1 }
    world.secrets.set(secretKey(7n, 'token'), { name: 'token', current: 1, latest: 2, version })
    world.secretVersions.set(secretKey(7n, 'token', 1), version)
    world.ciphertexts.set(digest, { appId: 7n, name: 'token', version: 1 })
    const secret = await view.secret(7n, 'token', 100n)
    expect(secret).toEqual({ name: 'token', current: 1, latest: 2, version })
    expect(await view.secretUnder(7n, 'token', 1, 100n)).toEqual(secret)
    expect(await view.secretUnder(7n, 'token', 2, 100n)).toBeUndefined()
    expect(await view.secretVersion(7n, 'token', 1, 100n)).toEqual(version)
    expect(await view.secretOf(digest, 100n)).toEqual({ appId: 7n, name: 'token', version: 1 })
    const reader = { appId: 8n, manifestDigest: id }
    expect(await view.isGranted({ appId: 7n, name: 'token' }, reader, 100n)).toBe(false)
    world.grants.add(grantKey({ appId: 7n, name: 'token' }, reader))
    expect(await view.isGranted({ appId: 7n, name: 'token' }, reader, 100n)).toBe(true)
    expect(await view.receiptsPosted(2n, 100n)).toBe(0n)
    world.receiptsPosted.set(2n, 9n)
    expect(await view.receiptsPosted(2n, 100n)).toBe(9n)
  })

  test('says that a chain that does not answer may answer later', async () => {
    world.reachable = false
    const unreachable: unknown = expect.objectContaining({ retryable: true })
    await expect(view.head()).rejects.toThrow(unreachable)
    await expect(view.app(7n, 100n)).rejects.toThrow(unreachable)
    await expect(view.committees(100n)).rejects.toThrow(unreachable)
  })
})

test('after a reopening the active committee vouches, where the latest does on development networks', async () => {
  const { world } = new TestNetwork()
  const active = { epoch: 1n, threshold: 1, members: [1n] }
  const latest = { epoch: 2n, threshold: 2, members: [1n, 2n, 3n] }
  const kinds = async (committees: World['committees']) => {
    world.committees = committees
    const read = async (kind: 'development' | 'test') => {
      const view = rpcView(world, () => 0, { ...worldProfile, kind })
      return (await view.committees(100n)).reopened
    }
    return [await read('development'), await read('test')]
  }
  expect(await kinds({ active, latest, genesisOpen: true })).toEqual([undefined, active])
  expect(await kinds({ active, latest, genesisOpen: false })).toEqual([undefined, undefined])
  const first = { active: undefined, latest, genesisOpen: true }
  expect(await kinds(first)).toEqual([undefined, undefined])
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
