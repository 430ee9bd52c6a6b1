// A worker with many leases on a real chain, its engine and agents played, measured and told to whoever has forked this. Starts processes.
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { LocalNetwork } from '@wetee/contracts/local-network'
import { createRegistryServer, filesLayer, writeImage } from '@wetee/image'
import { buildManifest } from '@wetee/manifest'
import { NODE_FLAGS } from '@wetee/worker/node-flags'
import { bytesToHex } from 'viem'
import { anvilAccount, startAnvil, type LocalAnvil } from './local-anvil.ts'

const root = join(import.meta.dirname, '../../..')

const LEASES = 1_000
/** Two full rounds are in it. */
const STEADY_MS = 120_000
const STARTED_WITHIN_MS = 300_000
const CHANGES = 15
const BATCH = 50
const LEASE_SECONDS = 3_600n
const BLOCK_SECONDS = 2
/** How often the bench itself asks for the newest finalized block. */
const LOOK_MS = 5

/** What the worker's process says when it is asked; times on the wall clock, milliseconds. */
type SeenByWorker = {
  /** Since it started. */
  readonly cpuMicros: number
  readonly rssBytes: number
  /** Instances that take traffic. */
  readonly routed: number
  /** From its list of applications to the last read of one, of every full round. */
  readonly rounds: readonly { readonly apps: number; readonly tookMs: number }[]
  /** When each container was stopped, by pod and name. */
  readonly stops: readonly { readonly name: string; readonly atMs: number }[]
  readonly logged: readonly string[]
}

type Stand = {
  readonly anvil: LocalAnvil
  readonly network: LocalNetwork
  readonly folder: string
  readonly children: ChildProcess[]
  readonly configFile: string
}

/** What was measured. */
type Figures = {
  /** From the start of the worker until all of its applications take traffic. */
  readonly startSeconds: number
  /** Of one core while nothing happens, per cent. */
  readonly quietPercent: number
  readonly rssBytes: number
  readonly roundsMs: readonly number[]
  /** From the moment that an owner's pause is final to the order to the engine. */
  readonly actsMs: readonly number[]
  readonly logged: readonly string[]
}

process.send?.(await measure())
process.exit(0)

async function measure(): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'wetee-leases-'))
  const children: ChildProcess[] = []
  const anvil = await startAnvil(1)
  const registry = await startRegistry(folder)
  try {
    const clients = { publicClient: anvil.client, walletClient: anvil.client } as never
    const network = await LocalNetwork.deploy(clients, LEASE_SECONDS)
    const stand = { anvil, network, folder, children, configFile: join(folder, 'worker.json') }
    await lease(stand, registry)
    writeConfig(stand, registry.host)
    const { worker, startSeconds } = await startWorker(stand)
    const found = await quiet(worker)
    return { startSeconds, ...found, actsMs: await acts(stand, worker) }
  } finally {
    for (const child of children) child.kill('SIGKILL')
    await registry.close()
    await anvil.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** An image that nothing is ever started of. */
async function startRegistry(folder: string) {
  const layout = join(folder, 'image')
  const { digest } = await writeImage({
    layout,
    layers: [filesLayer({ '/hello': Buffer.from('hello') })],
    config: { entrypoint: ['/hello'], user: '1000' },
  })
  const server = await createRegistryServer({
    layouts: { hello: layout },
    host: '127.0.0.1',
    port: 0,
  })
  const { host } = new URL(server.url)
  return { host, digest, close: () => server.close() }
}

/** Applications and their leases, by one owner. */
async function lease(
  { network, anvil }: Stand,
  { host, digest }: { host: string; digest: string },
): Promise<void> {
  const { text, terms } = await buildManifest(
    `name: hello
services:
  web:
    image: ${host}/hello@${digest}
    ports: ["8080"]
    deploy: {resources: {limits: {cpus: '0.01', memory: 16M}}}
x-wetee: {tee: [tdx], level: 0, grace: 1h}
`,
    { resolveImage: (pinned) => Promise.resolve(pinned.slice(pinned.lastIndexOf('@') + 1)) },
  )
  const { cpuMilli, memoryMiB, diskMiB } = terms
  await network.populate({
    cpuMilli: cpuMilli * LEASES,
    memoryMiB: memoryMiB * LEASES,
    diskMiB: diskMiB * LEASES,
    gpu: 0,
  })
  for (let appId = 1; appId <= LEASES; appId++) await network.create(`app ${appId}`, terms, text)
  for (let first = 1; first <= LEASES; first += BATCH)
    await network.renewAll(
      Array.from({ length: BATCH }, (_, index) => BigInt(first + index)),
      1,
    )
  await anvil.client.setAutomine(false)
  await anvil.client.setIntervalMining({ interval: BLOCK_SECONDS })
}

function writeConfig({ folder, anvil, network, configFile }: Stand, registry: string): void {
  const networkFile = join(folder, 'network.json')
  writeFileSync(
    networkFile,
    JSON.stringify({
      ...{ name: 'leases', kind: 'development', simulated: true, chainId: 31_337 },
      ...{ rpcUrls: [anvil.rpcUrl], deployBlock: '0', trustRoots: [], finalityBlocks: 2 },
      contracts: network.addresses,
    }),
  )
  const privateKeyFile = join(folder, 'operator.key')
  const key = anvilAccount(0).getHdKey().privateKey ?? new Uint8Array()
  writeFileSync(privateKeyFile, bytesToHex(key), { mode: 0o600 })
  writeFileSync(
    configFile,
    JSON.stringify({
      networkFile,
      operator: { privateKeyFile },
      stateDir: join(folder, 'worker'),
      platform: { simulatedSocket: join(folder, 'tee.sock'), allowSimulated: true },
      agentImage: { layout: join(folder, 'image'), digest: `sha256:${'ee'.repeat(32)}` },
      api: { port: 0 },
      ingress: { portRange: [10_000, 29_999] },
      registries: [{ host: registry, insecure: true }],
    }),
  )
}

/** A worker of which every application takes traffic. */
async function startWorker({ folder, children, configFile, network }: Stand) {
  const machine = fork(join(root, 'apps/worker/src/testing/leases-machine.ts'), [
    folder,
    network.instanceKey,
  ])
  children.push(machine)
  await once(machine, 'message')
  const startedAt = performance.now()
  const worker = fork(
    join(root, 'apps/worker/src/testing/leases-worker.ts'),
    [configFile, join(folder, 'engine.sock')],
    { execArgv: [...NODE_FLAGS] },
  )
  children.push(worker)
  while (performance.now() - startedAt < STARTED_WITHIN_MS) {
    await delay(1_000)
    const { routed } = await ask(worker)
    if (routed === LEASES) return { worker, startSeconds: (performance.now() - startedAt) / 1_000 }
  }
  throw new Error('the applications did not start')
}

async function ask(worker: ChildProcess): Promise<SeenByWorker> {
  worker.send('look')
  const [seen] = (await once(worker, 'message')) as [SeenByWorker]
  return seen
}

async function quiet(worker: ChildProcess): Promise<Omit<Figures, 'startSeconds' | 'actsMs'>> {
  // What the start has left to do is not what a quiet worker does.
  await delay(10_000)
  const before = await ask(worker)
  const startedAt = performance.now()
  let rssBytes = 0
  while (performance.now() - startedAt < STEADY_MS) {
    await delay(5_000)
    rssBytes = Math.max(rssBytes, (await ask(worker)).rssBytes)
  }
  const after = await ask(worker)
  const quietPercent = (after.cpuMicros - before.cpuMicros) / 10 / (performance.now() - startedAt)
  const rounds = after.rounds.slice(before.rounds.length).filter(({ apps }) => apps === LEASES)
  const roundsMs = rounds.map(({ tookMs }) => tookMs)
  return { quietPercent, rssBytes, roundsMs, logged: after.logged }
}

async function acts({ anvil, network }: Stand, worker: ChildProcess): Promise<number[]> {
  const { client } = anvil
  const times: number[] = []
  for (let appId = 1; appId <= CHANGES; appId++) {
    const { blockNumber } = await network.send('cloud', 'pause', [BigInt(appId)])
    for (;;) {
      const { number } = await client.getBlock({ blockTag: 'finalized' })
      if (number >= blockNumber) break
      await delay(LOOK_MS)
    }
    const finalAt = Date.now()
    const stopped = async () =>
      (await ask(worker)).stops.find(({ name }) => name.includes(`-a${appId}-`))
    let stop = await stopped()
    while (stop === undefined) {
      await delay(50)
      stop = await stopped()
    }
    times.push(stop.atMs - finalAt)
  }
  return times
}
