// Appraisals collected from real TLS servers through a real relay socket.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { startTestNode, type Appraise } from '../testing/node-process.ts'
import { startTestWorker, type TestWorker } from '../testing/worker-process.ts'
import { openWorkerClient } from '../worker/worker-client.ts'
import type { Node } from '../nodes/node-call.ts'
import { collectAppraisals } from './appraisals.ts'
import type { ExpectedLease, Lease } from './lease.ts'

const expected: ExpectedLease = {
  appId: '1',
  version: 1,
  replica: 0,
  workerId: '2',
  instanceKey: `0x${'01'.repeat(20)}`,
  hpkeKey: `0x${'02'.repeat(32)}`,
  tlsKeyHash: `0x${'03'.repeat(32)}`,
  evidenceBlock: '42',
  evidenceDigest: `0x${'04'.repeat(32)}`,
}
const lease: Lease = {
  ...expected,
  platformId: `0x${'05'.repeat(32)}`,
  measurementId: `0x${'06'.repeat(32)}`,
  notBefore: '1000',
  notAfter: '1060',
}

let folder: string
let worker: TestWorker
let lines: string[]
const cleanups: (() => unknown)[] = []
beforeEach(async () => {
  lines = []
  folder = mkdtempSync(join(tmpdir(), 'wetee-ap-'))
  worker = await startTestWorker(join(folder, 'w.sock'), () => Promise.resolve({}))
})
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) cleanup()
  await worker.close()
  rmSync(folder, { recursive: true, force: true })
})

async function nodes(...answers: Appraise[]): Promise<Node[]> {
  const list: Node[] = []
  for (const [index, appraise] of answers.entries()) {
    const { node, close } = await startTestNode(BigInt(index + 1), appraise)
    worker.allowed.add(node.host)
    cleanups.push(close)
    list.push(node)
  }
  return list
}

const agree: Appraise = () => ({ answer: { lease } })
const say =
  (change: Partial<Lease>): Appraise =>
  () => ({ answer: { lease: { ...lease, ...change } } })
const refuse: Appraise = () => ({
  status: 422,
  answer: { error: { code: 'evidence.stale', message: 'too old' } },
})
const silent: Appraise = () => new Promise(() => undefined)

function collect(list: Node[], threshold: number, graceMs = 30) {
  const client = openWorkerClient(join(folder, 'w.sock'))
  const controller = new AbortController()
  cleanups.push(() => controller.abort())
  return collectAppraisals({
    nodes: list,
    threshold,
    evidenceText: '{"format":"wetee/evidence/v1"}',
    operatorSignature: '0x00',
    expected,
    tunnel: client.tunnel,
    log: createLog(
      (line) => lines.push(line),
      () => 0,
    ),
    signal: controller.signal,
    graceMs,
  })
}

test('nodes that answer alike are counted, whatever the order of fields and spelling of addresses', async () => {
  const mixed = Object.fromEntries(Object.entries(lease).reverse())
  const list = await nodes(agree, () => ({ answer: { lease: mixed } }), agree)
  const outcome = await collect(list, 2, 5_000)
  expect(outcome).toEqual({ lease, nodes: [1n, 2n, 3n] })
})

test('one node of three may be silent, refuse or be gone', async () => {
  expect((await collect(await nodes(agree, silent, agree), 2))?.nodes).toEqual([1n, 3n])
  expect((await collect(await nodes(agree, refuse, agree), 2))?.nodes).toEqual([1n, 3n])
  expect(lines.join('')).toContain('evidence.stale')
  const list = await nodes(agree, agree, agree)
  worker.allowed.delete(list[2]!.host)
  expect((await collect(list, 2))?.nodes).toEqual([1n, 2n])
})

test('two of three that fail leave no lease', async () => {
  expect(await collect(await nodes(agree, refuse, refuse), 2)).toBeUndefined()
})

test('answers that differ do not add up', async () => {
  const list = await nodes(
    agree,
    say({ notAfter: '9999' }),
    say({ platformId: `0x${'ff'.repeat(32)}` }),
  )
  expect(await collect(list, 2)).toBeUndefined()
})

test.each([
  ['another instance key', { instanceKey: `0x${'99'.repeat(20)}` }],
  ['another application', { appId: '7' }],
  ['other evidence', { evidenceDigest: `0x${'99'.repeat(32)}` }],
  ['another TLS key', { tlsKeyHash: `0x${'99'.repeat(32)}` }],
  ['no duration', { notAfter: '1000' }],
  ['a broken time', { notAfter: '-5' }],
] as [string, Partial<Lease>][])('a lease with %s is not counted', async (_what, change) => {
  expect(await collect(await nodes(say(change)), 1)).toBeUndefined()
})

test('a node with another TLS key is not counted and never hears the evidence', async () => {
  const { node, bodies, close } = await startTestNode(1n, agree)
  cleanups.push(close)
  worker.allowed.add(node.host)
  expect(await collect([{ ...node, tlsKeyHash: `0x${'00'.repeat(32)}` }], 1)).toBeUndefined()
  expect(bodies).toEqual([])
  expect(lines.join('')).toContain('tls.key-mismatch')
})

test('nonsense and floods are not counted', async () => {
  const list = await nodes(
    () => ({ answer: 'nonsense' }),
    () => ({ answer: { lease: { ...lease, extra: 1 } } }),
    () => ({ answer: 'x'.repeat(100_000) }),
  )
  expect(await collect(list, 1)).toBeUndefined()
  expect(lines.join('')).toContain('tls.answer-too-large')
})
