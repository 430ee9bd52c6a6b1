// Puts together what watches leases and machines in a running node. No I/O of its own but opening the file of alerts.
import { join } from 'node:path'
import { cloudAbi, type Chain, type TransactionQueue } from '@wetee/chain'
import type { Condition, Log, Metrics } from '@wetee/daemon'
import { alertCalls } from '../api/alert-calls.ts'
import type { AddCalls } from '../api/node-api.ts'
import type { Clock } from '../appraise/freshness.ts'
import type { ChainView } from '../chain/chain-view.ts'
import { openAlertLog } from '../store/alert-log.ts'
import { Announcer } from './announcer.ts'
import type { LiveSubject } from './subjects.ts'
import { openWatchView } from './watch-view.ts'
import { Watcher, type WatchEvents } from './watcher.ts'
import { Webhook } from './webhook.ts'

/** What a node brings. */
export type WatchParts = {
  readonly nodeId: bigint
  readonly stateDir: string
  readonly chain: Chain
  readonly view: ChainView
  readonly queue: Pick<TransactionQueue, 'send'>
  /** Where the operator wants alerts; undefined: nowhere. */
  readonly webhook: string | undefined
  readonly metrics: Metrics
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
}

/** The watching of a running node. */
export type Watch = {
  readonly calls: AddCalls
  readonly conditions: () => readonly Condition[]
  /** Runs until the signal. */
  run(): Promise<void>
  close(): void
}

const DELAY_BUCKETS_S = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 3_600, 86_400]

/** Opens it. Throws NodeError `alerts.unusable`. */
export function openWatch(parts: WatchParts): Watch {
  const { chain, queue, stateDir, webhook: url } = parts
  const alerts = openAlertLog(join(stateDir, 'alerts.db'))
  const view = openWatchView(chain, parts.view)
  const watcher = new Watcher({ ...parts, view, alerts, ...measured(parts.metrics) })
  const announcer = new Announcer({
    ...{ ...parts, view, alerts },
    isLive: (kind, id) => watcher.isLive(kind, id),
    submit: async (appId, key) => {
      const call = { address: chain.profile.contracts.cloud, abi: cloudAbi, args: [appId] }
      await queue.send({ key, ...call, functionName: 'settle' })
    },
  })
  const webhook = url === undefined ? undefined : new Webhook({ ...parts, url, alerts })
  return {
    calls: alertCalls(alerts),
    conditions: () =>
      [watcher.condition, webhook?.condition].filter((condition) => condition !== undefined),
    async run() {
      await Promise.all([watcher.run(), announcer.run(), webhook?.run()])
    },
    close: () => alerts.close(),
  }
}

function measured(metrics: Metrics): WatchEvents {
  const cutOffs = metrics.counter({
    name: 'cut_offs_total',
    help: 'leases and machines that counted and do no more',
    labels: ['kind', 'cause'],
  })
  const delay = metrics.histogram({
    name: 'cut_off_delay_seconds',
    help: 'from the block time of the cause until this node saw it, seconds',
    labels: ['kind'],
    buckets: DELAY_BUCKETS_S,
  })
  const live = metrics.gauge({
    name: 'watched_live_count',
    help: 'leases and machines that count now',
    labels: ['kind'],
  })
  const next = metrics.gauge({
    name: 'next_lapse_timestamp_seconds',
    help: 'when the next lease or proof lapses unless it is renewed; 0 for none',
    labels: ['kind'],
  })
  const waiting = metrics.gauge({
    name: 'watch_waiting_count',
    help: 'applications and machines that wait to be read',
  })
  return {
    onAlert({ kind, cause, delayMs }) {
      cutOffs.inc({ kind, cause })
      delay.observe({ kind }, delayMs / 1_000)
    },
    onRound(subjects, count) {
      for (const [kind, { live: number, next: at }] of summary(subjects)) {
        live.set({ kind }, number)
        next.set({ kind }, at)
      }
      waiting.set(count)
    },
  }
}

function summary(subjects: Iterable<LiveSubject>) {
  const kinds = new Map(
    (['lease', 'worker', 'node'] as const).map((kind) => [kind, { live: 0, next: 0 }]),
  )
  for (const { kind, until } of subjects) {
    const known = kinds.get(kind)!
    const at = Number(until)
    kinds.set(kind, {
      live: known.live + 1,
      next: known.next === 0 || at < known.next ? at : known.next,
    })
  }
  return kinds
}
