// Names of metrics.
import { expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

test('process metrics and those of the daemon carry its name', async () => {
  const metrics = createMetrics('worker')
  metrics.counter({ name: 'settles_total', help: 'Settled.', labels: ['outcome'] }).inc({
    outcome: 'done',
  })
  metrics.gauge({ name: 'instances', help: 'Running.' }).set(3)
  metrics.histogram({ name: 'lease_duration_seconds', help: 'Time.', buckets: [1, 2] }).observe(1.5)
  const text = await metrics.registry.metrics()
  expect(text).toContain('worker_settles_total{outcome="done"} 1')
  expect(text).toContain('worker_instances 3')
  expect(text).toContain('worker_lease_duration_seconds_bucket{le="2"} 1')
  expect(text).toMatch(/^worker_process_resident_memory_bytes \d+/m)
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)
  expect(names.filter((name) => !name?.startsWith('worker_'))).toEqual([])
})

test('two daemons in one process do not meet', () => {
  expect(createMetrics('worker').registry).not.toBe(createMetrics('worker').registry)
})

test('the same name twice is a mistake of the programmer', () => {
  const metrics = createMetrics('worker')
  metrics.gauge({ name: 'instances', help: 'Running.' })
  expect(() => metrics.gauge({ name: 'instances', help: 'Running.' })).toThrow()
})
