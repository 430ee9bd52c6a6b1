// Facts and owners' signatures from nodes over real TLS, of which some lie.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { appFactsTypedData, ownerSignatureTypedData } from '@wetee/chain'
import { keccak256 } from 'viem'
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { startTestNode } from '../testing/node-process.ts'
import { startTestWorker, type TestWorker } from '../testing/worker-process.ts'
import { openWorkerClient } from '../worker/worker-client.ts'
import type { MembersRoad } from './ask-members.ts'
import { collectFacts, collectOwnerSignature } from './collect-facts.ts'
import { CommitteeBook } from './committee-book.ts'
import { FactsSource } from './app-facts.ts'
import { OwnerSignatures } from './owner-signature.ts'

const cloud = `0x${'0c'.repeat(20)}` as const
const owner = `0x${'0e'.repeat(20)}` as const
const thief = `0x${'0f'.repeat(20)}` as const
const digest = `0x${'d1'.repeat(32)}` as const
const network = { chainId: 31_337, contracts: { cloud } }
const STATES = { active: 1, paused: 2, ended: 3 } as const

type Hex = `0x${string}`
/** What a node says; a test has it lie. */
type Said = {
  chainId: string
  cloud: Hex
  appId: bigint
  owner: Hex
  state: keyof typeof STATES
  currentVersion: number
  pendingVersion: number
  olderKey: Hex
  blockNumber: bigint
  blockTime: bigint
}
type FactsNode = {
  said: Said
  account: PrivateKeyAccount
  silent?: boolean
  /** What it says of owners' signatures. */
  valid: boolean
  /** Answers of before, played again. */
  replay?: object
}

let folder: string
let worker: TestWorker
let lines: string[]
let nodes: FactsNode[]
let road: MembersRoad
let book: CommitteeBook
let refreshes: number
const cleanups: (() => unknown)[] = []

beforeEach(async () => {
  lines = []
  refreshes = 0
  folder = mkdtempSync(join(tmpdir(), 'wetee-cf-'))
  worker = await startTestWorker(join(folder, 'w.sock'), () => Promise.resolve({}))
  nodes = Array.from({ length: 4 }, (_, place) => ({
    said: {
      ...{ chainId: '31337', cloud, appId: 7n, owner, state: 'active' as const },
      ...{
        currentVersion: 2,
        pendingVersion: 0,
        olderKey: '0x',
        blockNumber: 90n,
        blockTime: 1_000n,
      },
    },
    account: privateKeyToAccount(`0x${String(place + 1).repeat(64)}`),
    valid: false,
  }))
  const started = await Promise.all(
    nodes.map((own, place) =>
      startTestNode(BigInt(place + 101), (body, path) =>
        own.silent === true
          ? new Promise(() => undefined)
          : answerOf(own, BigInt(place + 101), path, body),
      ),
    ),
  )
  for (const { node, close } of started) {
    worker.allowed.add(node.host)
    cleanups.push(close)
  }
  book = new CommitteeBook(() => 0)
  know(0, 1, 2, 3)
  const controller = new AbortController()
  cleanups.push(() => controller.abort())
  road = {
    launch: { chainId: 31_337n, cloud, appId: 7n },
    nodes: {
      latest: () => Promise.resolve({ nodes: started.map(({ node }) => node), threshold: 3 }),
    },
    worker: openWorkerClient(join(folder, 'w.sock')),
    book,
    census: {
      refresh: () => {
        refreshes++
        return Promise.resolve()
      },
    },
    log: createLog(
      (line) => lines.push(line),
      () => 0,
    ),
    signal: controller.signal,
  }
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) cleanup()
  await worker.close()
  rmSync(folder, { recursive: true, force: true })
})

function know(...places: number[]): void {
  const members = places.map((place) => ({
    index: place + 1,
    nodeId: BigInt(place + 101),
    statementKey: nodes[place]!.account.address.toLowerCase() as Hex,
  }))
  book.note({ epoch: 4n, threshold: 3, members })
}

async function answerOf(own: FactsNode, nodeId: bigint, path: string, body: string) {
  if (own.replay !== undefined) return { answer: own.replay }
  const { chainId, appId, blockNumber, blockTime, ...said } = own.said
  const block = { blockNumber: String(blockNumber), blockTime: String(blockTime) }
  const place = { chainId, cloud: said.cloud, appId: String(appId), owner: said.owner }
  const message = { nodeId, appId, owner: said.owner, blockNumber, blockTime }
  if (path === '/v1/apps/7/facts') {
    const { state, currentVersion, pendingVersion, olderKey } = said
    const versions = { currentVersion, pendingVersion, olderKey }
    const signature = await own.account.signTypedData(
      appFactsTypedData(network, { ...message, ...versions, state: STATES[state] }),
    )
    return {
      answer: {
        facts: { ...place, state, ...versions, ...block },
        nodeId: String(nodeId),
        signature,
      },
    }
  }
  const asked = JSON.parse(body) as { digest: Hex; signature: Hex }
  const signatureDigest = keccak256(asked.signature)
  const { valid } = own
  const about = { digest: asked.digest, signatureDigest, valid }
  const signature = await own.account.signTypedData(
    ownerSignatureTypedData(network, { ...message, ...about }),
  )
  return {
    answer: { answer: { ...place, ...about, ...block }, nodeId: String(nodeId), signature },
  }
}

const noQuorum: unknown = expect.objectContaining({ code: 'facts.no-quorum' })

test('facts are those that enough members say alike, of the block that all of them have reached', async () => {
  nodes[0]!.said.blockNumber = 91n
  nodes[0]!.said.blockTime = 1_001n
  nodes[3]!.silent = true
  expect(await collectFacts(road)).toEqual({
    ...{ appId: 7n, owner, state: 'active', currentVersion: 2, pendingVersion: 0, olderKey: '0x' },
    ...{ blockNumber: 90n, blockTime: 1_000n },
  })
  expect(refreshes).toBe(0)
})

test.each<[string, Partial<Said>]>([
  ['owner', { owner: thief }],
  ['state', { state: 'ended' }],
  ['version', { currentVersion: 9 }],
  ['pending version', { pendingVersion: 9 }],
  // A host that plays fewer than the threshold names no key of its own.
  ['older key', { olderKey: `0x02${'99'.repeat(32)}` }],
])('ATTACK fewer members than the threshold cannot say another %s', async (_, lie) => {
  for (const node of nodes.slice(0, 2)) Object.assign(node.said, lie)
  await expect(collectFacts(road)).rejects.toEqual(noQuorum)
  Object.assign(nodes[1]!.said, nodes[2]!.said)
  expect(await collectFacts(road)).toMatchObject({ owner, state: 'active', currentVersion: 2 })
})

test('ATTACK fewer members than the threshold cannot make facts look newer than they are', async () => {
  for (const node of nodes.slice(0, 2)) node.said.blockTime = 9_999_999n
  for (const node of nodes.slice(0, 2)) node.said.blockNumber = 9_999n
  expect((await collectFacts(road)).blockTime).toBe(1_000n)
})

test('ATTACK a host that answers by keys of its own is not heard, whoever it plays', async () => {
  for (const [place, node] of nodes.entries()) {
    node.account = privateKeyToAccount(`0x${String(place + 5).repeat(64)}`)
    node.said.owner = thief
  }
  await expect(collectFacts(road)).rejects.toEqual(noQuorum)
  expect(lines.join('')).toContain('node.signature-invalid')
})

test('ATTACK one member that answers for all nodes has one voice', async () => {
  for (const node of nodes) node.account = nodes[0]!.account
  await expect(collectFacts(road)).rejects.toEqual(noQuorum)
})

test.each<[string, Partial<Said>]>([
  ['chain', { chainId: '1' }],
  ['contract', { cloud: thief }],
  ['application', { appId: 8n }],
])('ATTACK facts of another %s are not taken for these', async (_, lie) => {
  for (const node of nodes.slice(0, 2)) Object.assign(node.said, lie)
  await expect(collectFacts(road)).rejects.toEqual(noQuorum)
  expect(lines.join('')).toContain('facts of something else')
})

test.each<[string, object]>([
  ['owner', { owner: thief }],
  // A host that names a key of its own has what the application writes.
  ['older key', { olderKey: `0x02${'99'.repeat(32)}` }],
])('ATTACK facts whose %s was altered on their way do not verify', async (_, lie) => {
  for (const [place, node] of nodes.entries()) {
    const { answer } = await answerOf(node, BigInt(place + 101), '/v1/apps/7/facts', '')
    node.replay = { ...answer, facts: { ...(answer as { facts: object }).facts, ...lie } }
  }
  await expect(collectFacts(road)).rejects.toEqual(noQuorum)
})

test('ATTACK answers of six minutes ago, played again, are stale', async () => {
  for (const [place, node] of nodes.entries())
    node.replay = (await answerOf(node, BigInt(place + 101), '/v1/apps/7/facts', '')).answer
  const source = (nowSeconds: number) =>
    new FactsSource({ collect: () => collectFacts(road), nowSeconds: () => nowSeconds })
  await expect(source(1_360).latest()).rejects.toMatchObject({ code: 'facts.stale' })
  expect(await source(1_300).latest()).toMatchObject({ owner })
})

test('members that are not known yet are asked who they are, once', async () => {
  book = new CommitteeBook(() => 0)
  road = {
    ...road,
    book,
    census: {
      refresh: () => {
        refreshes++
        know(0, 1, 2)
        return Promise.resolve()
      },
    },
  }
  expect(await collectFacts(road)).toMatchObject({ owner })
  expect(refreshes).toBe(1)
  nodes[0]!.said.owner = thief
  await expect(collectFacts(road)).rejects.toEqual(noQuorum)
  expect(refreshes).toBe(2)
})

test('an account signs by itself; for a contract enough members must say that it takes the signature', async () => {
  const account = privateKeyToAccount(`0x${'9'.repeat(64)}`)
  const facts = new FactsSource({ collect: () => collectFacts(road), nowSeconds: () => 1_000 })
  const owners = new OwnerSignatures({
    facts,
    askContract: (asked) => collectOwnerSignature(road, asked),
  })
  const signature = await account.sign({ hash: digest })
  expect(await owners.verify(digest, signature)).toBeUndefined()
  for (const node of nodes.slice(0, 2)) node.valid = true
  // Two say yes, two say no: nobody knows.
  await expect(owners.verify(digest, '0x1234')).rejects.toEqual(noQuorum)
  nodes[2]!.valid = true
  nodes[3]!.silent = true
  expect(await owners.verify(digest, '0x1234')).toMatchObject({ owner })
  expect(await owners.verify(digest, `0x${'00'.repeat(8_193)}`)).toBeUndefined()
  for (const node of nodes) node.said.owner = account.address.toLowerCase() as Hex
  const anew = new FactsSource({ collect: () => collectFacts(road), nowSeconds: () => 1_000 })
  const own = new OwnerSignatures({ facts: anew, askContract: () => Promise.resolve(false) })
  expect(await own.verify(digest, signature)).toMatchObject({ blockNumber: 90n })
  expect(await own.verify(`0x${'d2'.repeat(32)}`, signature)).toBeUndefined()
})

test('ATTACK what members said of another signature or owner does not count for this one', async () => {
  for (const [place, node] of nodes.entries()) {
    node.valid = true
    const body = JSON.stringify({ digest, signature: '0x1234' })
    node.replay = (await answerOf(node, BigInt(place + 101), '/v1/apps/7/may-sign', body)).answer
  }
  const asked = { owner, digest, signature: '0x1234' } as const
  expect(await collectOwnerSignature(road, asked)).toBe(true)
  for (const other of [
    { ...asked, signature: '0x1235' as const },
    { ...asked, digest: `0x${'d2'.repeat(32)}` as const },
    { ...asked, owner: thief },
  ])
    await expect(collectOwnerSignature(road, other)).rejects.toEqual(noQuorum)
})
