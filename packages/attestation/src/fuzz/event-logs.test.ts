// Fuzz targets of event logs and Nitro documents accept their seeds; the fuzzer runs many more.
import { expect, test } from 'vitest'
import { eventLogSeeds, eventLogTargets } from './event-logs.ts'

test.each(Object.keys(eventLogTargets))('%s reads its seeds', async (name) => {
  const seeds = eventLogSeeds[name] ?? []
  expect(seeds.length).toBeGreaterThan(0)
  for (const seed of seeds) await eventLogTargets[name]?.(seed)
})
