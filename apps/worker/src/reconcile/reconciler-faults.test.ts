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
} from '../testing/reconcile-bench.ts'

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
