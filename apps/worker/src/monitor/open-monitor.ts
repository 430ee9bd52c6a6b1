// The monitor of a worker with its databases, and what the rest of the worker tells and asks it. Opens files.
import { join } from 'node:path'
import type { Metrics } from '@wetee/daemon'
import type { MonitorSources } from '../api/monitor-api.ts'
import type { Funds } from '../chain/records.ts'
import type { WorkerChain } from '../chain/worker-chain.ts'
import type { ConditionBoard } from '../condition/condition.ts'
import type { WorkerConfig } from '../config.ts'
import type { Guests } from '../instance/guests.ts'
import { keyOfPodId } from '../instance/identity.ts'
import type { Log } from '../log.ts'
import type { MeterParts } from '../meter/meter.ts'
import { UsageLedger } from '../meter/usage-ledger.ts'
import { UsageMeter, type UsageMeterParts } from '../meter/usage-meter.ts'
import type { AppSnapshot, Reconciler } from '../reconcile/reconciler.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { openAlerts } from './alert/open-alerts.ts'
import { HistoryStore, openHistory } from './history/history-store.ts'
import { monitorMetrics } from './monitor-metrics.ts'
import { Monitor, type MonitoredApp } from './monitor.ts'

/** What a monitor is opened with. */
export type MonitorOpening = {
  readonly config: WorkerConfig['monitoring']
  /** Where the databases lie. */
  readonly stateDir: string
  readonly tag: string
  readonly workerId: bigint
  readonly endpoint: string
  readonly account: UsageMeterParts['account']
  readonly chain: WorkerChain
  readonly runtime: Pick<Runtime, 'usage'>
  readonly guests: Pick<Guests, 'responseMs'>
  readonly reconciler: () => Pick<Reconciler, 'known' | 'snapshot'>
  readonly metrics: Metrics
  readonly board: ConditionBoard
  readonly log: Log
  readonly signal: AbortSignal
}

/** An open monitor. */
export type OpenedMonitor = Pick<MeterParts, 'prove' | 'onFunds'> & {
  readonly sources: MonitorSources
  /** Looks until the signal. */
  run(): Promise<void>
  close(): void
}

const MIB = 1_048_576

/** Opens the databases; looks at nothing yet. */
export function openMonitor(opening: MonitorOpening): OpenedMonitor {
  const { config, stateDir, tag, workerId, chain, guests, reconciler } = opening
  const { chainId, contracts } = chain.network
  const scope = { chainId, subnet: contracts.subnet, workerId }
  const history = new HistoryStore(join(stateDir, 'history.db'), openHistory)
  const ledger = new UsageLedger(join(stateDir, 'usage.db'), scope)
  const meter = new UsageMeter({ ...opening, ledger, sampleMs: config.usageMs, now: Date.now })
  const snapshots = (): readonly (readonly [bigint, AppSnapshot])[] =>
    reconciler()
      .known()
      .flatMap((appId) => {
        const snapshot = reconciler().snapshot(appId)
        return snapshot === undefined ? [] : [[appId, snapshot] as const]
      })
  const alertsOf = (appId: bigint) => {
    const facts = reconciler().snapshot(appId)?.facts
    const current = facts?.desired.versions.find(({ role }) => role === 'current')
    return current && facts?.versions.get(current.version)?.document.alerts
  }
  const alerts = openAlerts({ ...opening, alertsOf }, history)
  const monitor = new Monitor({
    ...{ ...opening, ...config, history, meter },
    metrics: monitorMetrics(opening.metrics),
    appOf: (podId) => keyOfPodId(tag, podId)?.appId,
    apps: () =>
      snapshots().flatMap(([appId, snapshot]) =>
        snapshot.observed.instances.length === 0 ? [] : [monitored(appId, snapshot)],
      ),
    responseMs: async (appId) => {
      const instances = reconciler().snapshot(appId)?.observed.instances ?? []
      const answering = instances.find(({ answering, agent }) => answering && agent === 'attested')
      return answering === undefined ? undefined : guests.responseMs(answering.podId)
    },
    onSamples: (atMs, samples) => alerts.look(atMs, samples),
    now: Date.now,
    monotonicMs: () => performance.now(),
  })
  const lease = async () => chain.maxLeaseSeconds((await chain.head()).number)
  return {
    prove: (appId) => meter.prove(appId),
    onFunds: (appId, funds) => {
      lease().then(
        (leaseSeconds) => monitor.noteEscrow(appId, escrowSeconds(funds, leaseSeconds)),
        () => undefined,
      )
    },
    sources: {
      ownerOf: async (appId) =>
        reconciler().snapshot(appId)?.facts.owner ??
        (await chain.app(appId, (await chain.head()).number))?.owner,
      history: (appId, resolution, fromMs, toMs) => history.read(appId, resolution, fromMs, toMs),
      usage: (appId, after) => ledger.page(appId, after),
      scope,
      now: Date.now,
    },
    run: () => monitor.run(),
    close: () => {
      meter.flush()
      history.close()
      ledger.close()
    },
  }
}

/** For how long the escrow pays at the present rent. */
function escrowSeconds({ owedWei, escrowWei, leaseWei }: Funds, leaseSeconds: number): number {
  if (leaseWei === 0n) return Infinity
  return (Number(escrowWei - owedWei) / Number(leaseWei)) * leaseSeconds
}

function monitored(appId: bigint, { facts, observed }: AppSnapshot): MonitoredApp {
  const starts = new Map<string, number>()
  for (const { podId, containers } of observed.instances)
    for (const [name, container] of containers)
      if (container.state === 'running') starts.set(`${podId}/${name}`, container.startedAtMs)
  const { instances } = observed
  const attested = instances.filter(({ agent }) => agent === 'attested').length
  const current = facts.desired.versions.find(({ role }) => role === 'current')
  const disk = current && facts.versions.get(current.version)?.document.terms.diskMiB
  return {
    appId,
    starts,
    attestedShare: instances.length === 0 ? undefined : attested / instances.length,
    diskLimitBytes: disk === undefined ? undefined : disk * MIB * (current?.replicas ?? 1),
  }
}
