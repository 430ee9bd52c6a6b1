// Prometheus metrics of what applications use together: no label names one. No I/O.
import type { Metrics } from '@wetee/daemon'
import type { Sample } from './history/series.ts'
import type { AppUsage } from './usage-counter.ts'

/** What the monitor measures of the whole worker. */
export type MonitorMetrics = {
  /** After each look. */
  readonly look: (samples: Iterable<Sample>, usage: Iterable<AppUsage>) => void
  /** After each request for a response time; `undefined` where there was none. */
  readonly probed: (ms: number | undefined) => void
}

/**
 * Use (USE) of all applications together: `worker_applications`, `..._application_cpu_seconds_total`, `..._memory_bytes`,
 * `..._memory_limit_bytes`, `..._disk_bytes`, `..._network_bytes_total` by direction, `..._attested_applications`. Requests
 * of the prober (RED): `worker_probe_duration_seconds`, `worker_probe_failures_total`.
 */
export function monitorMetrics(metrics: Metrics): MonitorMetrics {
  const gauge = (name: string, help: string) => metrics.gauge({ name, help })
  const applications = gauge('applications', 'applications that run here')
  const attested = gauge(
    'attested_applications',
    'applications of which every instance is attested',
  )
  const memory = gauge('application_memory_bytes', 'memory of all applications')
  const limit = gauge('application_memory_limit_bytes', 'memory that all applications may use')
  const disk = gauge('application_disk_bytes', 'bytes written by all applications')
  const cpu = metrics.counter({
    name: 'application_cpu_seconds_total',
    help: 'processor time of all applications',
  })
  const network = metrics.counter({
    name: 'application_network_bytes_total',
    help: 'bytes through the networks of all applications',
    labels: ['direction'],
  })
  const duration = metrics.histogram({
    name: 'probe_duration_seconds',
    help: 'how long applications take to answer a request of the worker',
  })
  const failures = metrics.counter({
    name: 'probe_failures_total',
    help: 'requests of the worker that an attested application did not answer',
  })
  return {
    look: (samples, usage) => {
      const all = [...samples]
      const sum = (name: keyof Sample) => all.reduce((total, one) => total + (one[name] ?? 0), 0)
      applications.set(all.length)
      attested.set(all.filter(({ attestedShare }) => attestedShare === 1).length)
      memory.set(sum('memoryBytes'))
      limit.set(sum('memoryLimitBytes'))
      disk.set(sum('diskBytes'))
      for (const { cpuMicros, receivedBytes, sentBytes } of usage) {
        cpu.inc(cpuMicros / 1e6)
        network.inc({ direction: 'received' }, receivedBytes)
        network.inc({ direction: 'sent' }, sentBytes)
      }
    },
    probed: (ms) => {
      if (ms === undefined) failures.inc()
      else duration.observe(ms / 1_000)
    },
  }
}
