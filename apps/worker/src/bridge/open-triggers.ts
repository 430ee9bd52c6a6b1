// The calls of due subscriptions, put together. Opens their database.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Metrics } from '@wetee/daemon'
import type { Head } from '../chain/records.ts'
import type { Log } from '../log.ts'
import type { WorkerNetwork } from '../network.ts'
import type { Reconciler } from '../reconcile/reconciler.ts'
import { openSubscriptionChain } from './subscription-chain.ts'
import { SubscriptionStore } from './subscription-store.ts'
import { Triggers, type TriggerCounters } from './triggers.ts'

/** What they are made of. */
export type TriggersOpening = {
  readonly network: Pick<WorkerNetwork, 'chain' | 'queue'>
  readonly head: () => Promise<Head>
  readonly reconciler: Pick<Reconciler, 'known'>
  readonly stateDir: string
  readonly pollMs: number
  readonly metrics: Metrics
  readonly log: Log
  readonly signal: AbortSignal
}

/** Triggers that run until the signal; nothing where the network has no Bridge. */
export function openTriggers(opening: TriggersOpening): { run(): Promise<void>; close(): void } {
  const { network, reconciler, stateDir, signal } = opening
  const chain = openSubscriptionChain(network.chain, network.queue)
  if (chain === undefined) return { run: () => Promise.resolve(), close: () => undefined }
  const store = new SubscriptionStore(join(stateDir, 'subscriptions.db'))
  const triggers = new Triggers({
    ...opening,
    ...{ chain, store, monotonicMs: () => performance.now() },
    apps: () => reconciler.known(),
    sleep: (ms) => delay(ms, undefined, { signal }).catch(() => undefined),
    counters: triggerCounters(opening.metrics),
  })
  return { run: () => triggers.run(), close: () => store.close() }
}

/** Makes `<daemon>_bridge_subscriptions` and `<daemon>_bridge_triggers_total` by outcome. */
function triggerCounters(metrics: Metrics): TriggerCounters {
  const known = metrics.gauge({
    name: 'bridge_subscriptions',
    help: 'subscriptions to APIs of the applications here',
  })
  const triggered = metrics.counter({
    name: 'bridge_triggers_total',
    help: 'calls of subscriptions that were due, by how that ended',
    labels: ['outcome'],
  })
  return {
    known: (count) => known.set(count),
    triggered: (outcome) => triggered.inc({ outcome }),
  }
}
