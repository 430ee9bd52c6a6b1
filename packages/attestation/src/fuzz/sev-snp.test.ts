// Fuzz targets of SEV-SNP accept their seeds; the fuzzer runs many more.
import { expect, test } from 'vitest'
import { sevSnpSeeds, sevSnpTargets } from './sev-snp.ts'

test.each(Object.keys(sevSnpTargets))('%s reads its seeds', async (name) => {
  const seeds = sevSnpSeeds[name] ?? []
  expect(seeds.length).toBeGreaterThan(0)
  for (const seed of seeds) await sevSnpTargets[name]?.(seed)
})
