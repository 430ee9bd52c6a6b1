// What a node says of open calls, over its HTTPS side.
import { openCallsTypedData, type OpenCall } from '@wetee/chain'
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
  network.world.openCalls = new Map([[7n, [callOf(3n), callOf(4n)]]])
})

type Answer = { calls?: { callId: string }[]; signature: Hex; error?: { code: string } }

const nonce: Hex = `0x${'0a'.repeat(32)}`

/** Open for a second from now on. */
function callOf(callId: bigint): OpenCall {
  return {
    ...{ callId, apiId: 1, apiVersion: 2, caller: `0x${'ca'.repeat(20)}`, maxPayloadBytes: 256 },
    deadline: blockOf(network.world, network.world.head).timestamp + 1n,
    ...{ definitionDigest: `0x${'de'.repeat(32)}`, argsDigest: `0x${'a5'.repeat(32)}` },
  }
}

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
  const { status, json } = await ask({ nonce, callIds: ['4', '3', '4', '9'] })
  expect(status).toBe(200)
  const calls = [callOf(4n), callOf(3n)]
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
  network.world.head += 1n
  expect(idsOf(await ask({ nonce, callIds: ['3'] }))).toEqual(['3'])
  network.world.head += 1n
  expect(idsOf(await ask({ nonce, callIds: ['3'] }))).toEqual([])
})

test('ATTACK a call of another application is not stated for this one', async () => {
  network.world.openCalls.set(8n, [callOf(5n)])
  expect(idsOf(await ask({ nonce, callIds: ['3', '5'] }))).toEqual(['3'])
})

test.each<[string, object, string?]>([
  ['no nonce', { callIds: ['3'] }],
  ['a short nonce', { nonce: '0x0a', callIds: ['3'] }],
  ['no call', { nonce, callIds: [] }],
  ['65 calls', { nonce, callIds: Array.from({ length: 65 }, (_, id) => String(id)) }],
  ['a number as number', { nonce, callIds: [3] }],
  ['more than 64 bits', { nonce, callIds: ['18446744073709551616'] }],
  ['a field more', { nonce, callIds: ['3'], at: '1' }],
  ['application 0', { nonce, callIds: ['3'] }, '/v1/apps/0/open-calls'],
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
      openCalls: (appId, at) => {
        reads.push(at)
        return view.openCalls(appId, at)
      },
    },
  })
  return { desk, reads }
}

test('one block is read once, however many ask; the next block anew', async () => {
  const { desk, reads } = startDesk()
  await Promise.all(Array.from({ length: 50 }, () => desk.state(7n, [3n], nonce)))
  expect(reads).toHaveLength(1)
  network.world.openCalls.set(7n, [callOf(4n)])
  network.world.head++
  expect(await desk.state(7n, [3n], nonce)).toContain('"calls":[]')
  expect(reads).toHaveLength(2)
})

test('a node whose view is too old states nothing, and a failure is not kept', async () => {
  const { desk } = startDesk()
  network.clock.nowMs += 400_000
  await expect(desk.state(7n, [3n], nonce)).rejects.toMatchObject({ code: 'view.stale' })
  network.clock.nowMs -= 400_000
  network.world.reachable = false
  await expect(desk.state(7n, [3n], nonce)).rejects.toMatchObject({ code: 'chain.unreachable' })
  network.world.reachable = true
  expect(await desk.state(7n, [3n], nonce)).toContain('"callId":"3"')
})

test('a network without a Bridge has no calls', async () => {
  const { desk } = startDesk(false)
  const refused = { code: 'bridge.none', status: 404 }
  await expect(desk.state(7n, [3n], nonce)).rejects.toMatchObject(refused)
})
