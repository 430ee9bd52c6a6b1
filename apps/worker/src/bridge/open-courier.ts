// The courier of a worker, put together. Opens its database.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Metrics } from '@wetee/daemon'
import type { Head } from '../chain/records.ts'
import type { Guests } from '../instance/guests.ts'
import type { Log } from '../log.ts'
import type { WorkerNetwork } from '../network.ts'
import type { Reconciler } from '../reconcile/reconciler.ts'
import { BatchStore } from './batch-store.ts'
import type { BodyStore } from './body-store.ts'
import { openBridgeChain } from './bridge-chain.ts'
import { Courier } from './courier.ts'
import { courierCounters } from './courier-counters.ts'

/** What it is made of. */
export type CourierOpening = {
  readonly network: Pick<WorkerNetwork, 'chain' | 'queue'>
  readonly head: () => Promise<Head>
  readonly reconciler: Pick<Reconciler, 'known' | 'snapshot'>
  readonly guests: Pick<Guests, 'get'>
  readonly stateDir: string
  readonly bodies: Pick<BodyStore, 'put'>
  readonly pollMs: number
  readonly metrics: Metrics
  readonly log: Log
  readonly signal: AbortSignal
}

/** A courier that runs until the signal; nothing where the network has no Bridge. */
export function openCourier(opening: CourierOpening): { run(): Promise<void>; close(): void } {
  const { network, reconciler, guests, stateDir, bodies, signal } = opening
  const chain = openBridgeChain(network.chain, network.queue)
  if (chain === undefined) return { run: () => Promise.resolve(), close: () => undefined }
  const store = new BatchStore(join(stateDir, 'bridge.db'))
  const courier = new Courier({
    ...opening,
    ...{ chain, store, monotonicMs: () => performance.now() },
    apps: () => reconciler.known(),
    agents: (appId) => {
      const { facts, observed } = reconciler.snapshot(appId) ?? {}
      const current = facts?.desired.versions.find(({ role }) => role === 'current')?.version
      return (observed?.instances ?? [])
        .filter(({ version, agent }) => version === current && agent === 'attested')
        .toSorted((a, b) => a.replica - b.replica)
        .flatMap(({ podId }) => guests.get(podId)?.agent ?? [])
    },
    keepBody: (body) => bodies.put(body),
    sleep: (ms) => delay(ms, undefined, { signal }).catch(() => undefined),
    counters: courierCounters(opening.metrics),
  })
  return { run: () => courier.run(), close: () => store.close() }
}
