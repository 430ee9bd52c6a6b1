// The devnet's workers: registered once with what this machine has, started as processes, waited for. Starts processes, network I/O.
import { realpathSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'
import { parseEther, stringToHex } from 'viem'
import { z } from 'zod'
import { subnetAbi } from '@wetee/chain'
import { waitFor } from '@wetee/daemon'
import { teeClassBits } from '@wetee/manifest'
import { workerTag } from '@wetee/worker/identity'
import { accountOf, keyFile, type AccountRole } from './accounts.ts'
import { rememberRun } from './instances.ts'
import type { Network } from './network.ts'
import { hostSocket, teeOf } from './platform-process.ts'
import { ingressPorts } from './state.ts'
import { transact } from './transactions.ts'

const mib = 1_048_576
/** Wei per second and unit: about 1.3 DOT a month for a CPU, 0.5 DOT for a GiB of memory. */
const prices = {
  cpuMilli: 500_000_000n,
  memoryMiB: 200_000_000n,
  diskMiB: 2_000_000n,
  gpu: 100_000_000_000_000n,
}
const startTimeoutMs = 60_000

/** Workers of a devnet, also the names of their machines, folders, processes and logs; the second one where it is asked for. */
export const workerNames = ['worker', 'worker-2'] as const
export type WorkerName = (typeof workerNames)[number]

const operatorOf = (name: WorkerName): AccountRole => `${name}-operator`

/** A worker's API. */
export const workerUrl = (network: Network, name: WorkerName = 'worker'): string =>
  `http://127.0.0.1:${network.ports.workers[workerNames.indexOf(name)]}`

/** Whether a worker is on chain. */
export const isRegistered = async (network: Network, name: WorkerName): Promise<boolean> =>
  (await findWorker(network, name)) !== undefined

/** The id of a worker; registers it with its stake when it is not there yet. */
export async function registerWorker(network: Network, name: WorkerName): Promise<bigint> {
  const known = await findWorker(network, name)
  if (known !== undefined) return known
  await transact(network, {
    from: 'worker-owner',
    contract: 'subnet',
    functionName: 'registerWorker',
    args: [
      accountOf(network.accounts, operatorOf(name)).address,
      {
        level: 1,
        teeClasses: teeClassBits[teeOf(name)],
        region: stringToHex('local', { size: 32 }),
        endpoint: workerUrl(network, name),
      },
      prices,
      {
        cpuMilli: availableParallelism() * 1_000,
        memoryMiB: Math.floor(totalmem() / mib / 2),
        diskMiB: 16_384,
        gpu: 0,
      },
    ],
    valueWei: parseEther('10'),
  })
  const registered = await findWorker(network, name)
  if (registered === undefined) throw new Error('the worker was registered but is not on chain')
  return registered
}

async function findWorker(network: Network, name: WorkerName): Promise<bigint | undefined> {
  const operator = accountOf(network.accounts, operatorOf(name)).address
  const workers = await network.chain.client.readContract({
    address: network.profile.contracts.subnet,
    abi: subnetAbi,
    functionName: 'workers',
    args: [1n, 100n],
  })
  const index = workers.findIndex((worker) => worker.operator === operator)
  return index === -1 ? undefined : BigInt(index + 1)
}

/** Starts a worker's process; some of its configuration may be set, for tests. */
export function startWorker(
  network: Network,
  options: {
    readonly name?: WorkerName
    readonly intervals?: Readonly<Record<string, number>>
    readonly uploadWork?: boolean
    /** False: as a provider's worker, which leaves applications running. */
    readonly stopInstancesOnExit?: boolean
  } = {},
): void {
  const { state, ports, images, runtime } = network
  const {
    name = 'worker',
    intervals = {},
    uploadWork = false,
    stopInstancesOnExit = true,
  } = options
  const index = workerNames.indexOf(name)
  const firstPort = ports.ingress[index] ?? 0
  const config = state.write(`${name}/config.json`, {
    networkFile: state.path('network.json'),
    operator: { privateKeyFile: keyFile(state.folder, operatorOf(name)) },
    stateDir: state.path(name),
    runtime: { kind: runtime, allowSandbox: true },
    platform: { simulatedSocket: hostSocket(state, name), allowSimulated: true },
    agentImage: images.agent,
    api: { port: ports.workers[index] },
    ingress: {
      portRange: [firstPort, firstPort + ingressPorts - 2],
      domain: 'localhost',
      namePort: firstPort + ingressPorts - 1,
    },
    registries: [{ host: `127.0.0.1:${ports.registry}`, insecure: true }],
    // One more settlement than a short look needs; the owner may settle at any time.
    intervals: {
      renewMs: 5_000,
      batchMs: 250,
      settleMs: 600_000,
      stopGraceMs: 3_000,
      ...intervals,
    },
    uploadWork,
    stopInstancesOnExit,
  })
  const main = new URL(import.meta.resolve('@wetee/worker/main')).pathname
  network.children.start(name, process.execPath, [main, '--config', config])
}

const workerSchema = z.object({
  runtime: z.enum(['docker', 'sandbox']),
  capabilities: z.object({ warnings: z.array(z.string()) }),
})
const conditionsSchema = z.object({
  conditions: z.array(z.object({ code: z.string(), text: z.string() })),
})

/** Waits until a worker answers and its machine is proven on chain; shows what it is missing until then. */
export async function waitForWorker(
  network: Network,
  name: WorkerName,
  workerId: bigint,
  show: (line: string) => void,
): Promise<{ workerId: string; url: string; runtime: string }> {
  const url = workerUrl(network, name)
  await waitFor(
    async () => {
      if (!network.children.isRunning(name))
        throw new Error(`${name} stopped: see ${network.state.path('logs', `${name}.log`)}`)
      const conditions = await readJson(`${url}/health`, conditionsSchema)
      if (conditions === undefined) return false
      const first = conditions.conditions[0]
      if (first !== undefined) show(`${first.code}: ${first.text}`)
      return isProven(network, workerId)
    },
    { signal: network.signal, timeoutMs: startTimeoutMs, everyMs: 250, what: 'the worker' },
  )
  const worker = await readJson(`${url}/v1/worker`, workerSchema)
  if (worker === undefined) throw new Error(`the worker at ${url} does not say what it runs on`)
  network.warnings = worker.capabilities.warnings
  for (const warning of network.warnings) show(warning)
  const { runtime } = worker
  const { chainId, contracts } = network.profile
  const stateDir = realpathSync(network.state.path(name))
  const tag = workerTag({ chainId, subnet: contracts.subnet, workerId, stateDir })
  rememberRun(network.state, name, { runtime, workerTag: tag })
  return { workerId: String(workerId), url, runtime }
}

async function isProven(network: Network, workerId: bigint): Promise<boolean> {
  const [notAfter] = await network.chain.client.readContract({
    address: network.profile.contracts.subnet,
    abi: subnetAbi,
    functionName: 'liveProof',
    args: [1, workerId],
    blockNumber: (await network.chain.finalized()).number,
  })
  return notAfter > 0n
}

/** The answer of the worker's API whatever its status; undefined when it does not answer. */
async function readJson<T>(url: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    return schema.parse(await answer.json())
  } catch {
    return undefined
  }
}
