// The fuzz targets of key generation take their seeds, and a first round of damage to them.
import { expect, test } from 'vitest'
import { ThresholdError } from '../error.ts'
import { dealingSeeds, dealingTargets } from '../fuzz/dealings.ts'

test.each(Object.keys(dealingTargets))('%s takes its seeds and refuses damaged ones', (name) => {
  for (const seed of dealingSeeds[name]!) {
    dealingTargets[name]!(seed)
    for (let at = 0; at < seed.length; at += 5)
      for (const input of [seed.subarray(0, at), seed.map((b, i) => (i === at ? b ^ 0x81 : b))])
        try {
          dealingTargets[name]!(new Uint8Array(input))
        } catch (error) {
          expect(error).toBeInstanceOf(ThresholdError)
        }
  }
})
