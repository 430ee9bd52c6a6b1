// What a contract is told of a release, checked as the contract checks it: curve arithmetic written anew.
import { secp256k1 } from '@noble/curves/secp256k1.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { secretLabel } from '../encryption/label.ts'
import { checkCiphertext } from '../encryption/check.ts'
import { encrypt } from '../encryption/encrypt.ts'
import { ORDER } from '../group/group.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { dealSharing, seededRandom } from '../testing/sharing.ts'
import { releaseDerivedShares } from '../derived/derived-key.ts'
import { affine, rootOfNoPoint, slopeOf, type Affine } from './field.ts'
import { judgeReply, MAX_JUDGED_ITEMS, type JudgedReply } from './judgement.ts'
import { checkRelease, releaseShares } from './release.ts'

const PRIME = secp256k1.Point.Fp.ORDER
const group = openNativeGroup()
const sharing = dealSharing(group, { threshold: 2, size: 3, seed: 'judgement' })
const member = sharing.members[1]!
const cloud = new Uint8Array(20).fill(1)
const request = {
  epoch: 4n,
  requestId: new Uint8Array(32).fill(2),
  readerKey: new Uint8Array(32).fill(3),
}
const ciphertexts = ['a', 'b', 'c'].map((name) => {
  const place = { chainId: 1n, cloud, owner: cloud, appId: 5n, name, version: 1 }
  const label = secretLabel({ ...place, policyDigest: new Uint8Array(32) })
  const plaintext = new TextEncoder().encode(name)
  const networkKey = sharing.encryptionKey
  const bytes = encrypt(group, { networkKey, label, plaintext }, seededRandom(name))
  return checkCiphertext(group, label, bytes)
})
const names = ['x', 'y'].map((path) => ({ chainId: 1n, cloud, appId: 5n, path }))
const asked = { request, ciphertexts, names }
const secrets = releaseShares(group, member, asked, seededRandom('secrets'))
const keys = releaseDerivedShares(group, member, asked, seededRandom('keys'))
const reply: JudgedReply = {
  ...asked,
  releases: { secrets, keys },
  index: 2,
  holder: member.holder,
  publicShares: sharing.publicShares,
  qualified: [1, 2, 3],
}

const pointOf = ({ x, y }: Affine) => secp256k1.Point.fromAffine({ x, y })

/** The sum of the first points, with the slopes that were given; throws where one is not theirs. */
function addWith(points: readonly Affine[], slopes: readonly bigint[]): Affine {
  const [first, ...rest] = points
  return rest.reduce((sum, point, at) => {
    expect(slopes[at]).toBe(slopeOf(sum, point))
    const { x, y } = pointOf(sum).add(pointOf(point)).toAffine()
    return { x, y }
  }, first!)
}

describe('a judgement', () => {
  it('of right releases of both kinds finds them right, and has what the other kind is', () => {
    const ofSecrets = judgeReply(group, 'secrets', reply)
    const ofKeys = judgeReply(group, 'derived keys', reply)
    expect([ofSecrets.right, ofKeys.right]).toEqual([true, true])
    expect([ofSecrets.accused.kind, ofKeys.accused.kind]).toEqual([1, 2])
    expect(ofSecrets.accused.otherRelease).toEqual(keys)
    expect(ofKeys.accused.otherRelease).toEqual(secrets)
    const alone = judgeReply(group, 'secrets', { ...reply, names: [], releases: { secrets } })
    expect(alone.accused.otherItems).toEqual(new Uint8Array(32))
    expect(alone.accused.otherRelease).toHaveLength(0)
  })

  it('has products whose sums are z*B and c*M, and commitments of the proof', () => {
    const { hints } = judgeReply(group, 'secrets', reply)
    const proof = secrets.subarray(-64)
    const [c, z] = [proof.subarray(0, 32), proof.subarray(32)].map((bytes) =>
      BigInt(`0x${Buffer.from(bytes).toString('hex')}`),
    )
    expect(hints.products).toHaveLength(6)
    expect(hints.slopes).toHaveLength(5)
    const base = addWith(hints.products.slice(0, 3), hints.slopes.slice(0, 2))
    const image = addWith(hints.products.slice(3), hints.slopes.slice(2, 4))
    expect(pointOf(base).multiply(z!).toAffine()).toEqual(hints.responseProduct)
    expect(pointOf(image).multiply(c!).toAffine()).toEqual(hints.challengeProduct)
    const minus = { x: hints.challengeProduct.x, y: PRIME - hints.challengeProduct.y }
    expect(hints.slopes[4]).toBe(slopeOf(hints.responseProduct, minus))
    const first = secp256k1.Point.BASE.multiply(z!).add(
      pointOf(affine(member.publicShare)).multiply(ORDER - c!),
    )
    expect(first.toAffine()).toEqual(hints.firstCommitment)
  })

  it('finds every release wrong in which one byte is another, as a reader does', () => {
    const length = secrets.length
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (at, change) => {
          const other = new Uint8Array(secrets)
          other[at]! ^= change
          expect(() => checkRelease(group, member, asked, other)).toThrow()
          const judged = judgeReply(group, 'secrets', { ...reply, releases: { secrets: other } })
          expect(judged.right).toBe(false)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('of any bytes never fails', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const judged = judgeReply(group, 'derived keys', { ...reply, releases: { keys: bytes } })
        expect(judged.right).toBe(false)
      }),
      { numRuns: 60 },
    )
  })

  it('shows of an x that no point has a root of minus what its y squared would be', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: PRIME - 1n }), (x) => {
        const bytes = Uint8Array.of(2, ...Buffer.from(x.toString(16).padStart(64, '0'), 'hex'))
        const isPoint = (() => {
          try {
            group.decode(bytes)
            return true
          } catch {
            return false
          }
        })()
        const root = rootOfNoPoint(x)
        expect(root === undefined).toBe(isPoint)
        if (root !== undefined) expect((root * root + x * x * x + 7n) % PRIME).toBe(0n)
      }),
    )
  })

  it('is made of 1 to 16 items and of a member of the committee', () => {
    const invalid = expect.objectContaining({ code: 'argument.invalid' }) as Error
    const many = Array.from({ length: MAX_JUDGED_ITEMS + 1 }, (_, i) => ({
      ...names[0]!,
      path: `path ${i}`,
    }))
    expect(() => judgeReply(group, 'derived keys', { ...reply, names: many })).toThrow(invalid)
    const most = { ...reply, names: many.slice(1), releases: {} }
    expect(judgeReply(group, 'derived keys', most).right).toBe(false)
    expect(() => judgeReply(group, 'derived keys', { ...reply, names: [] })).toThrow(invalid)
    for (const index of [0, 4, 1.5])
      expect(() => judgeReply(group, 'secrets', { ...reply, index })).toThrow(invalid)
  })
})
