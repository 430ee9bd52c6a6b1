// Fuzz targets accept their seeds and let nothing but AttestationError out; `npm run fuzz` runs
// many more inputs.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AttestationError } from './index.ts'
import { fuzzSeeds, fuzzTargets } from './fuzz.ts'

const names = Object.keys(fuzzTargets)
const run = async (name: string, input: Uint8Array) => {
  try {
    await fuzzTargets[name]?.(input)
  } catch (error) {
    if (!(error instanceof AttestationError)) throw error
    return error.code
  }
  return 'accepted'
}

test.each(names)('%s reads its seeds', async (name) => {
  const seeds = fuzzSeeds[name] ?? []
  const results = await Promise.all(seeds.map((seed) => run(name, seed)))
  // Each JSON seed is for one of two parsers, and only leaf certificates have the SGX extension.
  expect(results).toContain('accepted')
})

test.each(names)('%s lets only AttestationError out', async (name) => {
  const seeds = fuzzSeeds[name] ?? []
  const mutated = fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.nat(),
      fc.nat(255),
      fc.nat(4),
      fc.uint8Array({ maxLength: 4 }),
    )
    .map(([seed, at, byte, cut, insert]) => {
      const offset = at % seed.length
      const rest = seed.subarray(offset + cut)
      return Uint8Array.of(...seed.subarray(0, offset), byte, ...insert, ...rest)
    })
  const input = fc.oneof(
    { weight: 9, arbitrary: mutated },
    { weight: 1, arbitrary: fc.uint8Array() },
  )
  await fc.assert(
    fc.asyncProperty(input, async (bytes) => {
      await run(name, bytes)
    }),
    { numRuns: name === 'appraise' ? 50 : 150 },
  )
})
