// A worker is killed at every step of an update and of an end: the application answers throughout, and nothing is left over.
import { existsSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import { basename, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, onTestFinished, test } from 'vitest'
import { parseEther, toHex } from 'viem'
import { cloudAbi, readManifest } from '@wetee/chain'
import { processesIn } from '@wetee/devnet/leftovers'
import { transact } from '@wetee/devnet/transactions'
import { startWorker } from '@wetee/devnet/workers'
import { parseManifest, serializeManifest } from '@wetee/manifest'
import { showApp } from '@wetee/sdk'
import { requestPinned } from '@wetee/tls'
import { mainProcesses } from './testing/instance-processes.ts'
import { eventually, startDevnet, type RunningDevnet } from './testing/running-devnet.ts'

const TARGET = 8080
const amountWei = parseEther('1')
let devnet: RunningDevnet
/** What the names of the application's pods begin with. */
let pods: string
beforeAll(async () => {
  // Nobody renews a lease while no worker runs: it is to last for all of this.
  devnet = await startDevnet('sandbox', { nodes: 1, leaseSeconds: 600n })
  pods = basename(folderOf(1) ?? '').replace(/-v1-r0$/, '')
})
beforeEach(() => {
  onTestFailed(() => void process.stderr.write(devnet.logs()))
})
afterAll(() => devnet.close())

const instancesFolder = () => join(devnet.folder, 'worker', 'instances')
const details = () => showApp(devnet.application.sdk, devnet.application.appId)
/** Version that serves by the newest block. The worker waits until it is final, and only then sends clients of the older one away. */
async function servingVersion(): Promise<number> {
  const { chain } = devnet.network
  const address = chain.profile.contracts.cloud
  const args = [devnet.application.appId] as const
  const app = await chain.client.readContract({
    ...{ abi: cloudAbi, address, functionName: 'app', args },
  })
  return app.currentVersion
}
/** Folder of an instance of the application; `undefined` while there is none. */
function folderOf(version: number): string | undefined {
  const name = `-a${devnet.application.appId}-v${version}-r0`
  const found = readdirSync(instancesFolder()).find((pod) => pod.endsWith(name))
  return found === undefined ? undefined : join(instancesFolder(), found)
}

/** Other networks on this machine have pods of other letters. */
const processesOf = (version: number) => mainProcesses(`${pods}-v${version}-r0`)

/** Asks the agent of the version that serves, over a new connection each time, until it is told to end. */
function askServing(serving: () => number) {
  const load = { answered: 0, failed: [] as string[] }
  let isOver = false
  const one = async (version: number) => {
    const path = join(folderOf(version) ?? '', 'run', 'ingress', `${TARGET}.sock`)
    const { status, body } = await requestPinned({
      connect: () => Promise.resolve(connect(path)),
      ...{ method: 'GET', path: '/', tlsKeyHash: 'report' },
      ...{ maxBytes: 65_536, timeoutMs: 10_000, signal: AbortSignal.timeout(10_000) },
    })
    if (status !== 200) throw new Error(`${status} ${Buffer.from(body).toString()}`)
  }
  const lane = async () => {
    while (!isOver) {
      const version = serving()
      await one(version).then(
        () => load.answered++,
        async (error: unknown) => {
          load.failed.push(`version ${version}: ${String(error)}`)
          await delay(100)
        },
      )
    }
  }
  const lanes = [lane(), lane()]
  const end = async () => {
    isOver = true
    await Promise.all(lanes)
    return load
  }
  return { end }
}

/** kill -9, and another process in its place. */
async function replaceWorker(): Promise<void> {
  await devnet.network.children.kill('worker')
  startWorker(devnet.network)
}

test(
  'killed at every step of an update, the worker brings it to its end, and no request to the application fails',
  { timeout: 480_000 },
  async () => {
    const { network, application } = devnet
    const { appId } = application
    const { text } = await readManifest(network.chain, appId, 1)
    const document = parseManifest(text)
    const services = document.services.map((service) => ({
      ...service,
      environment: { ...service.environment, GREETING: 'Hello again' },
    }))
    const manifest = toHex(serializeManifest({ ...document, services }))
    const before = processesOf(1)
    expect(Object.keys(before)).toHaveLength(2)
    let serving = 1
    const load = askServing(() => serving)
    onTestFinished(async () => void (await load.end()))
    await transact(network, {
      ...{ from: 'developer', contract: 'cloud', functionName: 'update' },
      args: [appId, document.terms, manifest, amountWei, amountWei, false],
      valueWei: amountWei,
    })
    const has = (file: string) => existsSync(join(folderOf(2) ?? '', file))
    const steps: readonly (readonly [string, () => boolean | Promise<boolean>])[] = [
      ['the pending version', async () => (await details()).pendingVersion === 2],
      ['its TEE', () => has('instance.json')],
      ['its agent', () => has('run/agent.sock')],
      ['its ingress', () => has(`run/ingress/${TARGET}.sock`)],
      ['its service', () => processesOf(2)['web'] !== undefined],
      [
        'its lease',
        async () => (await details()).leases.some(({ live, version }) => live && version === 2),
      ],
    ]
    for (const [what, isReached] of steps) {
      await eventually(what, () => Promise.resolve(isReached()), 120_000)
      expect(processesOf(1)).toEqual(before)
      await replaceWorker()
    }
    await eventually('the new version', async () => (await servingVersion()) === 2, 180_000)
    serving = 2
    await eventually('its finality', async () => (await details()).currentVersion === 2)
    await replaceWorker()
    await eventually('the end of the old one', () => Promise.resolve(folderOf(1) === undefined))
    const { answered, failed } = await load.end()
    expect(failed).toEqual([])
    expect(answered).toBeGreaterThan(100)
    expect(readdirSync(instancesFolder())).toHaveLength(1)
  },
)

test(
  'killed while an application ends, the worker takes all of it away',
  { timeout: 240_000 },
  async () => {
    const { network, application } = devnet
    const { appId } = application
    await transact(network, {
      ...{ from: 'developer', contract: 'cloud', functionName: 'terminate', args: [appId] },
    })
    await eventually('its end on chain', async () => (await details()).state === 'ended')
    await replaceWorker()
    await eventually('nothing of it', () =>
      Promise.resolve(readdirSync(instancesFolder()).length === 0),
    )
    expect(processesOf(2)).toEqual({})
    expect(processesIn(instancesFolder())).toEqual([])
  },
)
