// The machine's proof, with real TLS nodes and an agent's real control socket.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serveSocket } from '@wetee/tee-device'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { NodeProof } from '../chain/records.ts'
import { ConditionBoard } from '../condition/condition.ts'
import { Guests } from '../instance/guests.ts'
import { InstanceFolders } from '../instance/instance-folder.ts'
import { createNodeClient } from '../lease/node-client.ts'
import { MemoryChain, testPlatformId } from '../testing/memory-chain.ts'
import { MemoryPlatform } from '../testing/memory-platform.ts'
import { MemoryRuntime } from '../testing/memory-runtime.ts'
import { keepLog } from '../testing/silent-log.ts'
import { startNodes, type TestNode } from '../testing/test-nodes.ts'
import { PlatformProver, platformPodId } from './platform-prover.ts'

const operator = `0x${'77'.repeat(20)}` as const
const tag = 'w1-00000000'
const proof: NodeProof = {
  role: 1,
  nodeId: 1n,
  platformId: testPlatformId,
  statementKey: operator,
  encryptionKey: `0x${'00'.repeat(33)}`,
  tlsKeyHash: `0x${'00'.repeat(32)}`,
  measurementId: `0x${'06'.repeat(32)}`,
  evidenceBlock: 90n,
  notBefore: 990n,
  notAfter: 9_000n,
  evidenceDigest: `0x${'04'.repeat(32)}`,
}
let stateDir: string
let chain: MemoryChain
let runtime: MemoryRuntime
let platform: MemoryPlatform
let nodes: TestNode[]
let controller: AbortController
let prover: PlatformProver
let board: ConditionBoard
let launches: unknown[]
const cleanups: (() => unknown)[] = []
let kept: Map<string, string>
beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), 'wetee-pp-'))
  chain = new MemoryChain()
  runtime = new MemoryRuntime()
  platform = new MemoryPlatform(stateDir)
  board = new ConditionBoard()
  launches = []
  controller = new AbortController()
  const started = await startNodes(3, 2)
  cleanups.push(started.close)
  nodes = started.nodes
  for (const node of nodes) node.proof = proof
  chain.members = started.committee
  const log = keepLog()
  const guests = new Guests(log, controller.signal)
  const folders = new InstanceFolders(stateDir)
  let control: { close(): Promise<void> } | undefined
  runtime.onStart = async (podId) => {
    const run = folders.runFolder(podId)
    launches.push(JSON.parse(readFileSync(join(run, 'launch.json'), 'utf8')))
    control = await serveSocket({
      socketPath: join(run, 'agent.sock'),
      fileMode: 0o666,
      handle: () => Promise.resolve({ format: 'wetee/evidence/v1' }),
    })
  }
  runtime.onStop = async () => control?.close()
  kept = new Map()
  prover = new PlatformProver({
    workerId: 1n,
    tag,
    operator,
    endpoint: 'https://worker.test',
    shelf: { put: (digest, text) => void kept.set(digest, text) },
    chain,
    nodes: createNodeClient(),
    runtime,
    platform,
    folders,
    guests,
    agentImage: { layout: '/agent', digest: `sha256:${'ee'.repeat(32)}` },
    agentLimits: { cpuMilli: 500, memoryBytes: 1e8, pids: 64 },
    relay: { head: () => chain.head(), collateral: () => Promise.resolve({}) },
    board,
    log,
    signal: controller.signal,
  })
  cleanups.push(() => guests.close())
})
afterEach(async () => {
  controller.abort()
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  await platform.restart()
  rmSync(stateDir, { recursive: true, force: true })
})

test('the agent is launched as platform of role 1, its evidence proven by a quorum, and nothing is left', async () => {
  await prover.prove()
  expect(launches).toEqual([
    {
      format: 'wetee/launch/v1',
      mode: 'platform',
      chainId: '31337',
      subnet: chain.network.contracts.subnet,
      role: 1,
      nodeId: '1',
      statementKey: operator,
    },
  ])
  expect(chain.sent.map(({ name, args }) => [name, args[0]])).toEqual([['proveNode', proof]])
  const digest = proof.evidenceDigest.slice(2)
  expect(chain.sent[0]?.args[1]).toBe(`https://worker.test/v1/evidence/${digest}`)
  expect(kept.get(digest)).toBe('{"format":"wetee/evidence/v1"}')
  expect(runtime.pods.size).toBe(0)
  expect(platform.guests.size).toBe(0)
  expect(existsSync(join(stateDir, 'instances', platformPodId(tag)))).toBe(false)
})

test('one node of three is enough away; two are not', async () => {
  nodes[0]!.refuse = () => ({ status: 422, code: 'policy.tcb-status' })
  await prover.prove()
  expect(chain.sent).toHaveLength(1)
  nodes[1]!.refuse = () => ({ status: 503, code: 'busy' })
  await expect(prover.prove()).rejects.toMatchObject({ code: 'quorum.too-few' })
  expect(chain.sent).toHaveLength(1)
})

test('a node that answers another proof is not counted', async () => {
  nodes[0]!.proof = { ...proof, notAfter: 9_001n }
  nodes[1]!.proof = { ...proof, nodeId: 2n }
  await expect(prover.prove()).rejects.toMatchObject({ code: 'quorum.disagrees' })
})

test.each([
  { nodeId: 2n },
  { role: 2 },
  { statementKey: `0x${'99'.repeat(20)}` },
  { encryptionKey: `0x02${'11'.repeat(32)}` },
  { tlsKeyHash: `0x${'11'.repeat(32)}` },
] as Partial<typeof proof>[])(
  'a proof of somebody else is not sent, though a quorum names it: %o',
  async (other) => {
    for (const node of nodes) node.proof = { ...proof, ...other }
    await expect(prover.prove()).rejects.toMatchObject({ code: 'quorum.too-few' })
    expect(chain.sent).toEqual([])
  },
)

test('before there is a committee it waits and says so', async () => {
  chain.members = { epoch: 0n, threshold: 0, members: [] }
  await expect(prover.prove()).rejects.toMatchObject({ code: 'committee.none', retryable: true })
})

test('a machine whose agent ends is told apart from one that is silent', async () => {
  runtime.onStart = (podId, { name }) => Promise.resolve(runtime.exit(podId, name, 78))
  await expect(prover.prove()).rejects.toMatchObject({ code: 'platform.no-evidence' })
  expect(runtime.pods.size).toBe(0)
})

test('the loop proves when less than half of a proof is left and clears its condition', async () => {
  chain.proof = { ...chain.proof, notAfter: chain.block.timestamp + 300n }
  const proven = new Promise<void>((resolve) => {
    const proveNode = chain.proveNode.bind(chain)
    chain.proveNode = async (...args) => {
      await proveNode(...args)
      resolve()
    }
  })
  const running = prover.run()
  await proven
  controller.abort()
  await running
  expect(chain.proof.notAfter).toBe(9_000n)
  expect(board.list('worker')).toEqual([])
})

test('a fresh proof is left alone', async () => {
  const running = prover.run()
  await new Promise((resolve) => setTimeout(resolve, 20))
  controller.abort()
  await running
  expect(chain.sent).toEqual([])
})
