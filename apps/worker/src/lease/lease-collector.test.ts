// Lease collection with real TLS nodes that sign, and a chain in memory that takes the result.
import { testLease } from '../testing/test-lease.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { AttestationLease, Committee, Hex, Signed } from '../chain/records.ts'
import { appScope, ConditionBoard } from '../condition/condition.ts'
import { MemoryChain } from '../testing/memory-chain.ts'
import { keepLog } from '../testing/silent-log.ts'
import { startNodes, type TestNode } from '../testing/test-nodes.ts'
import { LeaseCollector } from './lease-collector.ts'
import { createNodeClient } from './node-client.ts'

let nodes: TestNode[]
let committee: Committee
let close: () => void
let chain: MemoryChain
let board: ConditionBoard
let nowMs: number
let controller: AbortController
beforeEach(async () => {
  ;({ nodes, committee, close } = await startNodes(3, 2))
  chain = new MemoryChain()
  chain.members = committee
  board = new ConditionBoard()
  nowMs = 0
  controller = new AbortController()
})
afterEach(() => {
  controller.abort()
  close()
})

function collector(renewed: bigint[] = []): LeaseCollector {
  return new LeaseCollector(
    { batchMs: 500, renewMs: 10_000 },
    {
      chain,
      nodes: createNodeClient(),
      board,
      log: keepLog(),
      monotonicMs: () => nowMs,
      onRenewed: ({ appId }) => renewed.push(appId),
      signal: controller.signal,
    },
  )
}
const sent = () =>
  chain.sent.map(({ args }) => {
    const [leases, signed] = args as [AttestationLease[], Signed]
    return { apps: leases.map(({ appId }) => appId), signed }
  })
const codes = () => board.list('worker').map(({ code }) => code)
const all = [1n, 2n, 3n]

test('one transaction renews all instances, with exactly a threshold of signatures', async () => {
  const renewed: bigint[] = []
  const made = collector(renewed)
  for (const appId of [9n, 7n, 8n]) made.offer(testLease(appId, { notAfter: 1_040n + appId }), all)
  await made.flush()
  expect(sent().map(({ apps }) => apps)).toEqual([[7n, 8n, 9n]])
  const { signed } = sent()[0]!
  expect(signed.expiry).toBe(1_047n)
  expect((signed.signatures.length - 2) / 130).toBe(2)
  expect([3n, 5n, 6n]).toContain(signed.bitmap)
  expect(renewed).toEqual([7n, 8n, 9n])
  expect(codes()).toEqual([])
  await made.flush()
  expect(sent()).toHaveLength(1)
})

test('one node of three down: it goes on, and says so', async () => {
  nodes[0]!.refuse = () => ({ status: 503, code: 'busy' })
  const made = collector()
  made.offer(testLease(7n), all)
  await made.flush()
  expect(sent()).toHaveLength(1)
  expect(sent()[0]!.signed.bitmap).toBe(6n)
  // Two that signed may have answered before the third failed: then nobody was missed.
  expect([[], ['quorum.node-unreachable']]).toContainEqual(codes())
})

test('two of three down: nothing is sent, a condition says why, and it recovers by itself', async () => {
  for (const node of nodes.slice(0, 2)) node.refuse = () => ({ status: 503, code: 'busy' })
  const made = collector()
  made.offer(testLease(7n), all)
  await made.flush()
  expect(sent()).toEqual([])
  expect(codes()).toEqual(['quorum.too-few'])
  expect(board.list('worker')[0]).toMatchObject({ severity: 'error' })
  expect(made.dueAtMs()).toBe(1_000)
  for (const node of nodes) node.refuse = undefined
  nowMs = 1_000
  await made.flush()
  expect(sent()).toHaveLength(1)
  expect(codes()).toEqual([])
})

const flip = (signature: string): Hex =>
  `0x${signature.slice(2, -2)}${signature.endsWith('1b') ? '1c' : '1b'}`
const order = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n
const highS = (signature: Hex): Hex => {
  const s = (order - BigInt(`0x${signature.slice(66, 130)}`)).toString(16).padStart(64, '0')
  return flip(`${signature.slice(0, 66)}${s}${signature.slice(130)}`)
}
test.each<[string, TestNode['twist'], string]>([
  [
    'a signature by another key',
    (a) => ({ ...a, signature: flip(a.signature) }),
    'node.signature-wrong',
  ],
  [
    'a malleable signature',
    (a) => ({ ...a, signature: highS(a.signature) }),
    'node.signature-malleable',
  ],
  ['another epoch', (a) => ({ ...a, epoch: '2' }), 'node.epoch-differs'],
  ['another expiry', (a) => ({ ...a, expiry: '99999' }), 'node.expiry-differs'],
  [
    'half a signature',
    (a) => ({ ...a, signature: a.signature.slice(0, 66) }),
    'node.answer-invalid',
  ],
  ['something else', () => 'yes', 'node.answer-invalid'],
])('a node that answers %s is not counted', async (_what, twist, code) => {
  nodes[0]!.twist = twist
  nodes[1]!.silent = false
  const made = collector()
  made.offer(testLease(7n), all)
  await made.flush()
  expect(sent().map(({ signed }) => signed.bitmap)).toEqual([6n])
  nodes[2]!.refuse = () => ({ status: 503, code: 'busy' })
  made.offer(testLease(7n, { evidenceBlock: 91n }), all)
  await made.flush()
  expect(sent()).toHaveLength(1)
  expect(board.list('worker')[0]?.text).toContain(code)
})

test('a node with another TLS key than the registered one is not spoken to', async () => {
  const members = committee.members.map((m) =>
    m.index === 0 ? { ...m, tlsKeyHash: `0x${'00'.repeat(32)}` as const } : m,
  )
  chain.members = { ...committee, members }
  const made = collector()
  made.offer(testLease(7n), all)
  await made.flush()
  expect(sent().map(({ signed }) => signed.bitmap)).toEqual([6n])
  expect(nodes[0]!.calls).toEqual([])
})

test('a lease that nodes refuse does not hold back the others', async () => {
  for (const node of nodes)
    node.refuse = (_path, body) =>
      JSON.stringify(body).includes('"appId":"8"')
        ? { status: 422, code: 'lease.not-appraised' }
        : undefined
  const made = collector()
  for (const appId of [7n, 8n, 9n]) made.offer(testLease(appId), all)
  await made.flush()
  expect(sent().map(({ apps }) => apps)).toEqual([[7n], [9n]])
})

test('leases known to different nodes go into different batches', async () => {
  const made = collector()
  made.offer(testLease(7n), [1n, 2n])
  made.offer(testLease(8n), [2n, 3n])
  made.offer(testLease(9n), [1n, 2n, 3n])
  await made.flush()
  expect(sent().map(({ apps }) => apps)).toEqual([[7n, 9n], [8n]])
})

test('an entry that the contract skips becomes a condition, and goes with the next good lease', async () => {
  const renewed: bigint[] = []
  const made = collector(renewed)
  chain.skips.set('7/1/0', 'PlatformNotLive')
  made.offer(testLease(7n), all)
  made.offer(testLease(8n), all)
  await made.flush()
  expect(renewed).toEqual([8n])
  expect(board.list(appScope(7n)).map(({ code }) => code)).toEqual([
    'lease.skipped.platform-not-live',
  ])
  chain.skips.clear()
  made.offer(testLease(7n, { evidenceBlock: 91n }), all)
  await made.flush()
  expect(board.list(appScope(7n))).toEqual([])
})

test('an older lease never replaces a newer one; a lease that has run out is dropped', async () => {
  const made = collector()
  made.offer(testLease(7n, { evidenceBlock: 95n }), all)
  made.offer(testLease(7n, { evidenceBlock: 94n, notAfter: 2_000n }), all)
  chain.block = { ...chain.block, timestamp: 1_050n }
  await made.flush()
  expect(sent()).toEqual([])
  expect(made.dueAtMs()).toBeUndefined()
})

test('a new key is renewed after the batch window, a known one once per period', async () => {
  const made = collector()
  expect(made.dueAtMs()).toBeUndefined()
  made.offer(testLease(7n), all)
  expect(made.dueAtMs()).toBe(500)
  nowMs = 500
  await made.flush()
  nowMs = 2_000
  made.offer(testLease(7n, { evidenceBlock: 91n }), all)
  expect(made.dueAtMs()).toBe(10_500)
  made.offer(testLease(8n), all)
  expect(made.dueAtMs()).toBe(2_500)
  made.forget(8n, 1, 0)
  made.offer(testLease(7n, { evidenceBlock: 92n, instanceKey: `0x${'0f'.repeat(20)}` }), all)
  expect(made.dueAtMs()).toBe(2_500)
})

test('a lease of a key is held from its offer on, also when the contract leaves it out, until it is forgotten', async () => {
  const made = collector()
  chain.skips.set('7/1/0', 'PlatformNotLive')
  const instance = { appId: 7n, version: 1, replica: 0 }
  const { instanceKey } = testLease(7n)
  expect(made.holds(instance, instanceKey)).toBe(false)
  made.offer(testLease(7n), all)
  expect(made.holds(instance, instanceKey)).toBe(true)
  await made.flush()
  expect(made.holds(instance, instanceKey)).toBe(true)
  expect(made.holds(instance, `0x${'0f'.repeat(20)}`)).toBe(false)
  made.forget(7n, 1, 0)
  expect(made.holds(instance, instanceKey)).toBe(false)
})

test('long leases are renewed in fewer, larger batches', async () => {
  chain.leaseSeconds = 600
  const made = collector()
  made.offer(testLease(7n), all)
  await made.flush()
  made.offer(testLease(7n, { evidenceBlock: 91n }), all)
  expect(made.dueAtMs()).toBe(100_000)
})

test('a chain that is down loses nothing', async () => {
  const made = collector()
  made.offer(testLease(7n), all)
  chain.down = true
  await made.flush()
  expect(made.dueAtMs()).toBe(1_000)
  chain.down = false
  await made.flush()
  expect(sent()).toHaveLength(1)
})

test('the loop renews what is offered while it runs and ends with its signal', async () => {
  const renewed: bigint[] = []
  const parts = { batchMs: 0, renewMs: 0 }
  const done = new Promise<void>((resolve) => {
    const made = new LeaseCollector(parts, {
      chain,
      nodes: createNodeClient(),
      board,
      log: keepLog(),
      monotonicMs: () => performance.now(),
      onRenewed: ({ appId }) => {
        renewed.push(appId)
        controller.abort()
      },
      signal: controller.signal,
    })
    void made.run().then(resolve)
    made.offer(testLease(7n), all)
  })
  await done
  expect(renewed).toEqual([7n])
})
