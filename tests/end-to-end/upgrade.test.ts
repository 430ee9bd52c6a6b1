// A worker is replaced by another process of it: killed, stopped, handed over. Its application answers throughout and is not started anew.
import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest'
import { startWorker, workerUrl } from '@wetee/devnet/workers'
import { showApp } from '@wetee/sdk'
import { requestPinned } from '@wetee/tls'
import { mainProcesses } from './testing/instance-processes.ts'
import { eventually, startDevnet, type RunningDevnet } from './testing/running-devnet.ts'

let devnet: RunningDevnet
/** Processes that the devnet does not know of. */
const successors = new Set<number>()
beforeAll(async () => {
  devnet = await startDevnet('sandbox', { nodes: 1 })
})
beforeEach(() => {
  onTestFailed(() => void process.stderr.write(devnet.logs()))
})
afterAll(async () => {
  // One after the other, so that the last one takes its instances with it.
  for (const pid of successors) process.kill(pid, 'SIGKILL')
  await devnet.network.children.stop('worker')
  startWorker(devnet.network)
  await eventually('the worker that stops its instances', isUp)
  await devnet.close()
})

const api = async (path: string): Promise<unknown> =>
  (await fetch(`${workerUrl(devnet.network)}${path}`)).json()
const isUp = () =>
  api('/v1/worker').then(
    () => true,
    () => false,
  )
type Instance = { id: string; version: number; state: string; ready: boolean }
const instances = async () =>
  ((await api(`/v1/apps/${devnet.application.appId}`)) as { instances: Instance[] }).instances
const lease = async () =>
  (await showApp(devnet.application.sdk, devnet.application.appId)).leases.find(({ live }) => live)

const TARGET = 8080
const instancesFolder = () => join(devnet.folder, 'worker', 'instances')
/** The pod of the application; other networks on this machine have one of other letters. */
function podId(): string {
  const pod = readdirSync(instancesFolder()).find((name) => name.includes('-a1-'))
  if (pod === undefined) throw new Error('the application has no instance')
  return pod
}
/** Where the instance's agent listens: what stands behind the worker's port. */
const agentSocket = () => join(instancesFolder(), podId(), 'run', 'ingress', `${TARGET}.sock`)

type Load = { answered: number; failed: string[] }
/** Asks without a pause until told to end; every connection is a new one. */
function ask(how: 'agent' | 'port'): { load: Load; end: () => Promise<Load> } {
  const load: Load = { answered: 0, failed: [] }
  let over = false
  const { port, hostname } = new URL(devnet.application.url)
  const one = async () => {
    const answer = await requestPinned({
      connect:
        how === 'agent'
          ? () => Promise.resolve(connect(agentSocket()))
          : { host: hostname, port: Number(port) },
      method: 'GET',
      path: '/',
      tlsKeyHash: 'report',
      maxBytes: 65_536,
      timeoutMs: 10_000,
      signal: AbortSignal.timeout(10_000),
    })
    if (answer.status !== 200) throw new Error(`status ${answer.status}`)
  }
  const lane = async () => {
    while (!over)
      await one().then(
        () => load.answered++,
        (error: unknown) => load.failed.push(String(error)),
      )
  }
  const lanes = [lane(), lane()]
  return {
    load,
    end: async () => {
      over = true
      await Promise.all(lanes)
      return load
    },
  }
}

/** Replaces the worker under load, and waits until the new one serves the application with a renewed lease. */
async function replace(how: () => Promise<void>): Promise<{ agent: Load; port: Load }> {
  const { url, sdk } = devnet.application
  // A worker that has just started has not asked all of it yet.
  await eventually('a ready instance', async () => (await instances()).every(({ ready }) => ready))
  const before = {
    lease: await lease(),
    instances: await instances(),
    processes: mainProcesses(podId()),
  }
  expect(Object.keys(before.processes)).toHaveLength(2)
  const agent = ask('agent')
  const port = ask('port')
  await how()
  await eventually('the new worker', isUp)
  await eventually('an answer at the port', async () =>
    sdk.transport.get(url, { maxBytes: 65_536, timeoutMs: 5_000 }).then(
      ({ status }) => status === 200,
      () => false,
    ),
  )
  const renewed = await eventually('a renewed lease', async () => {
    const found = await lease()
    return found?.notAfter === before.lease?.notAfter ? undefined : found
  })
  const ended = { agent: await agent.end(), port: await port.end() }
  expect(renewed.instanceKey).toBe(before.lease?.instanceKey)
  expect(await instances()).toEqual(before.instances)
  expect(mainProcesses(podId())).toEqual(before.processes)
  expect(ended.agent.failed).toEqual([])
  expect(ended.agent.answered).toBeGreaterThan(20)
  return ended
}

const asProvider = { stopInstancesOnExit: false }

test('killed and started again: the application never notices', async () => {
  const { children } = devnet.network
  const { port } = await replace(async () => {
    await children.kill('worker')
    startWorker(devnet.network, asProvider)
  })
  expect(port.answered).toBeGreaterThan(0)
})

test('stopped and started again: the application never notices', async () => {
  const { children } = devnet.network
  const { port } = await replace(async () => {
    await children.stop('worker')
    startWorker(devnet.network, asProvider)
  })
  expect(port.answered).toBeGreaterThan(0)
})

test('handed over: not one connection is refused or cut', async () => {
  const log = join(devnet.folder, 'logs', 'worker.log')
  const { children } = devnet.network
  const { port } = await replace(async () => {
    const file = readFileSync(join(devnet.folder, 'children.json'), 'utf8')
    const recorded = JSON.parse(file) as { name: string; pid: number }[]
    const pid = recorded.find(({ name }) => name === 'worker')?.pid
    if (pid === undefined) throw new Error('the worker does not run')
    process.kill(pid, 'SIGHUP')
    const successor = await eventually('the new process', () =>
      Promise.resolve(/"pid":(\d+),"msg":"handing over/.exec(readFileSync(log, 'utf8'))?.[1]),
    )
    successors.add(Number(successor))
    await eventually('the end of the old one', () => Promise.resolve(!children.isRunning('worker')))
  })
  expect(port.failed).toEqual([])
  expect(port.answered).toBeGreaterThan(20)
})
