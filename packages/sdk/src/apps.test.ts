// Applications as they are shown and waited for: chain first, the worker's word beside it.
import { expect, test } from 'vitest'
import { listApps, resolveApp, showApp } from './apps.ts'
import type { LeaseRecord } from './reader.ts'
import {
  emptyWorld,
  genesisSeconds,
  jsonAnswer,
  memoryNetwork,
  testApp,
  testOwner,
  testVersion,
  testWorker,
  zeroDigest,
  type Answers,
  type World,
} from './testing/memory-network.ts'
import { waitForApp, type WaitProgress } from './wait.ts'

const tlsKey = `0x${'77'.repeat(32)}` as const
const appUrl = 'https://app.test'
const statusUrl = 'http://worker-1.test/v1/apps/7'
const terms = {
  replicas: 1,
  cpuMilli: 1,
  memoryMiB: 1,
  diskMiB: 0,
  gpu: 0,
  teeClasses: 1,
  level: 0,
  upgradeDelaySeconds: 0,
  graceSeconds: 0,
}
const lease: LeaseRecord = {
  version: 1,
  replica: 0,
  workerId: 1n,
  platformId: zeroDigest,
  instanceKey: testOwner,
  tlsKeyHash: tlsKey,
  evidenceBlock: 90n,
  notBefore: genesisSeconds + 90n,
  notAfter: genesisSeconds + 390n,
  evidenceDigest: zeroDigest,
}
const status = {
  appId: '7',
  instances: [
    {
      id: 'a',
      version: 1,
      replica: 0,
      state: 'running',
      restarts: 0,
      urls: [{ service: 'web', target: 8080, url: appUrl }],
    },
  ],
  conditions: [],
}
function world(): World {
  const made = emptyWorld()
  made.workers = [testWorker(1n)]
  made.apps.set(7n, testApp(7n, { escrowWei: 1100n }))
  made.versions.set('7/1', testVersion(1, { weiPerSecond: 10n, terms }))
  made.leases.set('7/0/0', lease)
  made.unsettledWei = 100n
  return made
}
const up: Answers = { [statusUrl]: jsonAnswer(status), [appUrl]: jsonAnswer('hi', tlsKey) }
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

test('a lease whose key was revoked is shown, but not as live', async () => {
  const made = world()
  made.revokedKeys.add(lease.instanceKey)
  const { leases, liveReplicas } = await showApp(memoryNetwork(made), 7n)
  expect(leases.map(({ live }) => live)).toEqual([false])
  expect(liveReplicas).toBe(0)
})

test('an application shows its money: what is owed no longer counts as escrow that lasts', async () => {
  const [app] = await listApps(memoryNetwork(world()))
  expect(app).toMatchObject({ weiPerDay: 864_000n, unsettledWei: 100n, lastsSeconds: 100 })
  expect(app).toMatchObject({ liveReplicas: 1, replicas: 1, workerId: 1n })
})

test('a lapsed lease is shown and does not count as attested', async () => {
  const late = world()
  late.leases.set('7/0/0', { ...lease, notAfter: late.head.timestamp })
  const app = await showApp(memoryNetwork(late, up), 7n)
  expect(app.liveReplicas).toBe(0)
  expect(app.leases[0]).toMatchObject({ live: false })
})

test('a worker that does not answer is a condition, not an error', async () => {
  const app = await showApp(memoryNetwork(world()), 7n)
  expect(app.instances).toBeUndefined()
  expect(app.conditions).toMatchObject([{ code: 'worker.unreachable', severity: 'error' }])
})

test('an answer of the worker that is not what it should be is a condition too', async () => {
  const app = await showApp(memoryNetwork(world(), { [statusUrl]: jsonAnswer({ x: 1 }) }), 7n)
  expect(app.conditions).toMatchObject([{ code: 'worker.answer-invalid' }])
})

test('an application is found by number or by the name its owner gave it', async () => {
  const network = memoryNetwork(world())
  expect(await resolveApp(network, '7')).toBe(7n)
  expect(await resolveApp(network, 'hello')).toBe(7n)
  await expect(resolveApp(network, '8')).rejects.toThrow(code('app.not-found'))
  await expect(resolveApp(network, 'other')).rejects.toThrow(code('app.not-found'))
  await expect(resolveApp(memoryNetwork(world(), {}, false), 'hello')).rejects.toThrow(
    code('account.missing'),
  )
})

test('waiting ends when the lease is live and the attested key answers', async () => {
  const ready = await waitForApp(memoryNetwork(world(), up), 7n)
  expect(ready).toMatchObject({ status: 200, urls: [{ url: appUrl }] })
})

const bare = { service: 'web', target: 6379, url: 'tcp://app.test:7001' }
const ownerUrl = 'https://owner.test'
const shown = `${ownerUrl}/.well-known/wetee/evidence`
/** An application whose only port passes bytes on. */
const bytesOnly = (over: object = {}) =>
  jsonAnswer({
    ...status,
    instances: [{ ...status.instances[0], urls: [bare], ownerUrl, ...over }],
  })

test('where no port speaks HTTP, waiting ends when the attested key shows evidence and services are ready', async () => {
  const answers = { [statusUrl]: bytesOnly({ ready: true }), [shown]: jsonAnswer({}, tlsKey) }
  const ready = await waitForApp(memoryNetwork(world(), answers), 7n)
  expect(ready).toMatchObject({ urls: [{ url: bare.url }] })
  expect(ready).not.toHaveProperty('status')
})

test.each<[string, (w: World) => Answers, RegExp]>([
  [
    'services behind bytes that are not ready',
    () => ({ [statusUrl]: bytesOnly({ ready: false }), [shown]: jsonAnswer({}, tlsKey) }),
    /services are not ready/,
  ],
  ['no agent behind bytes', () => ({ [statusUrl]: bytesOnly() }), /no answer from https:\/\/owner/],
  [
    'another TLS key behind bytes',
    () => ({ [statusUrl]: bytesOnly(), [shown]: jsonAnswer({}, zeroDigest) }),
    /TLS key that is not in the lease/,
  ],
  ['no lease', (w) => (w.leases.clear(), up), /0 of 1 replicas hold a live attestation lease/],
  ['no worker', () => ({}), /names no address.*worker.unreachable/],
  ['no answer', () => ({ [statusUrl]: jsonAnswer(status) }), /no answer from https:\/\/app.test/],
  [
    'another TLS key',
    () => ({ ...up, [appUrl]: jsonAnswer('hi', zeroDigest) }),
    /TLS key that is not in the lease/,
  ],
  [
    'a closed gate',
    () => ({ ...up, [appUrl]: { ...jsonAnswer({}, tlsKey), status: 503 } }),
    /answers 503/,
  ],
])('waiting with %s ends at its time and says what is missing', async (_what, change, text) => {
  const made = world()
  const answers = change(made)
  const seen: WaitProgress[] = []
  const waiting = waitForApp(memoryNetwork(made, answers), 7n, {
    timeoutMs: 1,
    onProgress: (progress) => seen.push(progress),
  })
  await expect(waiting).rejects.toThrow(text)
  await expect(waiting).rejects.toThrow(code('wait.timeout'))
  expect(seen).toHaveLength(1)
})

test('waiting for an application that has ended stops at once', async () => {
  const made = world()
  made.apps.set(7n, testApp(7n, { state: 'ended' }))
  await expect(waitForApp(memoryNetwork(made, up), 7n)).rejects.toThrow(code('app.ended'))
})

test('waiting stops with its signal', async () => {
  const made = world()
  made.leases.clear()
  const stop = new AbortController()
  const waiting = waitForApp(memoryNetwork(made, up), 7n, {
    signal: stop.signal,
    onProgress: () => stop.abort(),
  })
  await expect(waiting).rejects.toThrow(code('aborted'))
})

test('waiting for an update counts the leases of the new version, and ends when it was dropped', async () => {
  const made = world()
  const second = made.versions.get('7/1')!
  made.versions.set('7/2', { ...second, version: 2, terms: { ...terms, replicas: 2 } })
  made.apps.set(7n, testApp(7n, { pendingVersion: 2 }))
  const options = { version: 2, timeoutMs: 1 }
  await expect(waitForApp(memoryNetwork(made, up), 7n, options)).rejects.toThrow(/0 of 2 replicas/)
  made.apps.set(7n, testApp(7n))
  await expect(waitForApp(memoryNetwork(made, up), 7n, options)).rejects.toThrow(
    code('app.version-dropped'),
  )
})
