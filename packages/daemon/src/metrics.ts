// The metrics of a daemon in the Prometheus text format. Measures its own process.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** What is measured: `name` ends in its unit; label values come from small closed sets, never ids. */
export type MetricOptions<L extends string> = {
  /** `<noun>_<unit>`, a counter `<noun>_<unit>_total`; the daemon's name is put before it. */
  readonly name: string
  readonly help: string
  readonly labels?: readonly L[]
}

/** A registry with makers of metrics that carry the daemon's name. */
export type Metrics = {
  readonly registry: Registry
  counter<L extends string = never>(options: MetricOptions<L>): Counter<L>
  gauge<L extends string = never>(options: MetricOptions<L>): Gauge<L>
  /** `buckets`: upper bounds, ascending; default 5 ms to 10 s for seconds. */
  histogram<L extends string = never>(
    options: MetricOptions<L> & { readonly buckets?: readonly number[] },
  ): Histogram<L>
}

/** Metrics of the daemon `name`, with those of its process (memory, cpu, event loop) as `<name>_process_...`, `<name>_nodejs_...`. */
export function createMetrics(name: string): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: `${name}_` })
  const full = <L extends string>(options: MetricOptions<L>) => ({
    name: `${name}_${options.name}`,
    help: options.help,
    labelNames: options.labels ?? [],
    registers: [registry],
  })
  return {
    registry,
    counter: (options) => new Counter(full(options)),
    gauge: (options) => new Gauge(full(options)),
    histogram: (options) =>
      new Histogram({
        ...full(options),
        ...(options.buckets === undefined ? {} : { buckets: [...options.buckets] }),
      }),
  }
}
