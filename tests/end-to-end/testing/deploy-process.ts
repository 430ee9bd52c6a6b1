// A process that deploys the example again and again on a devnet of real processes on the sandbox, and starts the same image by the
// sandbox alone in between; tells its parent how long each took. Starts processes.
import { readFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Application } from '@wetee/devnet/application'
import { transact } from '@wetee/devnet/transactions'
import { workerUrl } from '@wetee/devnet/workers'
import { parseManifest } from '@wetee/manifest'
import { readManifest } from '@wetee/chain'
import { deploy } from '@wetee/sdk'
import { resolveImageFromRegistry } from '@wetee/sdk/node'
import { openRuntime, type Runtime } from '@wetee/worker/runtime'
import { eventually, startDevnet } from './running-devnet.ts'

const DEPLOYS = 5
const LOOK_MS = 10
const STEP_TIMEOUT_MS = 120_000
const BLOCK_MS = 1_000
const MIB = 1_048_576
const compose = join(import.meta.dirname, '../../../examples/hello/compose.yaml')

/** Milliseconds. */
type DeployTimes = {
  /** From the block with the transaction to the first answer of 200 through the ingress. */
  readonly deployMs: readonly number[]
  /** From that block to its finality. */
  readonly finalityMs: readonly number[]
  /** The same image by the driver alone, from the call to the first answer of 200. */
  readonly runMs: readonly number[]
  readonly blockMs: number
}

async function measureDeploys(): Promise<DeployTimes> {
  const devnet = await startDevnet('sandbox', { nodes: 1 })
  const { application, network, folder } = devnet
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const { signal } = network
  try {
    const runtime = await openRuntime({
      ...{ kind: 'sandbox', stateDir: join(folder, 'alone'), allowSandbox: true, log, signal },
    })
    const blocks = new Blocks(application)
    const found = { deployMs: [] as number[], finalityMs: [] as number[], runMs: [] as number[] }
    // The first of each is not counted: images are fetched and unpacked by then.
    for (let count = 0; count <= DEPLOYS; count++) {
      const runMs = await runAlone(runtime, application, count)
      const { deployMs, finalityMs } = await deployOnce(application, blocks, count)
      if (count === 0) continue
      found.runMs.push(runMs)
      found.deployMs.push(deployMs)
      found.finalityMs.push(finalityMs)
    }
    await runtime.close()
    blocks.stop()
    return { ...found, blockMs: BLOCK_MS }
  } finally {
    await devnet.close()
  }
}

/** When each block was first seen, and when it was first seen to be final. */
class Blocks {
  readonly seenAt = new Map<bigint, number>()
  readonly finalAt = new Map<bigint, number>()
  #stopped = false

  constructor({ network: { chain } }: Application) {
    const watch = async (blockTag: 'latest' | 'finalized', times: Map<bigint, number>) => {
      let last: bigint | undefined
      while (!this.#stopped) {
        const { number } = await chain.client.getBlock({ blockTag })
        for (let block = last === undefined ? number : last + 1n; block <= number; block++)
          times.set(block, performance.now())
        last = number
        await delay(LOOK_MS)
      }
    }
    for (const watching of [watch('latest', this.seenAt), watch('finalized', this.finalAt)])
      watching.catch(() => undefined)
  }

  stop(): void {
    this.#stopped = true
  }
}

async function deployOnce({ sdk, network }: Application, blocks: Blocks, count: number) {
  const registry = `127.0.0.1:${network.ports.registry}`
  const { appId, txHash } = await deploy(sdk, {
    composeText: readFileSync(compose, 'utf8').replaceAll('127.0.0.1:5780', registry),
    file: compose,
    name: `deploy-${count}`,
    resolveImage: resolveImageFromRegistry,
    signal: network.signal,
  })
  if (txHash === undefined) throw new Error('nothing was sent')
  const answeredAt = firstAnswer(workerUrl(network), appId)
  const { blockNumber } = await network.chain.client.getTransactionReceipt({ hash: txHash })
  const finalAt = await eventually('finality', () =>
    Promise.resolve(blocks.finalAt.get(blockNumber)),
  )
  const minedAt = blocks.seenAt.get(blockNumber)
  if (finalAt === undefined || minedAt === undefined) throw new Error(`block ${blockNumber}`)
  const deployMs = (await answeredAt) - minedAt
  const args = [appId] as const
  await transact(network, { from: 'developer', contract: 'cloud', functionName: 'terminate', args })
  return { deployMs, finalityMs: finalAt - minedAt }
}

/** When the application has first answered with 200 at the address that its worker names. */
async function firstAnswer(worker: string, appId: bigint): Promise<number> {
  const deadline = performance.now() + STEP_TIMEOUT_MS
  while (performance.now() < deadline) {
    const url = await publishedUrl(worker, appId)
    if (url !== undefined && (await statusOf(url)) === 200) return performance.now()
    await delay(LOOK_MS)
  }
  throw new Error(`application ${appId} did not answer`)
}

async function publishedUrl(worker: string, appId: bigint): Promise<string | undefined> {
  const answer = await fetch(`${worker}/v1/apps/${appId}`)
  if (!answer.ok) return undefined
  const { instances } = (await answer.json()) as { instances: { urls: { url: string }[] }[] }
  return instances[0]?.urls.at(-1)?.url
}

/** Of `GET /`; 0 where nothing answers. */
function statusOf(url: string): Promise<number> {
  return new Promise((resolve) => {
    // Whose key it is does not matter to a clock.
    const asked = get(url, { rejectUnauthorized: false, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    asked.on('error', () => resolve(0))
  })
}

/** Starts the example's one service as the worker does, without agent and chain. */
async function runAlone(
  runtime: Runtime,
  { network, appId }: Application,
  count: number,
): Promise<number> {
  const { text } = await readManifest(network.chain, appId, 1)
  const [service] = parseManifest(text).services
  if (service === undefined) throw new Error('no service')
  const digest = service.image.slice(service.image.lastIndexOf('@') + 1)
  const layout = network.state.path('worker', 'images', digest.slice('sha256:'.length))
  const podId = `alone-${count}`
  const startedAt = performance.now()
  await runtime.createPod({ id: podId, labels: { 'wetee.worker': 'alone' }, hostNames: ['web'] })
  await runtime.startContainer(podId, {
    ...{ name: 'web', image: { layout, digest }, environment: { GREETING: 'Hello' }, mounts: [] },
    ...{ user: '1000:1000', readOnlyRoot: true },
    tmpfs: [{ target: '/tmp', sizeBytes: 16 * MIB }],
    limits: { cpuMilli: service.cpuMilli, memoryBytes: service.memoryMiB * MIB, pids: 64 },
  })
  const ask = `const ask = () => fetch('http://127.0.0.1:8080/').then((r) => r.status, () => 0)
    .then((status) => status === 200 || new Promise((r) => setTimeout(r, ${LOOK_MS})).then(ask)); ask()`
  await runtime.exec(podId, 'web', {
    command: ['/usr/local/bin/node', '-e', ask],
    timeoutMs: STEP_TIMEOUT_MS,
    maxBytes: 1_024,
  })
  const tookMs = performance.now() - startedAt
  await runtime.removePod(podId, 0)
  return tookMs
}

process.send?.(await measureDeploys())
process.exit(0)
