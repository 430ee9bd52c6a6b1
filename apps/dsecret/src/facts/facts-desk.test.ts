// What a node says of applications, over its HTTPS side.
import { appFactsTypedData, ownerSignatureTypedData } from '@wetee/chain'
import { requestPinned } from '@wetee/tls'
import { keccak256, recoverTypedDataAddress } from 'viem'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Hex } from '../chain/chain-view.ts'
import { blockOf, memoryView, signatureKey, testNetwork } from '../testing/memory-view.ts'
import { TestNetwork } from '../testing/test-network.ts'
import { startTestNode, type TestNode } from '../testing/test-node.ts'
import { FactsDesk } from './facts-desk.ts'

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
})

type Answer = {
  facts?: Record<string, unknown>
  answer?: Record<string, unknown>
  nodeId?: string
  signature: Hex
  error?: { code: string }
}

async function call(method: string, path: string, body?: object) {
  const { status, body: bytes } = await requestPinned({
    connect: { host: node.host, port: node.port },
    method,
    path,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    tlsKeyHash: node.tlsKeyHash,
    maxBytes: 65_536,
  })
  return { status, json: JSON.parse(Buffer.from(bytes).toString('utf8')) as Answer }
}

const owner: Hex = `0x${'0e'.repeat(20)}`
const digest: Hex = `0x${'d1'.repeat(32)}`
const signature: Hex = `0x${'51'.repeat(130)}`
const place = { chainId: String(testNetwork.chainId), cloud: testNetwork.contracts.cloud }

test('facts of an application are those of the newest finalized block, signed', async () => {
  const { number, timestamp } = blockOf(network.world, network.world.head)
  const { status, json } = await call('GET', '/v1/apps/7/facts')
  expect(status).toBe(200)
  const versions = { currentVersion: 1, pendingVersion: 0 }
  const block = { blockNumber: String(number), blockTime: String(timestamp) }
  expect(json).toMatchObject({
    facts: { ...place, appId: '7', owner, state: 'active', ...versions, ...block },
    nodeId: '2',
  })
  const said = { nodeId: 2n, appId: 7n, owner, state: 1, ...versions }
  const typedData = appFactsTypedData(testNetwork, {
    ...{ ...said, olderKey: '0x', blockNumber: number, blockTime: timestamp },
  })
  expect(await recoverTypedDataAddress({ ...typedData, signature: json.signature })).toBe(
    network.statementKeys[1]!.address,
  )
})

test('facts name the older key of the network until its end', async () => {
  const { world } = network
  const S: Hex = `0x02${'07'.repeat(32)}`
  const key = { Y: S, S, number: 1, madeBlock: 1n, lastEpoch: 3n }
  const facts = async () => (await call('GET', '/v1/apps/7/facts')).json.facts?.['olderKey']
  world.networkKey ??= { Y: `0x03${'07'.repeat(32)}`, S: `0x03${'07'.repeat(32)}` }
  world.olderKey = { ...key, endsAt: blockOf(world, world.head).timestamp + 1n }
  expect(await facts()).toBe(S)
  world.head += 1n
  network.clock.nowMs += 1_000
  expect(await facts()).toBe('0x')
  world.olderKey = undefined
})

test('a contract that owns an application says what was signed for it, and the node signs that', async () => {
  network.world.signatures.add(signatureKey(owner, digest, signature))
  const { number, timestamp } = blockOf(network.world, network.world.head)
  for (const [given, valid] of [
    [signature, true],
    ['0x', false],
  ] as const) {
    const { json } = await call('POST', '/v1/apps/7/may-sign', { digest, signature: given })
    const signatureDigest = keccak256(given)
    expect(json.answer).toMatchObject({ ...place, appId: '7', owner, digest, valid })
    const said = { nodeId: 2n, appId: 7n, owner, digest, signatureDigest, valid }
    const typedData = ownerSignatureTypedData(testNetwork, {
      ...{ ...said, blockNumber: number, blockTime: timestamp },
    })
    expect(await recoverTypedDataAddress({ ...typedData, signature: json.signature })).toBe(
      network.statementKeys[1]!.address,
    )
  }
})

test.each<[string, string, string, object | undefined, number, string]>([
  ['an application that there is not', 'GET', '/v1/apps/8/facts', undefined, 404, 'app.unknown'],
  ['a number with a zero before it', 'GET', '/v1/apps/07/facts', undefined, 400, 'request.invalid'],
  [
    'more than 64 bits',
    'GET',
    '/v1/apps/18446744073709551616/facts',
    undefined,
    400,
    'request.invalid',
  ],
  ['no digest', 'POST', '/v1/apps/7/may-sign', { signature }, 400, 'request.invalid'],
  [
    'half a byte of signature',
    'POST',
    '/v1/apps/7/may-sign',
    { digest, signature: '0x123' },
    400,
    'request.invalid',
  ],
  [
    'a signature of 8,193 bytes',
    'POST',
    '/v1/apps/7/may-sign',
    { digest, signature: `0x${'00'.repeat(8_193)}` },
    400,
    'request.invalid',
  ],
])('%s is refused', async (_, method, path, body, status, code) => {
  const answer = await call(method, path, body)
  expect(answer).toMatchObject({ status, json: { error: { code } } })
})

/** A desk of its own, counting reads. */
function startDesk() {
  const view = memoryView(network.world)
  const reads: bigint[] = []
  const [, account] = network.statementKeys
  const desk = new FactsDesk({
    ...{ nodeId: 2n, account: account!, clock: network.clock },
    view: {
      ...view,
      app: (appId, at) => {
        reads.push(at)
        return view.app(appId, at)
      },
    },
  })
  return { desk, reads }
}

test('one block is read once, however many ask; the next block anew', async () => {
  const { desk, reads } = startDesk()
  const answers = await Promise.all(Array.from({ length: 50 }, () => desk.facts(7n)))
  expect(new Set(answers).size).toBe(1)
  expect(reads).toHaveLength(1)
  network.world.head++
  await desk.facts(7n)
  expect(reads).toHaveLength(2)
})

test('whoever asks for signatures without end is told to wait', async () => {
  const { desk } = startDesk()
  for (let n = 0; n < 20; n++) await desk.maySign(7n, digest, signature)
  await expect(desk.maySign(7n, digest, signature)).rejects.toMatchObject({
    code: 'release.too-many',
    status: 429,
  })
})

test('a node whose view is too old says nothing, and says it again once it is not', async () => {
  const { desk } = startDesk()
  network.clock.nowMs += 400_000
  await expect(desk.facts(7n)).rejects.toMatchObject({ code: 'view.stale' })
  network.clock.nowMs -= 400_000
  network.world.reachable = false
  await expect(desk.facts(7n)).rejects.toMatchObject({ code: 'chain.unreachable' })
  network.world.reachable = true
  expect(await desk.facts(7n)).toContain('"state":"active"')
})
