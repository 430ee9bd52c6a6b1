// Wires the parts of a worker together; starts nothing. Opens its databases.
import { cloudAbi, followEvents } from '@wetee/chain'
import { createMetrics, ReconcileQueue } from '@wetee/daemon'
import type { Hono } from 'hono'
import { SignIn } from './api/sign-in.ts'
import { appSources } from './api/sources.ts'
import { workerApi } from './api/worker-api.ts'
import { openCourier } from './bridge/open-courier.ts'
import { openTriggers } from './bridge/open-triggers.ts'
import { openForwards } from './forward/open-forwards.ts'
import { ConditionBoard } from './condition/condition.ts'
import type { WorkerConfig } from './config.ts'
import { HealthChecks } from './health/health-checks.ts'
import { openIngress, type OpenedIngress } from './ingress/open-ingress.ts'
import { LeaseCollector } from './lease/lease-collector.ts'
import { authorityOf, createNodeClient } from './lease/node-client.ts'
import { nodeRelay } from './lease/node-relay.ts'
import { Meter } from './meter/meter.ts'
import type { Opened } from './opened.ts'
import { openMonitor } from './monitor/open-monitor.ts'
import { runLoops } from './observe/loops.ts'
import { readStanding } from './observe/standing.ts'
import { Watch } from './observe/watch.ts'
import { PlatformProver } from './platform/platform-prover.ts'
import type { ApplyParts, InstanceNames } from './reconcile/apply.ts'
import { Reconciler } from './reconcile/reconciler.ts'
import { applyParts, HEAD_AGE_MS, launchNames, listCommittee } from './apply-parts.ts'
import { openStores } from './stores.ts'

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

/** Between looks for calls of contracts, milliseconds. */
const COURIER_MS = 500
/** Applications looked at at a time: their reads of the chain share requests. */
const MAX_RECONCILES = 16

/** Wires a worker. */
export function compose(opened: Opened): Composition {
  const base = openBase(opened)
  const work = openWork(opened, base)
  const { courier, triggers, prover, loops } = openRounds(opened, base, work)
  const { stores, forwards, entrance } = base
  const { collector, meter, monitor, parts, queue } = work
  const { signal } = opened
  return {
    api: apiOf(opened, base, work),
    parts,
    run: async () => {
      await Promise.all([
        queue.run(signal),
        collector.run(),
        meter.run(),
        monitor.run(),
        prover.run(),
        loops(),
        entrance.names(signal),
        courier.run(),
        triggers.run(),
        forwards.run(),
      ])
    },
    ingress: { listeners: entrance.listeners, drain: entrance.drain },
    endRelays: () => parts.guests.endRelays(),
    close: async () => {
      await entrance.drain(0)
      await parts.guests.close()
      monitor.close()
      courier.close()
      triggers.close()
      forwards.close()
      stores.close()
    },
  }
}

/** What everything else rests on. */
type Base = ReturnType<typeof openBase>

function openBase({ config, signal, log, network, stateDir, inheritance }: Opened) {
  const board = new ConditionBoard((scope, { code, severity, text }, held) => {
    if (held) log[severity === 'error' ? 'error' : 'warn']({ scope, code }, text)
    else log.info({ scope, code }, 'condition has passed')
  })
  const { chain, listed } = listCommittee(network.workerChain)
  const common = { chain, board, log, signal, monotonicMs: () => performance.now() }
  const stores = openStores(stateDir)
  const metrics = createMetrics('worker')
  const opening = { store: stores.ports, board, metrics, network: chain.network, inheritance }
  const pollMs = Math.max(config.intervals.eventsMs, COURIER_MS)
  const forwards = openForwards({
    ...{ network, metrics, log, signal, pollMs, stateDir },
    head: () => chain.head(HEAD_AGE_MS),
  })
  return {
    ...{ board, chain, listed, common, stores, metrics, pollMs, forwards },
    entrance: openIngress({ config, log }, opening),
    nodes: createNodeClient(),
  }
}

/** What makes the engine like the chain, application by application, and earns with it. */
type Work = ReturnType<typeof openWork>

function openWork(opened: Opened, base: Base) {
  const { config, signal, log, runtime, identity, stateDir } = opened
  const { intervals, uploadWork } = config
  const { workerId, endpoint } = identity
  const { board, chain, listed, common, metrics, nodes, stores, forwards } = base
  const { ingress } = base.entrance
  const enqueue = (appId: bigint) => queue.add(appId)
  const collector = new LeaseCollector(intervals, {
    ...common,
    nodes,
    onRenewed: ({ appId }) => {
      meter.renewed(appId)
      enqueue(appId)
    },
  })
  const names = namesOf(config.ingress, base)
  const parts = applyParts(opened, chain, listed, collector, stores.sealed, forwards, names)
  const monitor = openMonitor({
    ...{ ...parts, board, metrics, endpoint, stateDir },
    config: config.monitoring,
    reconciler: () => reconciler,
  })
  const { settleMs } = intervals
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
    ...{ ...parts, health, board, ingress, enqueue },
    drainMs: intervals.drainMs,
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
  return { enqueue, collector, parts, monitor, meter, reconciler, queue }
}

/** What goes on beside it: calls of contracts, the proof of the machine, looks at chain and engine. */
function openRounds(
  { config, signal, log, network, runtime, store, identity, stateDir }: Opened,
  { board, chain, common, metrics, nodes, stores, pollMs }: Base,
  { enqueue, parts, queue, reconciler }: Work,
) {
  const { intervals } = config
  const { workerId, endpoint } = identity
  const { guests } = parts
  const courier = openCourier({
    ...{ bodies: stores.bodies, network, reconciler, guests, metrics, log, signal, stateDir },
    head: parts.relay.head,
    pollMs,
  })
  const triggers = openTriggers({
    ...{ network, reconciler, metrics, log, signal, stateDir },
    head: parts.relay.head,
    pollMs,
  })
  const watch = new Watch({ tag: parts.tag, runtime, guests, board, log, enqueue })
  const operator = network.account.address
  const { shelf } = stores
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
  return { courier, triggers, prover, loops }
}

/** What instances are told about names. */
function namesOf(config: WorkerConfig['ingress'], { entrance, stores }: Base): InstanceNames {
  return {
    launch: launchNames(config),
    ca: config.acme === undefined ? undefined : authorityOf(config.acme.directoryUrl),
    records: (appId, domain) => entrance.domains.records(appId, domain),
    certificates: stores.certificates,
  }
}

function apiOf(
  { config, network, identity, runtime, capabilities, log }: Opened,
  { board, entrance, listed, metrics, stores }: Base,
  { monitor, parts: { guests }, reconciler }: Work,
): Hono {
  const { ownerCall, ...applications } = appSources({
    ...{ reconciler, guests, board, ingress: entrance.ingress },
    published: {
      host: config.ingress.publicHost ?? config.ingress.host,
      domain: config.ingress.domain,
      namePort: config.ingress.namePort,
      proven: (appId) => entrance.domains.proven(appId),
    },
  })
  return workerApi({
    ...applications,
    relay: { ownerCall, nodeCall: nodeRelay((authority) => listed.get(authority)) },
    worker: () => ({
      ...identity,
      runtime: runtime.name,
      capabilities,
      simulated: network.profile.simulated,
    }),
    conditions: () => board.list('worker'),
    evidence: (digest) => stores.shelf.get(digest),
    metrics: async () => ({
      contentType: metrics.registry.contentType,
      text: await metrics.registry.metrics(),
    }),
    monitor: monitor.sources,
    sealed: stores.sealed,
    answer: (digest) => stores.bodies.read(digest),
    chainId: network.profile.chainId,
    signIn: new SignIn(Date.now),
    log,
  })
}
