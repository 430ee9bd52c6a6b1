// One signature covers both kinds, and each keeps its place.
import { expect, test } from 'vitest'
import { keccak_256 } from '@noble/hashes/sha3.js'
import { releaseDigest } from './reply-digest.ts'

const bytes = (...values: number[]) => Uint8Array.from(values)

test('is the hash of both hashes, of no bytes where one is absent', () => {
  const [one, none] = [keccak_256(bytes(1, 2)), keccak_256(bytes())]
  const both = new Uint8Array([...one, ...none])
  expect(releaseDigest({ secrets: bytes(1, 2) })).toEqual(keccak_256(both))
  expect(releaseDigest({ secrets: bytes(1, 2), keys: bytes() })).toEqual(keccak_256(both))
})

test('bytes do not move from one kind to the other', () => {
  const digests = [
    releaseDigest({ secrets: bytes(1, 2), keys: bytes(3) }),
    releaseDigest({ secrets: bytes(1), keys: bytes(2, 3) }),
    releaseDigest({ secrets: bytes(3), keys: bytes(1, 2) }),
    releaseDigest({ secrets: bytes(1, 2, 3) }),
    releaseDigest({ keys: bytes(1, 2, 3) }),
    releaseDigest({}),
  ].map(String)
  expect(new Set(digests).size).toBe(digests.length)
})
