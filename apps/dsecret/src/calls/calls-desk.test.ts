// What a node says of open calls, over its HTTPS side.
import { callDigest, callToWire, openCallsTypedData, type BridgeCall } from '@wetee/chain'
import { bridgeCall, statementOf } from '@wetee/chain/testing/bridge-calls'
import { requestPinned } from '@wetee/tls'
import { recoverTypedDataAddress } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Hex } from '../chain/chain-view.ts'
import { blockOf, memoryView, testNetwork } from '../testing/memory-view.ts'
import { TestNetwork } from '../testing/test-network.ts'
import { startTestNode, type TestNode } from '../testing/test-node.ts'
import { CallsDesk } from './calls-desk.ts'

let network: TestNetwork
let node: TestNode
beforeAll(async () => {
  network = new TestNetwork()
  node = await startTestNode(network, 2)
})
afterAll(() => node.close())
beforeEach(() => {
  network.world.head += 60n
  network.clock.nowMs += 60_000
  network.world.openDigests = new Map()
  for (const call of [callOf(3n), callOf(4n)]) open(call)
})

type Answer = { calls?: { callId: string }[]; signature: Hex; error?: { code: string } }

const nonce: Hex = `0x${'0a'.repeat(32)}`

/** Its deadline is a second from now on. */
function callOf(callId: bigint, appId = 7n): BridgeCall {
  const deadline = blockOf(network.world, network.world.head).timestamp + 1n
  return bridgeCall(callId, { appId, deadline })
}

function open(call: BridgeCall): void {
  network.world.openDigests.set(call.callId, callDigest(call))
}

const asking = (...calls: BridgeCall[]) => ({ nonce, calls: calls.map(callToWire) })

async function ask(body: object, path = '/v1/apps/7/open-calls') {
  const { status, body: bytes } = await requestPinned({
    connect: { host: node.host, port: node.port },
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    tlsKeyHash: node.tlsKeyHash,
    maxBytes: 65_536,
  })
  return { status, json: JSON.parse(Buffer.from(bytes).toString('utf8')) as Answer }
}

const idsOf = ({ json }: { json: Answer }) => json.calls?.map(({ callId }) => callId)

test('calls that are open are stated once each, signed for this question alone', async () => {
  const { status, json } = await ask(asking(callOf(4n), callOf(3n), callOf(4n), callOf(9n)))
  expect(status).toBe(200)
  const calls = [callOf(4n), callOf(3n)].map(statementOf)
  expect(json).toMatchObject({
    ...{ chainId: '31337', bridge: testNetwork.contracts.bridge, appId: '7', nodeId: '2' },
    calls: calls.map((call) => ({
      ...{ ...call, callId: String(call.callId), deadline: String(call.deadline) },
    })),
  })
  const typedData = openCallsTypedData(testNetwork, { nodeId: 2n, nonce, appId: 7n, calls })
  expect(await recoverTypedDataAddress({ ...typedData, signature: json.signature })).toBe(
    network.statementKeys[1]!.address,
  )
})

test('a call counts until its last second and no longer', async () => {
  const asked = asking(callOf(3n))
  network.world.head += 1n
  expect(idsOf(await ask(asked))).toEqual(['3'])
  network.world.head += 1n
  expect(idsOf(await ask(asked))).toEqual([])
})

test('ATTACK a call of another application is not stated for this one', async () => {
  open(callOf(5n, 8n))
  expect(idsOf(await ask(asking(callOf(3n), callOf(5n, 8n))))).toEqual(['3'])
})

test.each<[string, (call: BridgeCall) => BridgeCall]>([
  ['caller', (call) => ({ ...call, caller: `0x${'0f'.repeat(20)}` })],
  ['application', (call) => ({ ...call, appId: 7n, callId: 5n })],
  ['deadline', ({ order, ...call }) => ({ ...call, order: { ...order, deadline: 2n ** 63n } })],
  [
    'definition',
    ({ order, ...call }) => ({
      ...call,
      order: { ...order, definitionDigest: `0x${'0f'.repeat(32)}` },
    }),
  ],
  [
    'arguments',
    ({ order, ...call }) => ({ ...call, order: { ...order, argsDigest: `0x${'0f'.repeat(32)}` } }),
  ],
])('ATTACK a call that is told with another %s is not stated', async (_, told) => {
  open(callOf(5n, 8n))
  expect(idsOf(await ask(asking(told(callOf(3n)), callOf(4n))))).toEqual(['4'])
})

const wire = callToWire(bridgeCall(3n))
test.each<[string, object, string?]>([
  ['no nonce', { calls: [wire] }],
  ['a short nonce', { nonce: '0x0a', calls: [wire] }],
  ['no call', { nonce, calls: [] }],
  ['65 calls', { nonce, calls: Array.from({ length: 65 }, () => wire) }],
  ['a number as number', { nonce, calls: [{ ...wire, callId: 3 }] }],
  ['more than 64 bits', { nonce, calls: [{ ...wire, callId: '18446744073709551616' }] }],
  ['a field more', { nonce, calls: [wire], at: '1' }],
  ['application 0', { nonce, calls: [wire] }, '/v1/apps/0/open-calls'],
])('%s is refused', async (_, body, path) => {
  const expected = { status: 400, json: { error: { code: 'request.invalid' } } }
  expect(await ask(body, path)).toMatchObject(expected)
})

/** A desk of its own, counting reads. */
function startDesk(bridge = true) {
  const view = memoryView(network.world)
  const reads: bigint[] = []
  const { bridge: _, ...contracts } = testNetwork.contracts
  const desk = new CallsDesk({
    ...{ nodeId: 2n, account: network.statementKeys[1]!, clock: network.clock },
    view: {
      ...view,
      network: bridge ? testNetwork : { ...testNetwork, contracts },
      openDigests: (ids, at) => {
        reads.push(at)
        return view.openDigests(ids, at)
      },
    },
  })
  return { desk, reads }
}

test('questions of one application have a limit, those of another one theirs', async () => {
  const { desk, reads } = startDesk()
  const asked = [callOf(3n)]
  const answers = Array.from({ length: 70 }, () => desk.state(7n, asked, nonce))
  const ends = await Promise.allSettled(answers)
  expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(10)
  expect(reads).toHaveLength(60)
  expect(await desk.state(8n, asked, nonce)).toContain('"calls":[]')
  expect(reads).toHaveLength(60)
})

test('a node whose view is too old, or has no chain, states nothing', async () => {
  const { desk } = startDesk()
  network.clock.nowMs += 400_000
  await expect(desk.state(7n, [callOf(3n)], nonce)).rejects.toMatchObject({ code: 'view.stale' })
  network.clock.nowMs -= 400_000
  network.world.reachable = false
  await expect(desk.state(7n, [callOf(3n)], nonce)).rejects.toMatchObject({
    code: 'chain.unreachable',
  })
  network.world.reachable = true
  expect(await desk.state(7n, [callOf(3n)], nonce)).toContain('"callId":"3"')
})

test('a network without a Bridge has no calls', async () => {
  const { desk } = startDesk(false)
  const refused = { code: 'bridge.none', status: 404 }
  await expect(desk.state(7n, [callOf(3n)], nonce)).rejects.toMatchObject(refused)
})
