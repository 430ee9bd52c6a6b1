// Metrics of the ingress. No I/O; no label names an application.
import type { Metrics } from '@wetee/daemon'
import type { LimitReached } from './limits.ts'

/** How a connection was answered. */
export type Outcome =
  | 'forwarded'
  | 'no-instance'
  | 'no-name'
  | 'unknown-name'
  | 'not-tls'
  | 'malformed'
  | 'too-large'
  | 'too-slow'
  | 'gave-way'
  | `limit-${LimitReached}`

/** What the ingress counts. */
export type IngressCounters = {
  readonly answered: (outcome: Outcome) => void
  readonly opened: () => void
  readonly closed: () => void
  readonly bytesIn: (bytes: number) => void
  readonly bytesOut: (bytes: number) => void
}

/** Makes `<daemon>_ingress_connections`, `..._accepted_connections_total` by outcome and `..._bytes_total` by direction. */
export function ingressCounters(metrics: Metrics): IngressCounters {
  const open = metrics.gauge({
    name: 'ingress_connections',
    help: 'open connections that have been passed to an instance',
  })
  const accepted = metrics.counter({
    name: 'ingress_accepted_connections_total',
    help: 'connections by how they were answered',
    labels: ['outcome'],
  })
  const bytes = metrics.counter({
    name: 'ingress_bytes_total',
    help: 'bytes passed on, from clients (in) and to them (out)',
    labels: ['direction'],
  })
  const [into, out] = [bytes.labels('in'), bytes.labels('out')]
  return {
    answered: (outcome) => accepted.inc({ outcome }),
    opened: () => open.inc(),
    closed: () => open.dec(),
    bytesIn: (count) => into.inc(count),
    bytesOut: (count) => out.inc(count),
  }
}
