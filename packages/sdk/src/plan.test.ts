// Plans: which worker, what it costs, create, update or nothing.
import { buildManifest, type Manifest } from '@wetee/manifest'
import { expect, test } from 'vitest'
import { planTitle } from './deploy.ts'
import { nativeAsset } from './money.ts'
import { makePlan, planDeploy, type PlanFacts } from './plan.ts'
import type { Quote, WorkerRecord } from './reader.ts'
import {
  emptyWorld,
  genesisSeconds,
  memoryNetwork,
  testApp,
  testOwner,
  testVersion,
  testWorker,
} from './testing/memory-network.ts'
import type { Candidate } from './worker-choice.ts'

const dot = 10n ** 18n
const terms = {
  replicas: 2,
  cpuMilli: 500,
  memoryMiB: 256,
  diskMiB: 100,
  gpu: 0,
  teeClasses: 1,
  level: 1,
  upgradeDelaySeconds: 0,
  graceSeconds: 3600,
}
const digest = `0x${'aa'.repeat(32)}` as const
const manifest = {
  text: '{}',
  digest,
  termsDigest: digest,
  terms,
  warnings: [],
  document: { name: 'hello', services: [], volumes: [], terms },
} as unknown as Manifest
const quote = (weiPerSecond: bigint): Quote => ({
  weiPerSecond,
  minimumDepositWei: weiPerSecond * 2n * 3600n + dot,
  graceDepositWei: dot,
})
const candidate = (
  id: bigint,
  weiPerSecond: bigint,
  fields: Partial<WorkerRecord> = {},
  proven = true,
): Candidate => ({ worker: testWorker(id, fields), proven, quote: quote(weiPerSecond) })
const facts = (candidates: Candidate[], more: Partial<PlanFacts> = {}): PlanFacts => ({
  name: 'hello',
  owner: testOwner,
  asset: nativeAsset,
  manifest,
  candidates,
  ...more,
})
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
const price = 1_000_000_000_000n

test.each<[string, Candidate[], bigint]>([
  ['the cheapest', [candidate(1n, 3n * price), candidate(2n, price)], 2n],
  ['the lowest id among equals', [candidate(3n, price), candidate(2n, price)], 2n],
  ['an open one', [candidate(1n, price, { open: false }), candidate(2n, 9n * price)], 2n],
  ['one whose machine is proven', [candidate(1n, price, {}, false), candidate(2n, 9n * price)], 2n],
  [
    'one with the TEE class',
    [candidate(1n, price, { teeClasses: 2 }), candidate(2n, 9n * price)],
    2n,
  ],
  ['one with the level', [candidate(1n, price, { level: 0 }), candidate(2n, 9n * price)], 2n],
  [
    'one with room for every replica',
    [
      candidate(1n, price, { reserved: { cpuMilli: 3001, memoryMiB: 0, diskMiB: 0, gpu: 0 } }),
      candidate(2n, 9n * price),
    ],
    2n,
  ],
  [
    'one with exactly enough room',
    [candidate(1n, price, { reserved: { cpuMilli: 3000, memoryMiB: 0, diskMiB: 0, gpu: 0 } })],
    1n,
  ],
])('a new application gets %s', (_what, candidates, expected) => {
  expect(makePlan(facts(candidates)).worker.workerId).toBe(expected)
  expect(makePlan(facts([...candidates].reverse())).worker.workerId).toBe(expected)
})

test('when no worker fits, every reason is named', () => {
  const closed = candidate(1n, price, { open: false, teeClasses: 4 })
  expect(() => makePlan(facts([closed]))).toThrowError(
    /worker 1: takes no new applications; has SGX, asked TDX/,
  )
  expect(() => makePlan(facts([]))).toThrowError(code('worker.none-fits'))
})

test('a named worker is taken even when another is cheaper, and refused when it does not fit', () => {
  const candidates = [
    candidate(1n, price),
    candidate(2n, 9n * price),
    candidate(3n, price, { open: false }),
  ]
  expect(makePlan(facts(candidates, { workerId: 2n })).worker.workerId).toBe(2n)
  expect(() => makePlan(facts(candidates, { workerId: 3n }))).toThrowError(code('worker.unfit'))
  expect(() => makePlan(facts(candidates, { workerId: 4n }))).toThrowError(code('worker.unknown'))
})

test('a new application is quoted for all replicas, with a week of rent and the grace deposit', () => {
  const plan = makePlan(facts([candidate(1n, price)]))
  expect(plan).toMatchObject({
    action: 'create',
    weiPerSecond: 2n * price,
    weiPerDay: 2n * price * 86_400n,
    depositWei: dot + 2n * price * 604_800n,
    escrowWei: 2n * price * 604_800n,
    lastsSeconds: 604_800,
    maxWeiPerSecond: 2n * price,
  })
})

test('a deposit below the minimum is refused with both amounts, the minimum is taken', () => {
  const minimum = quote(price).minimumDepositWei
  const with_ = (depositWei: bigint) => makePlan(facts([candidate(1n, price)], { depositWei }))
  expect(with_(minimum)).toMatchObject({ depositWei: minimum, lastsSeconds: 3600 })
  expect(() => with_(minimum - 1n)).toThrowError(/below the minimum of 1.0072 DOT/)
})

const version = testVersion(1, {
  manifestDigest: `0x${'bb'.repeat(32)}` as const,
  termsDigest: digest,
  weiPerSecond: price,
  terms,
})
const rich = testApp(7n, { replicas: 2, escrowWei: 100n * dot, graceDepositWei: dot })

test('the same manifest again means nothing to do and nothing to pay', () => {
  const same = { ...version, manifestDigest: digest }
  const plan = makePlan(
    facts([candidate(1n, 5n * price)], { existing: { app: rich, version: same, owedWei: 0n } }),
  )
  expect(plan).toMatchObject({ action: 'none', depositWei: 0n, weiPerSecond: 2n * price })
})

test('the same manifest again is an update where it leaves an older key of the network, at the price of now', () => {
  const same = { ...version, manifestDigest: digest }
  const existing = { app: rich, version: same, owedWei: 0n, olderKey: 1 }
  const plan = makePlan(facts([candidate(1n, 5n * price)], { existing }))
  expect(plan).toMatchObject({ action: 'update', leavesKey: 1, weiPerSecond: 10n * price })
  expect(planTitle(plan)).toContain('leaves key 1 of the network')
})

test('a deployment finds whether its application runs under the key that a new version would run under', async () => {
  const composeText = 'name: hello\nservices: { web: { image: example/web } }'
  const resolveImage = () => Promise.resolve(`sha256:${'cd'.repeat(32)}`)
  const {
    digest: manifestDigest,
    text,
    terms: asked,
  } = await buildManifest(composeText, {
    resolveImage,
  })
  const world = emptyWorld()
  world.workers.push(testWorker(1n))
  world.proofs.set('1/1', genesisSeconds + 9_999n)
  world.quotes.set(1n, quote(price))
  world.apps.set(7n, rich)
  world.versions.set('7/1', testVersion(1, { manifestDigest, terms: asked, createdBlock: 10n }))
  world.manifests.set('7/1', text)
  const planned = async () => {
    const { action, leavesKey } = await planDeploy(memoryNetwork(world), {
      ...{ composeText, resolveImage },
    })
    return [action, leavesKey]
  }
  expect(await planned()).toEqual(['none', undefined])
  world.networkKey = { Y: '0x02', S: '0x03' }
  world.networkKeyMade = 5n
  expect(await planned()).toEqual(['none', undefined])
  const older = { number: 1, Y: '0x04', S: '0x05', madeBlock: 5n, lastEpoch: 1n } as const
  world.olderKey = { ...older, endsAt: genesisSeconds + 9_999n }
  world.networkKeyMade = 10n
  expect(await planned()).toEqual(['update', 1])
  world.networkKeyMade = 9n
  expect(await planned()).toEqual(['none', undefined])
})

test('another manifest updates on the same worker at its new price, without a deposit when the escrow suffices', () => {
  const existing = { app: rich, version, owedWei: 0n }
  const plan = makePlan(facts([candidate(1n, 5n * price, { open: false })], { existing }))
  expect(plan).toMatchObject({
    action: 'update',
    depositWei: 0n,
    escrowWei: 100n * dot,
    weiPerDay: 10n * price * 86_400n,
    previousWeiPerDay: 2n * price * 86_400n,
  })
})

test('an update tops the escrow up to the minimum when it is below', () => {
  const poor = testApp(7n, { replicas: 2, escrowWei: 0n, graceDepositWei: dot })
  const existing = { app: poor, version, owedWei: 0n }
  const plan = makePlan(facts([candidate(1n, price)], { existing }))
  expect(plan.depositWei).toBe(2n * price * 3600n)
  expect(() => makePlan(facts([candidate(1n, price)], { existing, depositWei: 1n }))).toThrowError(
    code('deploy.deposit-too-low'),
  )
})

test('rent that is owed is no longer there for an update', () => {
  const owedWei = 1000n * price
  const app = testApp(7n, { replicas: 2, escrowWei: 2n * price * 3600n, graceDepositWei: dot })
  const plan = makePlan(facts([candidate(1n, price)], { existing: { app, version, owedWei } }))
  expect(plan.depositWei).toBe(owedWei)
  expect(plan.escrowWei).toBe(2n * price * 3600n)
})

test.each<[string, Partial<Parameters<typeof testApp>[1]>, Partial<PlanFacts>, string]>([
  ['while another version is pending', { pendingVersion: 2 }, {}, 'deploy.update-pending'],
  ['while it is paused', { state: 'paused' }, {}, 'deploy.paused'],
  ['to another worker', {}, { workerId: 2n }, 'deploy.worker-fixed'],
])('an update %s is refused', (_what, fields, more, expected) => {
  const existing = {
    app: testApp(7n, { replicas: 2, escrowWei: 100n * dot, ...fields }),
    version,
    owedWei: 0n,
  }
  const candidates = [candidate(1n, price), candidate(2n, price)]
  expect(() => makePlan(facts(candidates, { existing, ...more }))).toThrowError(code(expected))
})

test('an update needs room beside the old version', () => {
  const full = { reserved: { cpuMilli: 3500, memoryMiB: 0, diskMiB: 0, gpu: 0 } }
  const existing = { app: rich, version, owedWei: 0n }
  expect(() => makePlan(facts([candidate(1n, price, full)], { existing }))).toThrowError(
    code('worker.unfit'),
  )
})

test('by a deploy key an update keeps the terms that run, replicas as they are now, and brings no money', () => {
  const running = { ...version, terms: { ...terms, replicas: 1 } }
  const existing = { app: rich, version: running, owedWei: 0n }
  const byKey = (more: Partial<PlanFacts> = {}) =>
    makePlan(facts([candidate(1n, price)], { existing, byDeployKey: true, ...more }))
  expect(byKey()).toMatchObject({ action: 'update', byDeployKey: true, depositWei: 0n })
  const larger = { ...manifest, terms: { ...terms, memoryMiB: 512, replicas: 3 } }
  expect(() => byKey({ manifest: larger })).toThrowError(code('deploy.key-terms'))
  expect(() => byKey({ manifest: larger })).toThrowError(/changes replicas, memoryMiB:/)
  const poor = testApp(7n, { replicas: 2, escrowWei: 0n, graceDepositWei: dot })
  expect(() => byKey({ existing: { ...existing, app: poor }, depositWei: dot })).toThrowError(
    code('deploy.deposit-too-low'),
  )
})
