// Fuzz targets accept their seeds and let nothing but NodeError out; `npm run fuzz` runs many more inputs.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuzzSeeds, fuzzTargets } from './fuzz.ts'
import { NodeError } from './node-error.ts'

const names = Object.keys(fuzzTargets)
const run = async (name: string, input: Uint8Array) => {
  try {
    await fuzzTargets[name]?.(input)
  } catch (error) {
    if (!(error instanceof NodeError)) throw error
    return error.code
  }
  return 'accepted'
}

test.each(names)('%s reads its seeds', async (name) => {
  for (const seed of fuzzSeeds[name] ?? []) expect(await run(name, seed)).toBe('accepted')
})

test.each(names)('%s lets only NodeError out', async (name) => {
  const mutated = fc
    .tuple(fc.constantFrom(...(fuzzSeeds[name] ?? [])), fc.nat(), fc.nat(255), fc.nat(4))
    .map(([seed, at, byte, cut]) => {
      const offset = at % seed.length
      return Uint8Array.of(...seed.subarray(0, offset), byte, ...seed.subarray(offset + cut))
    })
  const input = fc.oneof(
    { weight: 9, arbitrary: mutated },
    { weight: 1, arbitrary: fc.uint8Array() },
  )
  await fc.assert(
    fc.asyncProperty(input, async (bytes) => {
      await run(name, bytes)
    }),
    { numRuns: 100, seed: 1 },
  )
})
