// A worker's reconciler deploys into a real API server, with real agents in the place of pods: `npm run test:kubernetes`. Chain and images
// are in memory, the TEE is the simulated platform's process.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ReconcileQueue, waitFor } from '@wetee/daemon'
import { filesLayer, writeImage } from '@wetee/image'
import { buildManifest } from '@wetee/manifest'
import { openPlatformHost } from '@wetee/tee-device'
import { requestPinned } from '@wetee/tls'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConditionBoard } from '../condition/condition.ts'
import { clusterUnfitReasons } from '../instance/cluster-pod.ts'
import { folderDoors, Guests } from '../instance/guests.ts'
import { podIdOf } from '../instance/identity.ts'
import { InstanceFolders } from '../instance/instance-folder.ts'
import { openDoorIdentity, openPodSockets } from '../instance/pod-sockets.ts'
import { Watch } from '../observe/watch.ts'
import { namespaceOf } from '../runtime/kubernetes/names.ts'
import { PodPlayer } from '../runtime/kubernetes/testing/pod-player.ts'
import { assets, RealCluster } from '../runtime/kubernetes/testing/real-cluster.ts'
import { noNames } from '../testing/ingress-parts.ts'
import { MemoryChain } from '../testing/memory-chain.ts'
import { MemoryImages } from '../testing/memory-images.ts'
import { keepLog } from '../testing/silent-log.ts'
import { ClusterVolumes } from '../volumes/cluster-volumes.ts'
import { Reconciler } from './reconciler.ts'

const tag = 'w1-0000beef'
const podId = podIdOf(tag, { appId: 7n, version: 1, replica: 0 })
const namespace = namespaceOf('wetee', {
  id: podId,
  labels: { 'wetee.worker': tag, 'wetee.app': '7' },
})
const workerFolders = ['instances', 'volumes']

describe.skipIf(assets === undefined)('a worker in a cluster', () => {
  let base: string
  let platformProcess: ChildProcess
  let cluster: RealCluster
  let player: PodPlayer
  let agentDigest: string
  const chain = new MemoryChain()
  const images = new MemoryImages()
  const stopping: (() => Promise<void>)[] = []

  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'wetee-kd-'))
    const machines = [{ name: 'worker', socket: join(base, 'host.sock') }]
    const config = { stateDir: join(base, 'p'), vendorDir: join(base, 'p'), machines }
    writeFileSync(join(base, 'platform.json'), JSON.stringify(config))
    const main = join(import.meta.dirname, '../../../devnet/src/platform/main.ts')
    platformProcess = spawn(process.execPath, [main, '--config', join(base, 'platform.json')])
    cluster = await RealCluster.start()
    player = new PodPlayer(cluster.plane)
    const agent = await writeImage({
      layout: join(base, 'agent'),
      layers: [filesLayer({ '/app/agent.js': Buffer.from('//') })],
      config: { entrypoint: ['/app/agent.js'] },
    })
    agentDigest = agent.digest
    await eventually('platform', () => existsSync(join(base, 'host.sock')))
  })
  afterAll(async () => {
    for (const stop of stopping) await stop()
    await player?.close()
    await cluster?.close()
    const exited = once(platformProcess, 'exit')
    platformProcess.kill('SIGTERM')
    await exited
    rmSync(base, { recursive: true, force: true })
  })

  const eventually = <T>(what: string, look: () => T | Promise<T>) =>
    waitFor(look, { signal: new AbortController().signal, timeoutMs: 60_000, everyMs: 50, what })

  /** One process of the worker. */
  async function startWorker() {
    const ending = new AbortController()
    const { signal } = ending
    const log = keepLog()
    const board = new ConditionBoard()
    const runtime = await cluster.open({}, 500)
    await runtime.probe()
    const stateDir = join(base, 'worker')
    const folders = new InstanceFolders(stateDir)
    const identity = await openDoorIdentity(stateDir)
    const guests = new Guests(log, signal, {
      ...folderDoors,
      sockets: (id, runFolder) =>
        openPodSockets({ identity, runtime, folders, log, signal }, id, runFolder),
    })
    const host = openPlatformHost(join(base, 'host.sock'))
    const enqueue = (appId: bigint) => queue.add(appId)
    const reconciler = new Reconciler({
      ...{
        workerId: 1n,
        tag,
        chain,
        runtime,
        images,
        folders,
        guests,
        board,
        log,
        signal,
        enqueue,
      },
      account: privateKeyToAccount(`0x${'07'.repeat(32)}`),
      platform: host,
      volumes: new ClusterVolumes({ runtime, tag, folder: join(stateDir, 'volumes') }),
      collector: { offer: () => undefined, forget: () => undefined, holds: () => false },
      sealed: { put: () => undefined },
      agentImage: { layout: join(base, 'agent'), digest: agentDigest },
      agentLimits: { cpuMilli: 500, memoryBytes: 1e8, pids: 64 },
      stopGraceMs: 1_000,
      guestChain: { forwarder: undefined, read: () => Promise.reject(new Error('no chain')) },
      relay: {
        head: () => chain.head(),
        collateral: () => host.collateral(),
        isListed: () => false,
        platform: () => chain.platform(),
        committee: () => Promise.resolve({ nodes: [], threshold: 1 }),
        holders: () => Promise.resolve({ nodes: [], threshold: 1 }),
        misconduct: () => undefined,
      },
      names: noNames,
      cluster: {
        workerKey: identity.tlsKeyHash,
        agentImage: `registry.example/agent@${agentDigest}`,
        hasDisks: true,
        unfit: (document) => clusterUnfitReasons(document, true),
      },
      health: { watch: () => new Map(), keepOnly: () => undefined },
      ingress: { setRoutes: () => Promise.resolve() },
      drainMs: 0,
      now: Date.now,
    })
    const queue = new ReconcileQueue<bigint>({
      name: 'applications',
      log,
      reconcile: async (appId) => {
        const requeueAfterMs = await reconciler.reconcile(appId)
        return requeueAfterMs === undefined ? {} : { requeueAfterMs }
      },
    })
    void queue.run(signal).catch(() => undefined)
    const watch = new Watch({ tag, runtime, guests, board, log, enqueue })
    const timer = setInterval(() => void watch.look(), 200)
    enqueue(7n)
    const worker = {
      runtime,
      guests,
      enqueue,
      codes: () => board.list('app/7').map(({ code, text }) => `${code}: ${text}`),
      stop: async () => {
        clearInterval(timer)
        ending.abort()
        await guests.close()
      },
    }
    stopping.push(worker.stop)
    return worker
  }

  async function deploy(): Promise<void> {
    const text = `
name: hello
services:
  web:
    image: registry.test/hello:1
    ports: ["8080"]
    environment: { GREETING: "hello" }
    volumes: ["data:/data"]
    healthcheck: { test: ["CMD", "/ok"], interval: 1s, timeout: 1s, retries: 3 }
volumes:
  data:
    x-wetee: { size: 64M }
`
    const digest = `sha256:${'ab'.repeat(32)}` as const
    const manifest = await buildManifest(text, { resolveImage: () => Promise.resolve(digest) })
    chain.members = {
      epoch: 1n,
      threshold: 1,
      members: [
        {
          ...{ nodeId: 1n, index: 1, statementKey: `0x${'08'.repeat(20)}` as const },
          ...{ endpoint: 'https://127.0.0.1:1', tlsKeyHash: `0x${'09'.repeat(32)}` as const },
        },
      ],
    }
    const { terms, termsDigest } = manifest
    chain.versions.set('7/1', {
      ...{ workerId: 1n, security: false, manifestVersion: 1, createdAt: 1n, createdBlock: 1n },
      ...{ manifestDigest: manifest.digest, termsDigest, terms },
    })
    chain.manifests.set('7/1', manifest.text)
    chain.apps.set(7n, {
      ...{ owner: `0x${'07'.repeat(20)}`, state: 'active', replicas: 1, pausedByOwner: false },
      ...{ noticeUntil: 0n, currentVersion: 1, pendingVersion: 0, pendingDeadline: 0n },
    })
  }

  const podOf = async () => cluster.admin.get('Pod', podId, namespace)
  type Worker = Awaited<ReturnType<typeof startWorker>>
  const verified = ({ guests, codes }: Worker) =>
    eventually(`its agent to prove its launch; ${codes().join('; ')}`, () =>
      guests.get(podId)?.report?.state === 'verified' ? guests.get(podId) : undefined,
    )

  test('deploys, is served through the door, adopts after a restart, outlives a crash of the agent, and takes all of it away', async () => {
    await deploy()
    const first = await startWorker()
    await giveVolume()
    const guest = await verified(first)
    const { body, status } = await requestPinned({
      connect: () => Promise.resolve(guest.dial(8080)),
      ...{ method: 'GET', path: '/.well-known/wetee/evidence', headers: {}, tlsKeyHash: 'report' },
      ...{ maxBytes: 1 << 20, timeoutMs: 20_000, signal: AbortSignal.timeout(20_000) },
    })
    expect({ status, evidence: JSON.parse(Buffer.from(body).toString()) as object }).toMatchObject({
      status: 200,
      evidence: { subject: { appId: '7', workerId: '1' } },
    })
    const pod = (await podOf())!
    expect(readdirSync(join(base, 'worker', 'instances'))).toEqual([podId])

    // Another process of the worker: the same pod, the same agent.
    await first.stop()
    const second = await startWorker()
    await verified(second)
    expect((await podOf())?.metadata.uid).toBe(pod.metadata.uid)
    expect(player.playing()).toEqual([pod.metadata.uid])

    await player.restart(pod.metadata.uid)
    await eventually('the agent is gone', () => second.guests.get(podId)?.report === undefined)
    await verified(second)
    expect((await podOf())?.metadata.uid).toBe(pod.metadata.uid)

    chain.apps.set(7n, { ...chain.apps.get(7n)!, state: 'ended' })
    second.enqueue(7n)
    await eventually('nothing is left of it', async () => {
      const folders = workerFolders.flatMap((name) => readdirSync(join(base, 'worker', name)))
      const found = await cluster.admin.get('Namespace', namespace)
      return folders.length === 0 && found === undefined
    })
    expect(player.playing()).toEqual([])
  }, 180_000)

  /** Nobody provides disks here: one for the claim of the application. */
  async function giveVolume(): Promise<void> {
    await cluster.plane.applyRaw({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: 'for-app-7' },
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1Gi' },
        storageClassName: 'made-by-hand',
        hostPath: { path: '/nowhere' },
      },
    })
  }
})
