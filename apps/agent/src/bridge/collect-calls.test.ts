// Statements about open calls from nodes over real TLS, of which some lie.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callToWire, openCallsTypedData, type BridgeCall, type OpenCall } from '@wetee/chain'
import { bridgeCall, statementOf } from '@wetee/chain/testing/bridge-calls'
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { MembersRoad } from '../committee/ask-members.ts'
import { CommitteeBook } from '../committee/committee-book.ts'
import { createLog } from '../log.ts'
import { startTestNode } from '../testing/node-process.ts'
import { startTestWorker, type TestWorker } from '../testing/worker-process.ts'
import { openWorkerClient } from '../worker/worker-client.ts'
import { collectCalls, type StatedCall } from './collect-calls.ts'

type Hex = `0x${string}`
/** What a node says; a test has it lie. */
type CallsNode = {
  chainId: string
  bridge: Hex
  appId: bigint
  calls: OpenCall[]
  account: PrivateKeyAccount
  silent?: boolean
  /** Statements of before, played again. */
  replay?: object
}

const bridge: Hex = `0x${'b1'.repeat(20)}`
const thief: Hex = `0x${'0f'.repeat(20)}`

const callOf = (callId: bigint): OpenCall => statementOf(bridgeCall(callId))

let folder: string
let worker: TestWorker
let nodes: CallsNode[]
let road: MembersRoad
const lines: string[] = []
const cleanups: (() => unknown)[] = []

beforeEach(async () => {
  lines.length = 0
  folder = mkdtempSync(join(tmpdir(), 'wetee-cc-'))
  worker = await startTestWorker(join(folder, 'w.sock'), () => Promise.resolve({}))
  nodes = Array.from({ length: 4 }, (_, place) => ({
    ...{ chainId: '31337', bridge, appId: 7n, calls: [callOf(3n), callOf(4n)] },
    account: privateKeyToAccount(`0x${String(place + 1).repeat(64)}`),
  }))
  const started = await Promise.all(
    nodes.map((own, place) =>
      startTestNode(BigInt(place + 101), (body) => answerOf(own, BigInt(place + 101), body)),
    ),
  )
  for (const { node, close } of started) {
    worker.allowed.add(node.host)
    cleanups.push(close)
  }
  const book = new CommitteeBook(() => 0)
  const members = nodes.map(({ account }, place) => ({
    ...{ index: place + 1, nodeId: BigInt(place + 101) },
    statementKey: account.address.toLowerCase() as Hex,
  }))
  book.note({ epoch: 4n, threshold: 3, members })
  const controller = new AbortController()
  cleanups.push(() => controller.abort())
  road = {
    launch: { chainId: 31_337n, cloud: `0x${'0c'.repeat(20)}`, appId: 7n },
    nodes: {
      latest: () => Promise.resolve({ nodes: started.map(({ node }) => node), threshold: 3 }),
    },
    worker: openWorkerClient(join(folder, 'w.sock')),
    ...{ book, census: { refresh: () => Promise.resolve() }, signal: controller.signal },
    log: createLog(
      (line) => lines.push(line),
      () => 0,
    ),
  }
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) cleanup()
  await worker.close()
  rmSync(folder, { recursive: true, force: true })
})

async function answerOf(own: CallsNode, nodeId: bigint, body: string) {
  if (own.silent === true) return new Promise<never>(() => undefined)
  if (own.replay !== undefined) return { answer: own.replay }
  const asked = JSON.parse(body) as { nonce: Hex; calls: { callId: string }[] }
  const { nonce } = asked
  const calls = own.calls.filter(({ callId }) =>
    asked.calls.some((call) => call.callId === String(callId)),
  )
  const network = { chainId: 31_337, contracts: { bridge: own.bridge } }
  const said = { nodeId, nonce, appId: own.appId, calls }
  return {
    answer: {
      ...{ chainId: own.chainId, bridge: own.bridge, appId: String(own.appId) },
      calls: calls.map((call) => ({
        ...{ ...call, callId: String(call.callId), deadline: String(call.deadline) },
      })),
      nodeId: String(nodeId),
      signature: await own.account.signTypedData(openCallsTypedData(network, said)),
    },
  }
}

async function collect(...callIds: bigint[]): Promise<StatedCall[]> {
  const stated: StatedCall[] = []
  const asked: BridgeCall[] = callIds.map((callId) => bridgeCall(callId))
  await collectCalls(road, asked, (call) => stated.push(call))
  return stated.toSorted((a, b) => Number(a.callId - b.callId))
}

const noQuorum: unknown = expect.objectContaining({ code: 'facts.no-quorum' })

test('a call is stated by the threshold of members, whatever the others say or do', async () => {
  nodes[3]!.silent = true
  expect(await collect(3n, 4n)).toEqual([
    { ...callOf(3n), bridge },
    { ...callOf(4n), bridge },
  ])
})

test('of calls that fewer members know nothing is said, the others are stated', async () => {
  for (const node of nodes.slice(0, 2)) node.calls = [callOf(4n)]
  expect((await collect(3n, 4n, 9n)).map(({ callId }) => callId)).toEqual([4n])
})

test.each<[string, Partial<OpenCall>]>([
  ['definition', { definitionDigest: `0x${'ff'.repeat(32)}` }],
  ['arguments', { argsDigest: `0x${'ff'.repeat(32)}` }],
  ['caller', { caller: thief }],
  ['deadline', { deadline: 9_999n }],
  ['version', { apiVersion: 3 }],
  ['size of the payload', { maxPayloadBytes: 16_384 }],
])('ATTACK fewer members than the threshold cannot state another %s', async (_, lie) => {
  for (const node of nodes.slice(0, 2)) node.calls = [{ ...callOf(3n), ...lie }]
  expect(await collect(3n)).toEqual([])
})

test('ATTACK fewer members than the threshold cannot make a call up', async () => {
  for (const node of nodes.slice(0, 2)) node.calls = [callOf(9n)]
  expect(await collect(9n)).toEqual([])
})

test('ATTACK a host that answers by keys of its own states nothing', async () => {
  for (const [place, node] of nodes.entries())
    node.account = privateKeyToAccount(`0x${String(place + 5).repeat(64)}`)
  await expect(collect(3n)).rejects.toEqual(noQuorum)
  expect(lines.join('')).toContain('node.signature-invalid')
})

test('ATTACK one member that answers for all nodes has one voice', async () => {
  for (const node of nodes) node.account = nodes[0]!.account
  expect(await collect(3n)).toEqual([])
})

test('ATTACK statements of another question, played again, do not count for this one', async () => {
  for (const [place, node] of nodes.entries()) {
    const asked = JSON.stringify({
      nonce: `0x${'01'.repeat(32)}`,
      calls: [callToWire(bridgeCall(3n))],
    })
    node.replay = (await answerOf(node, BigInt(place + 101), asked)).answer
  }
  await expect(collect(3n)).rejects.toEqual(noQuorum)
})

test('ATTACK members name another Bridge than the others: it is another call', async () => {
  for (const node of nodes.slice(0, 2)) node.bridge = thief
  expect(await collect(3n)).toEqual([])
})

test.each<[string, Partial<CallsNode>]>([
  ['chain', { chainId: '1' }],
  ['application', { appId: 8n }],
])('ATTACK calls of another %s are not taken for these', async (_, lie) => {
  for (const node of nodes.slice(0, 2)) Object.assign(node, lie)
  await expect(collect(3n)).rejects.toEqual(noQuorum)
  expect(lines.join('')).toContain('calls of something else')
})
