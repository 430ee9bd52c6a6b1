// Hashes of protocol messages: digests are SHA-256, challenges those of RFC 9380.
import { expand_message_xmd } from '@noble/curves/abstract/hash-to-curve.js'
import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ORDER } from '../group/group.ts'
import { challengeOf, digestOf, frame } from './transcript.ts'

const fields = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 4 })

test('a challenge is expand_message_xmd of 48 bytes, modulo the order', () => {
  const tag = new TextEncoder().encode('wetee/threshold/v1 challenge')
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), fields, (name, given) => {
      const wide = expand_message_xmd(frame(name, ...given), tag, 48, sha256)
      const expected = BigInt(`0x${Buffer.from(wide).toString('hex')}`) % ORDER
      expect(challengeOf(name, ...given)).toBe(expected)
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
