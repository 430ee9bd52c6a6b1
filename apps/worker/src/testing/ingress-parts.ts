// Limits and counters of an ingress for tests: roomy, on the real monotonic clock. No I/O.
import { createMetrics } from '@wetee/daemon'
import { ingressCounters } from '../ingress/counters.ts'
import type { InstanceNames } from '../reconcile/apply.ts'
import type { IngressParts } from '../ingress/ingress.ts'

/** What an ingress needs beside its ports and its board. */
export function ingressTestParts(): Pick<IngressParts, 'limits' | 'counters' | 'monotonicMs'> {
  return {
    limits: {
      totalConnections: 1_000,
      connections: 500,
      connectionsPerSecond: 1_000,
      bytesPerSecond: 1_000_000_000,
      idleMs: 60_000,
    },
    counters: ingressCounters(createMetrics('test')),
    monotonicMs: () => performance.now(),
  }
}

/** Instances that are told nothing about names. */
export const noNames: InstanceNames = {
  launch: {},
  ca: undefined,
  records: () => [],
  certificates: { get: () => undefined, put: () => undefined },
}
