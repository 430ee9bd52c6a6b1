import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { termsDigest, termsEqual, weiGranularity, weiPerSecond, type Terms } from './terms.ts'

const terms: Terms = {
  replicas: 2,
  cpuMilli: 250,
  memoryMiB: 128,
  diskMiB: 64,
  gpu: 0,
  teeClasses: 1,
  level: 1,
  upgradeDelaySeconds: 3600,
  graceSeconds: 259_200,
}

test('the digest is SHA-256 of nine words in the order of the contract', () => {
  const words = [2, 250, 128, 64, 0, 1, 1, 3600, 259_200]
  const encoded = words.map((word) => word.toString(16).padStart(64, '0')).join('')
  const expected = createHash('sha256').update(Buffer.from(encoded, 'hex')).digest('hex')
  expect(termsDigest(terms)).toBe(`0x${expected}`)
})

test('every field counts for digest and equality', () => {
  for (const key of Object.keys(terms) as (keyof Terms)[]) {
    const other = { ...terms, [key]: terms[key] + 1 }
    expect(termsEqual(terms, other)).toBe(false)
    expect(termsDigest(other)).not.toBe(termsDigest(terms))
  }
  expect(termsEqual(terms, { ...terms })).toBe(true)
})

test('the price is rounded up to 1e8 wei, never by a whole step', () => {
  const price = fc.bigInt({ min: 0n, max: 2n ** 64n })
  fc.assert(
    fc.property(price, price, price, price, (cpuMilli, memoryMiB, diskMiB, gpu) => {
      const exact = 250n * cpuMilli + 128n * memoryMiB + 64n * diskMiB
      const rounded = weiPerSecond(terms, { cpuMilli, memoryMiB, diskMiB, gpu })
      expect(rounded % weiGranularity).toBe(0n)
      expect(rounded - exact).toBeGreaterThanOrEqual(0n)
      expect(rounded - exact).toBeLessThan(weiGranularity)
    }),
  )
  const free = { cpuMilli: 0n, memoryMiB: 0n, diskMiB: 0n, gpu: 0n }
  expect(weiPerSecond(terms, free)).toBe(0n)
  expect(weiPerSecond(terms, { ...free, diskMiB: 1n })).toBe(weiGranularity)
})
