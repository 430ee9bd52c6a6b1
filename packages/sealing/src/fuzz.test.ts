// The fuzz targets take their seeds, and a first round of damage to them.
import { expect, test } from 'vitest'
import { SealingError } from './error.ts'
import { fuzzSeeds, fuzzTargets } from './fuzz.ts'

test.each(Object.keys(fuzzTargets))('%s takes its seeds', async (name) => {
  expect(fuzzSeeds[name]?.length).toBeGreaterThan(0)
  for (const seed of fuzzSeeds[name] ?? []) await fuzzTargets[name]?.(seed)
})

test.each(Object.keys(fuzzTargets))('%s lets only SealingError out', async (name) => {
  for (const seed of fuzzSeeds[name] ?? [])
    for (let at = 0; at < seed.length; at += 5)
      for (const input of [seed.subarray(0, at), seed.map((b, i) => (i === at ? b ^ 0x81 : b))])
        try {
          await fuzzTargets[name]?.(new Uint8Array(input))
        } catch (error) {
          expect(error).toBeInstanceOf(SealingError)
        }
})
