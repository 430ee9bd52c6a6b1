// The reconciler when things stop, break or go away: the same bench, faults on purpose.
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { appScope } from '../condition/condition.ts'
import { AGENT_CONTAINER, podIdOf } from '../instance/identity.ts'
import { Watch } from '../observe/watch.ts'
import { MemoryRuntime } from '../testing/memory-runtime.ts'
import {
  agents,
  chain,
  deploy,
  leaseFor,
  manifestOf,
  platform,
  podId,
  replaceRuntime,
  running,
  runtime,
  serving,
  startWorker,
  stateDir,
  tag,
  useReconcileBench,
} from '../testing/reconcile-bench.ts'

useReconcileBench()

test('paused: stopped, volumes kept; resumed: the same again; ended: everything gone', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  const app = chain.apps.get(7n)!
  chain.apps.set(7n, { ...app, state: 'paused' })
  await worker.until(() => runtime.pods.size === 0)
  expect(worker.board.list(appScope(7n))[0]).toMatchObject({
    code: 'app.paused',
    remedy: 'top it up',
  })
  chain.apps.set(7n, { ...app, state: 'paused', pausedByOwner: true })
  await worker.reconciler.reconcile(7n)
  expect(worker.board.list(appScope(7n))[0]?.text).toContain('paused by its owner')
  expect(worker.ingress.listening(7n)).toEqual([])
  expect(existsSync(join(stateDir, 'volumes', '7', '0', 'data'))).toBe(true)
  chain.apps.set(7n, { ...app, state: 'active' })
  await worker.until(serving(worker))
  chain.apps.set(7n, { ...app, state: 'ended' })
  await worker.until(() => !existsSync(join(stateDir, 'volumes', '7')))
  await worker.reconciler.reconcile(7n)
  expect(worker.reconciler.imagesInUse(new Set([7n]))).toEqual(new Set())
  expect(worker.reconciler.snapshot(7n)).toBeUndefined()
  expect(runtime.pods.size).toBe(0)
  expect(platform.guests.size).toBe(0)
  expect(readdirSync(join(stateDir, 'instances'))).toEqual([])
})

test('the engine stops and comes back: a condition in between, nothing lost, nothing doubled', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  const enqueued: bigint[] = []
  const watch = new Watch({ ...worker, tag, runtime, enqueue: (appId) => enqueued.push(appId) })
  await watch.look()
  enqueued.length = 0
  runtime.down = true
  await watch.look()
  expect(worker.board.list('worker').map(({ code }) => code)).toEqual(['engine.unreachable'])
  await expect(worker.reconciler.reconcile(7n)).rejects.toMatchObject({
    code: 'engine.unreachable',
  })
  runtime.down = false
  // The engine came back without its containers.
  runtime.exit(podId(1), 'web', 137)
  await watch.look()
  expect(worker.board.list('worker')).toEqual([])
  expect(enqueued).toEqual([7n])
  await worker.until(serving(worker))
  expect(runtime.pods.size).toBe(1)
})

test('appraised, and the worker died before the contract had it: its agent is asked to prove itself anew, and not again at once', async () => {
  const first = await startWorker()
  await first.until(serving(first))
  await first.stop()
  const worker = await startWorker({ holds: false })
  await worker.until(serving(worker))
  const agent = agents.get(podId(1))!
  await worker.until(() => agent.renewals === 1)
  await worker.reconciler.reconcile(7n)
  expect(agent.renewals).toBe(1)
  worker.skip(15_000)
  await worker.reconciler.reconcile(7n)
  expect(agent.renewals).toBe(2)
  chain.leases.set('7/0/0', leaseFor(1, { notAfter: 2_000n }))
  worker.skip(15_000)
  await worker.reconciler.reconcile(7n)
  expect(agent.renewals).toBe(2)
})

test('the chain is down: nothing is stopped', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  chain.down = true
  await expect(worker.reconciler.reconcile(7n)).rejects.toMatchObject({ code: 'chain.unreachable' })
  expect(running(podId(1), 'web')).toBe(true)
})

test('the TEE is gone: the instance is launched anew', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  const before = agents.get(podId(1))!.account.address
  await platform.restart()
  await worker.until(() => agents.get(podId(1))?.account.address !== before && serving(worker)())
  expect(platform.guests.size).toBe(1)
  expect(runtime.pods.size).toBe(1)
})

test('a crashing service is started again and says so', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  runtime.exit(podId(1), 'web', 1, Date.now() - 5_000)
  await worker.reconciler.reconcile(7n)
  expect(worker.codes()).toContain('container.crashing')
  await worker.until(serving(worker))
  await worker.until(() => !worker.codes().includes('container.crashing'))
  expect(runtime.starts.filter((start) => start.endsWith('/web'))).toHaveLength(2)
})

test('an agent that refuses its launch is launched anew, with pauses', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  runtime.exit(podId(1), AGENT_CONTAINER, 78)
  await agents.get(podId(1))!.close()
  await worker.guests.pollAll()
  await worker.until(() => !runtime.pods.has(podId(1)))
  const waitMs = await worker.reconciler.reconcile(7n)
  expect(runtime.pods.size).toBe(0)
  expect(waitMs).toBeGreaterThan(100)
  await worker.until(serving(worker))
})

test('pods of an application that the chain does not know are removed, and of other workers never', async () => {
  await runtime.createPod({
    id: podIdOf(tag, { appId: 7n, version: 9, replica: 0 }),
    labels: { 'wetee.worker': tag, 'wetee.app': '7', 'wetee.version': '9', 'wetee.replica': '0' },
    hostNames: [],
  })
  await runtime.createPod({
    id: 'other',
    labels: {
      'wetee.worker': 'w1-11111111',
      'wetee.app': '7',
      'wetee.version': '1',
      'wetee.replica': '0',
    },
    hostNames: [],
  })
  const worker = await startWorker()
  await worker.until(serving(worker))
  expect([...runtime.pods.keys()].sort()).toEqual(['other', podId(1)])
})

test('a start that broke off is cleaned up by the next process when the application has ended meanwhile', async () => {
  const before = await startWorker()
  runtime.createPod = () => new Promise(() => undefined)
  const launched = new Promise<void>((resolve) => {
    const launch = platform.launch.bind(platform)
    platform.launch = (guest) => launch(guest).finally(resolve)
  })
  void before.until(() => false).catch(() => undefined)
  await launched
  await before.stop()
  replaceRuntime(new MemoryRuntime())
  expect(platform.guests.size).toBe(1)
  mkdirSync(join(stateDir, 'volumes', '7', '0'), { recursive: true })
  chain.apps.set(7n, { ...chain.apps.get(7n)!, state: 'ended' })
  const after = await startWorker()
  expect(after.reconciler.known()).toEqual([7n])
  await after.until(() => after.reconciler.known().length === 0)
  expect(platform.guests.size).toBe(0)
  expect(readdirSync(join(stateDir, 'instances'))).toEqual([])
  expect(readdirSync(join(stateDir, 'volumes'))).toEqual([])
})

test('a TEE guest that could not be removed is removed later', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  const remove = platform.remove.bind(platform)
  platform.remove = () =>
    Promise.reject(Object.assign(new Error('no platform'), { code: 'tee.unreachable' }))
  chain.apps.set(7n, { ...chain.apps.get(7n)!, state: 'ended' })
  await worker.until(() => worker.codes().includes('tee.unreachable'))
  expect(runtime.pods.size).toBe(0)
  platform.remove = remove
  await worker.until(() => platform.guests.size === 0)
  await worker.until(() => worker.reconciler.snapshot(7n) === undefined)
  expect(readdirSync(join(stateDir, 'instances'))).toEqual([])
  expect(worker.codes()).toEqual([])
})

test('unhealthy: said with the reason and nothing that the check printed, started anew, and healed', async () => {
  const worker = await startWorker()
  let exitCode = 0
  const output = Buffer.from('password of the database')
  runtime.onExec = () =>
    Promise.resolve({ exitCode, stdout: output, stderr: output, truncated: false })
  const checked = await manifestOf(
    '    healthcheck: { test: ["CMD", "/ok"], interval: 1s, retries: 2 }',
  )
  deploy(7n, 1, false, checked)
  const health = () =>
    worker.reconciler.snapshot(7n)?.observed.instances[0]?.health.get('web')?.state
  await worker.until(() => serving(worker)() && health() === 'healthy')
  exitCode = 4
  await worker.until(() => health() === 'unhealthy')
  await worker.reconciler.reconcile(7n)
  const [condition] = worker.board.list(appScope(7n))
  expect(condition).toMatchObject({ code: 'container.unhealthy', severity: 'error' })
  expect(condition?.text).toContain('it ends with exit code 4')
  expect(condition?.text).not.toContain('password')
  const starts = () => runtime.starts.filter((name) => name.endsWith('/web')).length
  await worker.until(() => starts() === 2)
  exitCode = 0
  await worker.until(() => health() === 'healthy' && worker.codes().length === 0)
})

const sick = '    healthcheck: { test: ["CMD", "/ok"], interval: 1s, retries: 2 }'

test('a version that does not become healthy in its time is dropped, the old one never stops, and its owner hears why', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  const answer = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), truncated: false }
  runtime.onExec = () => Promise.resolve({ exitCode: 9, ...answer })
  const before = runtime.starts.length
  deploy(7n, 2, true, await manifestOf(sick))
  await worker.until(() => worker.codes().includes('container.unhealthy'))
  chain.leases.set('7/0/1', leaseFor(2))
  await worker.reconciler.reconcile(7n)
  expect(chain.sent).toEqual([])
  chain.block = { ...chain.block, timestamp: 5_001n }
  await worker.until(() => !runtime.pods.has(podId(2)))
  expect(chain.sent.map(({ name }) => name)).toEqual(['dropPending'])
  expect(worker.codes()).toEqual(['update.dropped'])
  const [said] = worker.board.list(appScope(7n))
  expect(said?.text).toContain('version 2 did not become ready in its time')
  expect(said?.text).toContain('it ends with exit code 9')
  expect(runtime.starts.slice(before).filter((name) => name.startsWith(podId(1)))).toEqual([])
  expect(serving(worker)()).toBe(true)
  // Until the next update, and not for one that its owner has dropped.
  deploy(7n, 3, true, await manifestOf(sick))
  chain.apps.set(7n, { ...chain.apps.get(7n)!, pendingDeadline: 9_000n })
  await worker.until(() => runtime.pods.has(podId(3)) && !worker.codes().includes('update.dropped'))
  chain.apps.set(7n, { ...chain.apps.get(7n)!, pendingVersion: 0 })
  await worker.until(() => !runtime.pods.has(podId(3)) && worker.codes().length === 0)
})

test('a version that stops the one before first: one at a time on the volume, and back again when it is dropped', async () => {
  const worker = await startWorker()
  await worker.until(serving(worker))
  const answer = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0), truncated: false }
  runtime.onExec = () => Promise.resolve({ exitCode: 9, ...answer })
  deploy(7n, 2, true, await manifestOf(sick, 'x-wetee: { update: { strategy: stop-first } }'))
  await worker.until(() => worker.guests.get(podId(2))?.report?.state === 'attested')
  expect(running(podId(1), 'web')).toBe(true)
  expect(runtime.pods.get(podId(2))?.containers.has('web')).toBe(false)
  chain.leases.set('7/0/1', leaseFor(2))
  await worker.until(() => running(podId(2), 'web'))
  expect(running(podId(1), 'web')).toBe(false)
  await worker.until(() => worker.codes().includes('container.unhealthy'))
  chain.block = { ...chain.block, timestamp: 5_001n }
  await worker.until(() => running(podId(1), 'web'))
  expect(runtime.pods.has(podId(2))).toBe(false)
  await worker.until(serving(worker))
})
