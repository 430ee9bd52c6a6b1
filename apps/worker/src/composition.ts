// Wires the parts of a worker together; starts nothing. Opens its databases.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { cloudAbi, followEvents } from '@wetee/chain'
import {
  createMetrics,
  openKeptTexts,
  ReconcileQueue,
  type KeptTexts,
  type Metrics,
  type Store,
} from '@wetee/daemon'
import { openPlatformHost } from '@wetee/tee-device'
import type { TlsIdentity } from '@wetee/certificates'
import type { Hono } from 'hono'
import { SignIn } from './api/sign-in.ts'
import { appSources } from './api/sources.ts'
import { workerApi } from './api/worker-api.ts'
import { BodyStore } from './bridge/body-store.ts'
import { openCourier } from './bridge/open-courier.ts'
import { openTriggers } from './bridge/open-triggers.ts'
import { openForwards, type GuestChain } from './forward/open-forwards.ts'
import { freshValue } from './chain/fresh-value.ts'
import type { Committee, Hex, Member } from './chain/records.ts'
import type { WorkerChain } from './chain/worker-chain.ts'
import { ConditionBoard } from './condition/condition.ts'
import type { WorkerConfig } from './config.ts'
import { HealthChecks } from './health/health-checks.ts'
import type { Inheritance } from './handover/successor.ts'
import { ImageStore } from './images/image-store.ts'
import { openCertificateStore } from './ingress/certificate-store.ts'
import { openIngress, type OpenedIngress } from './ingress/open-ingress.ts'
import type { Ingress } from './ingress/ingress.ts'
import { openPortStore } from './ingress/port-store.ts'
import { clusterUnfitReasons } from './instance/cluster-pod.ts'
import { folderDoors, Guests } from './instance/guests.ts'
import { workerTag } from './instance/identity.ts'
import { InstanceFolders } from './instance/instance-folder.ts'
import { openPodSockets } from './instance/pod-sockets.ts'
import { LeaseCollector } from './lease/lease-collector.ts'
import { authorityOf, createNodeClient } from './lease/node-client.ts'
import { nodeRelay } from './lease/node-relay.ts'
import type { Log } from './log.ts'
import { Meter } from './meter/meter.ts'
import type { WorkerIdentity, WorkerNetwork } from './network.ts'
import { openMonitor, type OpenedMonitor } from './monitor/open-monitor.ts'
import { runLoops } from './observe/loops.ts'
import { readStanding } from './observe/standing.ts'
import { Watch } from './observe/watch.ts'
import { PlatformProver } from './platform/platform-prover.ts'
import { askedNodes, type LaunchNames } from './instance/launch-config.ts'
import type { ApplyParts, InstanceNames } from './reconcile/apply.ts'
import { SealedStore } from './sealed/sealed-store.ts'
import { Reconciler } from './reconcile/reconciler.ts'
import { MisconductFolder } from './relay/misconduct-folder.ts'
import type { Capabilities, Runtime } from './runtime/runtime.ts'
import { ClusterVolumes } from './volumes/cluster-volumes.ts'
import { EncryptedVolumes } from './volumes/encrypted-volumes.ts'

/** What has been opened before anything is wired. */
export type Opened = {
  readonly config: WorkerConfig
  readonly signal: AbortSignal
  readonly log: Log
  /** Absolute, without links. */
  readonly stateDir: string
  readonly store: Store
  readonly network: WorkerNetwork
  readonly identity: WorkerIdentity
  readonly runtime: Runtime
  readonly capabilities: Capabilities
  /** In a cluster: the key that agents know this worker by. */
  readonly doorIdentity: TlsIdentity | undefined
  /** Listeners of the process that this one follows. */
  readonly inheritance: Inheritance | undefined
}

/** A wired worker. */
export type Composition = {
  readonly api: Hono
  readonly parts: ApplyParts
  /** Runs every loop until the signal. */
  run(): Promise<void>
  readonly ingress: Pick<OpenedIngress, 'listeners' | 'drain'>
  /** Ends the relays of all guests, which another process may serve then; connections go on. */
  endRelays(): Promise<void>
  /** Ends listeners and sockets; pods are left as they are. */
  close(): Promise<void>
}

const HEAD_AGE_MS = 500
const COLLATERAL_AGE_MS = 30_000
const PLATFORM_AGE_MS = 2_000
const COMMITTEE_AGE_MS = 2_000
/** Between looks for calls of contracts, milliseconds. */
const COURIER_MS = 500
const MIB = 1_048_576
/** Applications looked at at a time: their reads of the chain share requests. */
const MAX_RECONCILES = 16
/** Proofs of this machine whose evidence can be read; two are live at most. */
const KEPT_EVIDENCE = 4

/** Wires a worker. */
export function compose(opened: Opened): Composition {
  const { config, signal, log, network, runtime, store, identity } = opened
  const { intervals } = config
  const { workerId } = identity
  const board = new ConditionBoard((scope, { code, severity, text }, held) => {
    if (held) log[severity === 'error' ? 'error' : 'warn']({ scope, code }, text)
    else log.info({ scope, code }, 'condition has passed')
  })
  const { chain, listed } = listCommittee(network.workerChain)
  const common = { chain, board, log, signal, monotonicMs: () => performance.now() }
  const enqueue = (appId: bigint) => queue.add(appId)
  const nodes = createNodeClient()
  const collector = new LeaseCollector(intervals, {
    ...common,
    nodes,
    onRenewed: ({ appId }) => {
      meter.renewed(appId)
      enqueue(appId)
    },
  })
  const { settleMs } = intervals
  const ports = openPortStore(join(opened.stateDir, 'ingress.db'))
  const metrics = createMetrics('worker')
  const { inheritance } = opened
  const sealed = new SealedStore(join(opened.stateDir, 'sealed.db'), Date.now)
  const opening = { store: ports, board, metrics, network: chain.network, inheritance }
  const { ingress, domains, names, listeners, drain } = openIngress(opened, opening)
  const { acme } = config.ingress
  const certificates = openCertificateStore(join(opened.stateDir, 'ingress.db'))
  const pollMs = Math.max(intervals.eventsMs, COURIER_MS)
  const forwards = openForwards({
    ...{ network, metrics, log, signal, pollMs, stateDir: opened.stateDir },
    head: freshValue(() => chain.head(), HEAD_AGE_MS, common.monotonicMs),
  })
  const parts = applyParts(opened, chain, listed, collector, sealed, forwards, {
    launch: launchNames(config.ingress),
    ca: acme === undefined ? undefined : authorityOf(acme.directoryUrl),
    records: (appId, domain) => domains.records(appId, domain),
    certificates,
  })
  const { guests } = parts
  const { endpoint } = identity
  const monitor = openMonitor({
    ...{ ...parts, board, metrics, endpoint, stateDir: opened.stateDir },
    config: config.monitoring,
    reconciler: () => reconciler,
  })
  const { uploadWork } = config
  const { prove, onFunds } = monitor
  const meter = new Meter({ ...common, workerId, settleMs, uploadWork, prove, onFunds })
  const health = new HealthChecks({
    ...{ runtime, log, signal, now: Date.now, onChange: enqueue },
    setTimer: (ms, fire) => {
      const timer = setTimeout(fire, ms)
      return () => clearTimeout(timer)
    },
  })
  const reconciler = new Reconciler({
    ...parts,
    health,
    board,
    ingress,
    drainMs: intervals.drainMs,
    enqueue,
    onFacts: ({ desired }) => {
      // What runs elsewhere now earns for another worker.
      const moved = desired.currentElsewhere !== undefined
      meter.note(desired.appId, moved ? 'ended' : desired.state)
    },
  })
  const queue = new ReconcileQueue<bigint>({
    name: 'applications',
    concurrency: MAX_RECONCILES,
    log,
    metrics,
    reconcile: async (appId) => {
      const requeueAfterMs = await reconciler.reconcile(appId)
      return requeueAfterMs === undefined ? {} : { requeueAfterMs }
    },
  })
  const bodies = new BodyStore(join(opened.stateDir, 'answers.db'))
  const courier = openCourier({
    bodies,
    ...{ network, reconciler, guests, metrics, log, signal, stateDir: opened.stateDir },
    head: parts.relay.head,
    pollMs,
  })
  const triggers = openTriggers({
    ...{ network, reconciler, metrics, log, signal, stateDir: opened.stateDir },
    head: parts.relay.head,
    pollMs,
  })
  const watch = new Watch({ tag: parts.tag, runtime, guests, board, log, enqueue })
  const operator = network.account.address
  const shelf = openKeptTexts(join(opened.stateDir, 'evidence'), KEPT_EVIDENCE)
  const prover = new PlatformProver({ ...parts, operator, endpoint, shelf, nodes, board })
  const loops = () =>
    runLoops({
      ...common,
      ...intervals,
      workerId,
      watch,
      known: () => reconciler.known(),
      readStanding: () =>
        readStanding({ ...common, workerId, noticed: () => reconciler.noticed() }),
      onResync: async (apps) => {
        const digests = reconciler.imagesInUse(apps)
        if (digests !== undefined) await parts.images.keepOnly(digests)
      },
      enqueue,
      sweep: (appId) => queue.sweep(appId),
      follow: (fromBlock, onEvents) =>
        followEvents({
          chain: network.chain,
          name: `cloud/${workerId}`,
          contracts: [{ address: chain.network.contracts.cloud, abi: cloudAbi }],
          cursor: store,
          fromBlock,
          pollMs: intervals.eventsMs,
          signal,
          onEvents: (events) => Promise.resolve(onEvents(events)),
        }),
    })
  return {
    api: apiOf(opened, {
      reconciler,
      guests,
      ingress,
      domains,
      board,
      metrics,
      shelf,
      monitor,
      sealed,
      bodies,
      memberAt: (authority) => listed.get(authority),
    }),
    parts,
    run: async () => {
      await Promise.all([
        queue.run(signal),
        collector.run(),
        meter.run(),
        monitor.run(),
        prover.run(),
        loops(),
        names(signal),
        courier.run(),
        triggers.run(),
        forwards.run(),
      ])
    },
    ingress: { listeners, drain },
    endRelays: () => guests.endRelays(),
    close: async () => {
      await drain(0)
      await guests.close()
      ports.close()
      monitor.close()
      certificates.close()
      sealed.close()
      courier.close()
      triggers.close()
      forwards.close()
      bodies.close()
    },
  }
}

/** The chain, and the hosts that guests may reach: they follow every read of the committee. */
function listCommittee(chain: WorkerChain): {
  readonly chain: WorkerChain
  readonly listed: ReadonlyMap<string, Member>
} {
  const listed = new Map<string, Member>()
  /** By the key that they hold, and the active ones. */
  const named = new Map<Hex | 'active', readonly Member[]>()
  const list = (key: Hex | 'active', { members }: Committee) => {
    if (members.length === 0) named.delete(key)
    else named.set(key, members)
    listed.clear()
    for (const member of [...named.values()].flat()) {
      const authority = authorityOf(member.endpoint)
      if (authority !== undefined) listed.set(authority, member)
    }
  }
  const committee = async (at: bigint): Promise<Committee> => {
    const found = await chain.committee(at)
    list('active', found)
    return found
  }
  const holders = async (verificationKey: Hex, at: bigint): Promise<Committee> => {
    const found = await chain.holders(verificationKey, at)
    list(verificationKey, found)
    return found
  }
  return { chain: { ...chain, committee, holders }, listed }
}

function applyParts(
  { config, signal, log, stateDir, network, identity, runtime, doorIdentity }: Opened,
  chain: WorkerChain,
  listed: ReadonlyMap<string, Member>,
  collector: LeaseCollector,
  sealed: SealedStore,
  guestChain: GuestChain,
  names: InstanceNames,
): ApplyParts {
  const { workerId } = identity
  const { cpuMilli, memoryMiB, pids } = config.agentLimits
  const tag = workerTag({
    chainId: chain.network.chainId,
    subnet: chain.network.contracts.subnet,
    workerId,
    stateDir,
  })
  const folders = new InstanceFolders(stateDir)
  const cluster = clusterParts(config, doorIdentity)
  const monotonicMs = () => performance.now()
  const platform = openPlatformHost(config.platform.simulatedSocket)
  const machine = async () => chain.platform(workerId, (await chain.head()).number)
  const asked = async () => askedNodes(await chain.committee((await chain.head()).number))
  const holders = async (verificationKey: Hex) =>
    askedNodes(await chain.holders(verificationKey, (await chain.head()).number))
  const misconduct = new MisconductFolder(join(stateDir, 'misconduct'), log)
  return {
    workerId,
    tag,
    account: network.account,
    chain,
    runtime,
    platform,
    images: new ImageStore({
      folder: join(stateDir, 'images'),
      loopbackRegistries: new Set(config.registries.map(({ host }) => host)),
      withoutLayers: cluster !== undefined,
    }),
    folders,
    guests: openGuests({ log, signal, runtime, folders, doorIdentity }),
    volumes:
      cluster === undefined
        ? new EncryptedVolumes({ folder: join(stateDir, 'volumes'), log })
        : new ClusterVolumes({ runtime, tag, folder: join(stateDir, 'volumes') }),
    ...(cluster === undefined ? {} : { cluster }),
    collector,
    sealed,
    guestChain,
    agentImage: config.agentImage,
    agentLimits: { cpuMilli, memoryBytes: memoryMiB * MIB, pids },
    stopGraceMs: config.intervals.stopGraceMs,
    relay: {
      head: freshValue(() => chain.head(), HEAD_AGE_MS, monotonicMs),
      collateral: freshValue(() => platform.collateral(), COLLATERAL_AGE_MS, monotonicMs),
      committee: freshValue(asked, COMMITTEE_AGE_MS, monotonicMs),
      holders,
      isListed: (authority) => listed.has(authority),
      platform: freshValue(machine, PLATFORM_AGE_MS, monotonicMs),
      misconduct: (text) => misconduct.keep(text),
    },
    names,
    now: Date.now,
    log,
    signal,
  }
}

/** Guests beside this worker, or in the pods of a cluster. */
function openGuests({
  doorIdentity: identity,
  ...parts
}: Pick<Opened, 'log' | 'signal' | 'runtime' | 'doorIdentity'> & {
  readonly folders: InstanceFolders
}): Guests {
  const { log, signal } = parts
  if (identity === undefined) return new Guests(log, signal)
  return new Guests(log, signal, {
    ...folderDoors,
    sockets: (podId, runFolder) => openPodSockets({ ...parts, identity }, podId, runFolder),
  })
}

function clusterParts(
  { runtime: { kubernetes }, agentImage }: WorkerConfig,
  doorIdentity: TlsIdentity | undefined,
): ApplyParts['cluster'] {
  if (kubernetes === undefined || doorIdentity === undefined) return undefined
  const hasDisks = kubernetes.storageClassName !== undefined
  return {
    workerKey: doorIdentity.tlsKeyHash,
    agentImage: `${kubernetes.agentRepository}@${agentImage.digest}`,
    hasDisks,
    unfit: (document) => clusterUnfitReasons(document, hasDisks),
  }
}

/** What agents are told about names. Reads the CA's roots. */
function launchNames({ domain, acme }: WorkerConfig['ingress']): LaunchNames {
  const { directoryUrl, rootsFile } = acme ?? {}
  const roots = rootsFile === undefined ? {} : { roots: readFileSync(rootsFile, 'utf8') }
  return {
    ...(domain === undefined ? {} : { domain }),
    ...(directoryUrl === undefined ? {} : { acme: { directoryUrl, ...roots } }),
  }
}

function apiOf(
  { config, network, identity, runtime, capabilities, log }: Opened,
  shown: {
    readonly reconciler: Reconciler
    readonly guests: Guests
    readonly ingress: Ingress
    readonly domains: OpenedIngress['domains']
    readonly board: ConditionBoard
    readonly metrics: Metrics
    readonly shelf: KeptTexts
    readonly monitor: OpenedMonitor
    readonly sealed: SealedStore
    readonly bodies: BodyStore
    readonly memberAt: (authority: string) => Member | undefined
  },
): Hono {
  const { metrics } = shown
  const { ownerCall, ...applications } = appSources({
    ...shown,
    published: {
      host: config.ingress.publicHost ?? config.ingress.host,
      domain: config.ingress.domain,
      namePort: config.ingress.namePort,
      proven: (appId) => shown.domains.proven(appId),
    },
  })
  return workerApi({
    ...applications,
    relay: { ownerCall, nodeCall: nodeRelay(shown.memberAt) },
    worker: () => ({
      ...identity,
      runtime: runtime.name,
      capabilities,
      simulated: network.profile.simulated,
    }),
    conditions: () => shown.board.list('worker'),
    evidence: (digest) => shown.shelf.get(digest),
    metrics: async () => ({
      contentType: metrics.registry.contentType,
      text: await metrics.registry.metrics(),
    }),
    monitor: shown.monitor.sources,
    sealed: shown.sealed,
    answer: (digest) => shown.bodies.read(digest),
    chainId: network.profile.chainId,
    signIn: new SignIn(Date.now),
    log,
  })
}
