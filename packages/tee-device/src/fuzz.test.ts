// Fuzz targets accept their seeds and let nothing but TeeError out. FUZZ_RUNS sets how many inputs each gets.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fuzzSeeds, fuzzTargets } from './fuzz.ts'
import { TeeError } from './index.ts'

const numRuns = Number(process.env['FUZZ_RUNS'] ?? 500)
const names = Object.keys(fuzzTargets)

test.each(names)('%s reads its seeds', (name) => {
  for (const seed of fuzzSeeds[name] ?? []) fuzzTargets[name]?.(seed)
  expect(fuzzSeeds[name]).not.toEqual([])
})

test.each(names)('%s lets only TeeError out', { timeout: 600_000 }, (name) => {
  const mutated = fc
    .tuple(
      fc.constantFrom(...(fuzzSeeds[name] ?? [])),
      fc.nat(),
      fc.nat(255),
      fc.nat(4),
      fc.uint8Array({ maxLength: 4 }),
    )
    .map(([seed, at, byte, cut, insert]) => {
      const offset = at % Math.min(seed.length, 160)
      return Uint8Array.from([
        ...seed.subarray(0, offset),
        byte,
        ...insert,
        ...seed.subarray(offset + cut),
      ])
    })
  const input = fc.oneof(
    { weight: 9, arbitrary: mutated },
    { weight: 1, arbitrary: fc.uint8Array() },
  )
  fc.assert(
    fc.property(input, (bytes) => {
      try {
        fuzzTargets[name]?.(bytes)
      } catch (error) {
        if (!(error instanceof TeeError)) throw error
      }
    }),
    { numRuns },
  )
})
