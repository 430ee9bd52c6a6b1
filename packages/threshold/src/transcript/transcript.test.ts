// Hashes of protocol messages: digests are SHA-256, challenges follow from them.
import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ORDER } from '../group/group.ts'
import { challengeOf, digestOf, frame } from './transcript.ts'

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
