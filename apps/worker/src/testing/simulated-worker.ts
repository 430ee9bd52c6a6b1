// For tests: one process of the worker over worlds in memory: its real queue, reconciler, watch and guests. Files in a folder.
import { ReconcileQueue } from '@wetee/daemon'
import type { PrivateKeyAccount } from 'viem/accounts'
import { ConditionBoard } from '../condition/condition.ts'
import { Guests } from '../instance/guests.ts'
import { HealthChecks } from '../health/health-checks.ts'
import { InstanceFolders } from '../instance/instance-folder.ts'
import { plainVolumes } from './plain-volumes.ts'
import type { Route } from '../ingress/ingress.ts'
import { resync } from '../observe/loops.ts'
import { Watch } from '../observe/watch.ts'
import { Reconciler } from '../reconcile/reconciler.ts'
import { faulty, type CallFate, type Mortal } from './faulty.ts'
import type { MemoryAgents } from './memory-agents.ts'
import type { MemoryImages } from './memory-images.ts'
import type { MemoryPlatform } from './memory-platform.ts'
import type { MemoryRuntime } from './memory-runtime.ts'
import { noNames } from './ingress-parts.ts'
import { keepLog } from './silent-log.ts'
import type { SimulatedChain } from './simulated-chain.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** What outlives a process of the worker. */
export type Surroundings = {
  readonly stateDir: string
  readonly tag: string
  readonly account: PrivateKeyAccount
  readonly clock: VirtualClock
  readonly chain: SimulatedChain
  readonly runtime: MemoryRuntime
  readonly platform: MemoryPlatform
  readonly images: MemoryImages
  readonly agents: MemoryAgents
  /** From 0 to below 1. */
  readonly random: () => number
  readonly fateOf: (name: string, args: readonly unknown[]) => CallFate
}

/** Calls by which the worker changes a world. */
export const writeCalls: ReadonlySet<string> = new Set([
  'createPod',
  'startContainer',
  'stopContainer',
  'removePod',
  'launch',
  'remove',
  'pull',
  'activate',
  'dropPending',
])
const runtimeCalls = new Set([
  ...['createPod', 'startContainer', 'stopContainer', 'removePod', 'list', 'exec'],
])
const platformCalls = new Set(['launch', 'remove'])
const imageCalls = new Set(['pull', 'present'])
const chainCalls = new Set([
  'head',
  'app',
  'version',
  'manifestText',
  'lease',
  'committee',
  'maxLeaseSeconds',
  'liveKeys',
  'appsOn',
  'activate',
  'dropPending',
])
const WATCH_MS = 1_000
const RESYNC_MS = 60_000
const DRAIN_MS = 10_000

/** A process; `dead` is kill -9: what it was doing stays half done. */
export class SimulatedWorker implements Mortal {
  dead = false
  readonly board = new ConditionBoard()
  readonly log = keepLog()
  readonly guests: Guests
  readonly reconciler: Reconciler
  readonly routes = new Map<bigint, readonly Route[]>()
  /** Calls of its loops and its queue that have not ended. */
  #busy = 0
  readonly #queue: ReconcileQueue<bigint>
  readonly #clock: VirtualClock

  constructor(surroundings: Surroundings) {
    const { stateDir, tag, account, clock, agents, random, fateOf } = surroundings
    this.#clock = clock
    const runtime = faulty(surroundings.runtime, runtimeCalls, this, fateOf)
    const platform = faulty(surroundings.platform, platformCalls, this, fateOf)
    const images = faulty(surroundings.images, imageCalls, this, fateOf)
    const chain = faulty(surroundings.chain, chainCalls, this, fateOf)
    const { signal } = new AbortController()
    const { log, board } = this
    const enqueue = (appId: bigint) => this.enqueue(appId)
    const folders = new InstanceFolders(stateDir)
    this.guests = new Guests(log, signal, agents.doors, () => clock.nowMs())
    const health = new HealthChecks({
      ...{ runtime, log, signal, now: () => clock.nowMs(), onChange: enqueue },
      setTimer: (ms, fire) => clock.setTimer(ms, () => this.dead || fire()),
    })
    this.reconciler = new Reconciler({
      health,
      workerId: 1n,
      tag,
      account,
      chain,
      runtime,
      platform,
      images,
      folders,
      volumes: plainVolumes(stateDir),
      guests: this.guests,
      collector: { offer: () => undefined, forget: () => undefined, holds: () => true },
      sealed: { put: () => undefined },
      agentImage: { layout: '/agent', digest: `sha256:${'ee'.repeat(32)}` },
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
      ingress: {
        setRoutes: (appId, routes) => Promise.resolve(void this.routes.set(appId, routes)),
      },
      drainMs: DRAIN_MS,
      enqueue,
      now: () => clock.nowMs(),
      log,
      signal,
    })
    this.#queue = new ReconcileQueue<bigint>({
      name: 'applications',
      log,
      // One at a time: the same seed gives the same run.
      concurrency: 1,
      random,
      clock: {
        nowMs: () => clock.nowMs(),
        setTimer: (ms, fire) => clock.setTimer(ms, () => this.dead || fire()),
      },
      reconcile: (appId) =>
        this.#track(async () => {
          const requeueAfterMs = await this.reconciler.reconcile(appId)
          return requeueAfterMs === undefined ? {} : { requeueAfterMs }
        }),
    })
    void this.#queue.run(signal)
    const watch = new Watch({ tag, runtime, guests: this.guests, board, log, enqueue })
    const onChain = new Set<bigint>()
    const resyncParts = {
      workerId: 1n,
      chain,
      watch,
      known: () => this.reconciler.known(),
      readStanding: () => Promise.resolve(),
      sweep: (appId: bigint) => void (this.dead || this.#queue.sweep(appId)),
      enqueue,
      onResync: async (apps: ReadonlySet<bigint>) => {
        const digests = this.reconciler.imagesInUse(apps)
        if (digests !== undefined) await images.keepOnly(digests)
      },
      board,
      log,
      signal,
    }
    void this.#track(() => resync(resyncParts, onChain)).then(() => {
      this.#every(WATCH_MS, () => watch.look())
      this.#every(RESYNC_MS, () => resync(resyncParts, onChain))
    })
  }

  /** Something of an application has changed. */
  enqueue(appId: bigint): void {
    if (!this.dead) this.#queue.add(appId)
  }

  /** Waits until it waits for time only, or is dead. */
  async settle(): Promise<void> {
    for (let quiet = 0; quiet < 2 && !this.dead; quiet = this.#busy === 0 ? quiet + 1 : 0)
      await new Promise((resolve) => setImmediate(resolve))
  }

  #every(ms: number, act: () => Promise<void>): void {
    this.#clock.setTimer(ms, () => {
      if (!this.dead) void this.#track(act).then(() => this.#every(ms, act))
    })
  }

  async #track<T>(act: () => Promise<T>): Promise<T> {
    this.#busy++
    try {
      return await act()
    } finally {
      this.#busy--
    }
  }
}
