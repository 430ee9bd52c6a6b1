// The fuzz targets take their seeds, and let out only what they may; `npm run fuzz` runs many more inputs.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuzzSeeds, fuzzTargets } from './fuzz.ts'

const allowed = ['AgentError', 'NodeRefusal', 'SecretsError', 'TeeError']
const names = Object.keys(fuzzTargets)

test.each(names)('%s takes its seeds', async (name) => {
  expect(fuzzSeeds[name]?.length).toBeGreaterThan(0)
  for (const seed of fuzzSeeds[name] ?? []) await fuzzTargets[name]?.(seed)
})

test.each(names)('%s lets only the errors out that it may', async (name) => {
  const input = fc
    .tuple(fc.constantFrom(...(fuzzSeeds[name] ?? [])), fc.nat(), fc.nat(255), fc.nat(4))
    .map(([seed, at, byte, cut]) => {
      const offset = at % (seed.length + 1)
      return Uint8Array.of(...seed.subarray(0, offset), byte, ...seed.subarray(offset + cut))
    })
  await fc.assert(
    fc.asyncProperty(input, async (bytes) => {
      try {
        await fuzzTargets[name]?.(bytes)
      } catch (error) {
        if (!(error instanceof Error) || !allowed.includes(error.name)) throw error
      }
    }),
    { numRuns: 60, seed: 1 },
  )
})
