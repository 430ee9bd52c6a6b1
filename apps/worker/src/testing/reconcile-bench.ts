// A reconciler with real images from a real registry, real sockets, and engine, TEE and chain in memory, made anew for each test. Does I/O.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRegistryServer, filesLayer, writeImage } from '@wetee/image'
import { buildManifest, type Manifest } from '@wetee/manifest'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { AttestationLease, Hex } from '../chain/records.ts'
import { appScope, ConditionBoard } from '../condition/condition.ts'
import { ImageStore } from '../images/image-store.ts'
import { Ingress } from '../ingress/ingress.ts'
import { openPortStore } from '../ingress/port-store.ts'
import { Guests } from '../instance/guests.ts'
import { HealthChecks } from '../health/health-checks.ts'
import { AGENT_CONTAINER, podIdOf } from '../instance/identity.ts'
import { InstanceFolders } from '../instance/instance-folder.ts'
import { plainVolumes } from './plain-volumes.ts'
import { freePort } from './free-port.ts'
import { MemoryChain } from './memory-chain.ts'
import { MemoryPlatform } from './memory-platform.ts'
import { MemoryRuntime } from './memory-runtime.ts'
import { ingressTestParts } from './ingress-parts.ts'
import { noNames } from './ingress-parts.ts'
import { keepLog } from './silent-log.ts'
import { testLease } from './test-lease.ts'
import { startTestAgent, type TestAgent } from './test-agents.ts'
import { Reconciler } from '../reconcile/reconciler.ts'

export const operator = privateKeyToAccount(`0x${'07'.repeat(32)}`)
const agentDigest = `sha256:${'ee'.repeat(32)}`
export const tag = 'w1-00000000'
export let registryFolder: string
let registry: { url: string; close(): Promise<void> }
let registryHost: string
export let imageDigest: string
export let manifest: Manifest

export const manifestOf = (more: string, end = ''): Promise<Manifest> =>
  buildManifest(
    `name: hello
services:
  web:
    image: ${registryHost}/hello@${imageDigest}
    ports: ["8080"]
    volumes: ["data:/data"]
${more}
volumes:
  data: {}
${end}
`,
    { resolveImage: (pinned) => Promise.resolve(pinned.slice(pinned.lastIndexOf('@') + 1)) },
  )

const testMember = (statementKey: Hex) => {
  const tlsKeyHash = `0x${'09'.repeat(32)}` as const
  return { nodeId: 1n, index: 0, statementKey, tlsKeyHash, endpoint: 'https://127.0.0.1:7701' }
}

/** Everything a worker keeps outside its process. */
export let stateDir: string
export let chain: MemoryChain
export let runtime: MemoryRuntime
export let platform: MemoryPlatform
export let agents: Map<string, TestAgent>
const cleanups: (() => unknown)[] = []
/** Before and after all tests, and each of them, of the file that calls it. */
export function useReconcileBench(): void {
  beforeAll(async () => {
    registryFolder = mkdtempSync(join(tmpdir(), 'wetee-reg-'))
    const written = await writeImage({
      layout: registryFolder,
      layers: [filesLayer({ '/hello': Buffer.from('hello') })],
      config: { entrypoint: ['/hello'], user: '1000' },
    })
    imageDigest = written.digest
    registry = await createRegistryServer({
      layouts: { hello: registryFolder },
      host: '127.0.0.1',
      port: 0,
    })
    registryHost = new URL(registry.url).host
    manifest = await manifestOf('')
  })
  afterAll(async () => {
    await registry.close()
    rmSync(registryFolder, { recursive: true, force: true })
  })
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), 'wetee-rec-'))
    chain = new MemoryChain()
    chain.members = {
      epoch: 1n,
      threshold: 1,
      members: [testMember(operator.address)],
    }
    runtime = new MemoryRuntime()
    platform = new MemoryPlatform(stateDir)
    agents = new Map()
    deploy(7n, 1)
  })
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    for (const agent of agents.values()) await agent.close()
    await platform.restart()
    rmSync(stateDir, { recursive: true, force: true })
  })
}

/** Another engine takes the place of the one there was. */
export function replaceRuntime(next: MemoryRuntime): void {
  runtime = next
}

export function deploy(appId: bigint, version: number, pending = false, made = manifest): void {
  const before = chain.apps.get(appId)
  chain.apps.set(appId, {
    owner: operator.address,
    state: 'active',
    replicas: made.terms.replicas,
    pausedByOwner: false,
    noticeUntil: 0n,
    currentVersion: pending ? (before?.currentVersion ?? 0) : version,
    pendingVersion: pending ? version : 0,
    pendingDeadline: 5_000n,
  })
  chain.versions.set(`${appId}/${version}`, {
    workerId: 1n,
    security: false,
    manifestVersion: version,
    createdAt: 900n,
    createdBlock: 1n,
    manifestDigest: made.digest,
    termsDigest: made.termsDigest,
    terms: made.terms,
  })
  chain.manifests.set(`${appId}/${version}`, made.text)
}
export const leaseFor = (
  version: number,
  over: Partial<AttestationLease> = {},
): AttestationLease => {
  const instanceKey = agents.get(podId(version))!.account.address.toLowerCase() as Hex
  return testLease(7n, { version, instanceKey, ...over })
}
export const podId = (version: number, replica = 0) => podIdOf(tag, { appId: 7n, version, replica })

/** A worker's process; `stop` ends it without touching what it runs, as kill -9 does. */
export async function startWorker(
  over: { registries?: string[]; ingressFrom?: number; holds?: boolean } = {},
) {
  const controller = new AbortController()
  const board = new ConditionBoard()
  const log = keepLog()
  const store = openPortStore(join(stateDir, 'worker.db'))
  const offers: AttestationLease[] = []
  const enqueued: bigint[] = []
  const guests = new Guests(log, controller.signal)
  const first = over.ingressFrom ?? (await freePort())
  const ingress = new Ingress({
    host: '127.0.0.1',
    portRange: [first, first + 9],
    store,
    board,
    log,
    ...ingressTestParts(),
  })
  const folders = new InstanceFolders(stateDir)
  const images = new ImageStore({
    folder: join(stateDir, 'images'),
    loopbackRegistries: new Set(over.registries ?? [registryHost]),
  })
  runtime.onStart = async (id, { name }) => {
    if (name !== AGENT_CONTAINER) return
    const [, version, replica] = /-v(\d+)-r(\d+)$/.exec(id) ?? []
    const key = { appId: 7n, version: Number(version), replica: Number(replica) }
    agents.set(id, await startTestAgent(folders.runFolder(id), key, [8080]))
  }
  runtime.onStop = async (id, name) => {
    if (name === AGENT_CONTAINER) await agents.get(id)?.close()
  }
  const health = new HealthChecks({
    ...{ runtime, log, signal: controller.signal, now: () => Date.now() + skewMs },
    onChange: (appId) => enqueued.push(appId),
    // Time passes with the rounds of `until`.
    setTimer: (_ms, fire) => {
      const timer = setTimeout(fire, 1)
      return () => clearTimeout(timer)
    },
  })
  const reconciler = new Reconciler({
    health,
    workerId: 1n,
    tag,
    account: operator,
    chain,
    runtime,
    platform,
    images,
    folders,
    volumes: plainVolumes(stateDir),
    guests,
    collector: {
      offer: (lease) => offers.push(lease),
      forget: () => undefined,
      holds: () => over.holds ?? true,
    },
    sealed: { put: () => undefined },
    agentImage: { layout: '/agent', digest: agentDigest },
    agentLimits: { cpuMilli: 500, memoryBytes: 1e8, pids: 64 },
    stopGraceMs: 0,
    names: noNames,
    guestChain: { forwarder: undefined, read: () => Promise.reject(new Error('no chain')) },
    relay: {
      head: () => chain.head(),
      collateral: () => Promise.resolve({}),
      committee: () => Promise.resolve({ nodes: [], threshold: 1 }),
      holders: () => Promise.resolve({ nodes: [], threshold: 1 }),
      isListed: () => false,
      platform: () => chain.platform(),
      misconduct: () => undefined,
    },
    board,
    ingress,
    drainMs: 0,
    enqueue: (appId) => enqueued.push(appId),
    // Time passes with the rounds of `until`, so that no test waits for a pause.
    now: () => Date.now() + skewMs,
    log,
    signal: controller.signal,
  })
  let skewMs = 0
  let stopped = false
  const stop = async () => {
    if (stopped) return
    stopped = true
    controller.abort()
    await ingress.close()
    await guests.close()
    store.close()
  }
  cleanups.push(stop)
  /** Reconciles until `holds`; fails when it never does. */
  const until = async (holds: () => boolean) => {
    for (let round = 0; round < 300; round++) {
      await reconciler.reconcile(7n)
      await guests.pollAll()
      if (holds()) return
      skewMs += 100
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    throw new Error(`never: ${log.lines.slice(-8).join('\n')}`)
  }
  // Said of every application with a volume, whatever happens.
  const codes = () =>
    board.list(appScope(7n)).flatMap(({ code }) => (code === 'volume.host-sees-key' ? [] : [code]))
  /** Lets time pass for the reconciler, milliseconds. */
  const skip = (ms: number) => void (skewMs += ms)
  return {
    ...{ reconciler, guests, ingress, board, log, until, skip, stop, offers, codes, images, first },
  }
}
export type Worker = Awaited<ReturnType<typeof startWorker>>

export const running = (id: string, name: string) =>
  runtime.pods.get(id)?.containers.get(name)?.state === 'running'
export const serving = (worker: Worker) => () =>
  running(podId(1), 'web') && worker.guests.get(podId(1))?.answering === true
