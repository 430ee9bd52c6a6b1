// Hashes of protocol messages: digests are SHA-256, challenges follow from them.
import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ORDER } from '../group/group.ts'
import { challengeOf, digestOf, frame, unsigned } from './transcript.ts'

const fields = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 })

const LAMBDA = 0x5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72n

test('a challenge is a + b*lambda of a digest’s first 16 bytes, lambda a cube root of one', () => {
  expect(LAMBDA ** 3n % ORDER).toBe(1n)
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), fields, (name, given) => {
      const digest = Buffer.from(sha256(frame(name, ...given)))
      const [a, b] = [digest.readBigUInt64BE(0), digest.readBigUInt64BE(8)]
      expect(challengeOf(name, ...given)).toBe((a + b * LAMBDA) % ORDER)
    }),
  )
})

test('a digest is SHA-256 of a frame', () => {
  fc.assert(
    fc.property(fields, (given) => {
      expect(digestOf('test', ...given)).toEqual(sha256(frame('test', ...given)))
    }),
  )
})

test('an integer has its bytes whatever its size, as a number and as a bigint', () => {
  const around = [0n, 1n, 255n, 256n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 64n - 1n, 2n ** 256n - 1n]
  const any = fc.oneof(fc.constantFrom(...around), fc.bigInt(0n, 2n ** 256n - 1n))
  const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
  fc.assert(
    fc.property(any, (value) => {
      const digits = value.toString(16).padStart(64, '0')
      expect(hexOf(unsigned(value, 32))).toBe(digits)
      if (value <= Number.MAX_SAFE_INTEGER)
        expect(hexOf(unsigned(Number(value), 8))).toBe(digits.slice(-16))
    }),
  )
  const outside = [-1, -1n, 0.5, 256, 256n, 2 ** 53, Number.NaN]
  for (const value of outside) expect(() => unsigned(value, 1), String(value)).toThrow()
})
