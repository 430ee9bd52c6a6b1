// A sharing dealt by one dealer from a seed, and randomness from one: for tests and vectors alone.
// Pure.
import { sha256 } from '@noble/hashes/sha2.js'
import { keyBase } from '../group/bases.ts'
import type { Group, Point, RandomBytes } from '../group/group.ts'
import { modOrder, scalarBytes } from '../group/scalar.ts'
import type { Holder } from '../release/batch.ts'
import type { Member } from '../release/release.ts'
import { challengeOf, frame, unsigned } from '../transcript/transcript.ts'

/** A network key and the shares of all its members. */
export type Sharing = {
  readonly secret: bigint
  /** S = s*G. */
  readonly networkKey: Point
  /** Y = s*H. */
  readonly encryptionKey: Point
  readonly members: readonly Member[]
  readonly publicShares: readonly Point[]
}

/** Deals `size` shares of which `threshold` are needed; the same seed, the same shares. */
export function dealSharing(
  group: Group,
  given: { threshold: number; size: number; seed: string; secret?: bigint },
): Sharing {
  const { threshold, size, seed } = given
  const coefficients = Array.from({ length: threshold }, (_, degree) =>
    challengeOf(`test ${seed}`, unsigned(degree, 2)),
  )
  if (given.secret !== undefined) coefficients[0] = given.secret
  const at = (x: number) =>
    coefficients.reduceRight((sum, part) => modOrder(sum * BigInt(x) + part), 0n)
  const members = Array.from({ length: size }, (_, position) => {
    const share = group.readSecret(scalarBytes(at(position + 1)))
    return {
      index: position + 1,
      share,
      publicShare: group.multiplyBase(share),
      holder: testHolder(position + 1),
    }
  })
  return {
    secret: at(0),
    networkKey: group.multiply(group.generator, at(0)),
    encryptionKey: group.multiply(keyBase(), at(0)),
    members,
    publicShares: members.map(({ publicShare }) => publicShare),
  }
}

/** Node `index` + 100 and a statement key of that byte. */
export function testHolder(index: number): Holder {
  return { nodeId: BigInt(index + 100), statementKey: new Uint8Array(20).fill(index) }
}

/** Bytes of SHA-256 over the seed, a number of the call and one of the block. */
export function seededRandom(seed: string): RandomBytes {
  const text = new TextEncoder().encode(seed)
  let calls = 0
  return (size) => {
    const bytes = new Uint8Array(size)
    for (let offset = 0; offset < size; offset += 32) {
      const block = sha256(frame('test random', text, unsigned(calls, 4), unsigned(offset, 4)))
      bytes.set(block.subarray(0, size - offset), offset)
    }
    calls++
    return bytes
  }
}
