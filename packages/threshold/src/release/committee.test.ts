// Public shares against the network's key: those of a sharing pass, whatever else does not.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Group, Point } from '../group/group.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { nobleGroup } from '../group/noble-group.ts'
import { invertScalar, modOrder } from '../group/scalar.ts'
import { dealSharing } from '../testing/sharing.ts'
import { checkPublicShares, publicShareOf, type Committee } from './committee.ts'

const native = openNativeGroup()
const groups: [string, Group][] = [
  ['libsecp256k1', native],
  ['noble', nobleGroup],
]
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

describe.each(groups)('%s', (_name, group) => {
  const deal = (threshold: number, size: number, seed = 'committee') =>
    dealSharing(group, { threshold, size, seed })
  const sharing = deal(3, 5)
  const refuses = (shares: readonly Point[], threshold = 3, key = sharing.networkKey) =>
    expect(() => checkPublicShares(group, shares, threshold, key)).toThrow(code('share.invalid'))

  test('public shares of a sharing pass, for every threshold', () => {
    for (const [threshold, size] of [
      [1, 1],
      [1, 3],
      [2, 2],
      [2, 3],
      [5, 5],
      [4, 7],
    ] as const) {
      const { publicShares, networkKey } = deal(threshold, size)
      const committee = checkPublicShares(group, publicShares, threshold, networkKey)
      expect(committee).toMatchObject({ threshold, size })
      expect(publicShareOf(committee, size)).toEqual(publicShares[size - 1])
    }
  })

  test('a share of zero is one of a sharing too, and the member has no public share', () => {
    // f(x) = 6 - 3x, zero for member 2.
    const of = (value: bigint) => group.multiply(group.generator, modOrder(value))
    const zero = [of(3n), undefined, of(-3n), of(-6n)]
    const committee = checkPublicShares(group, zero, 2, of(6n))
    expect(publicShareOf(committee, 2)).toBeUndefined()
    expect(publicShareOf(committee, 4)).toEqual(of(-6n))
    for (const wrong of [zero.with(1, of(1n)), zero.with(0, undefined), zero.map(() => undefined)])
      expect(() => checkPublicShares(group, wrong, 2, of(6n))).toThrow(code('share.invalid'))
  })

  // Whoever relays the public shares would else be able to be all members at once.
  test('a host that plays the whole committee is refused', () => {
    const fake = deal(3, 5, 'host')
    refuses(fake.publicShares)
    expect(() => checkPublicShares(group, fake.publicShares, 3, fake.networkKey)).not.toThrow()
  })

  test('a back end that fails to sum up lets nothing pass', () => {
    const failing: Group = { ...group, multiplyMany: () => undefined }
    expect(() => checkPublicShares(failing, sharing.publicShares, 3, sharing.networkKey)).toThrow(
      code('share.invalid'),
    )
  })

  test('one share that is wrong is refused, wherever it is', () => {
    for (const [position, share] of sharing.publicShares.entries()) {
      refuses(sharing.publicShares.with(position, group.add(share, group.generator)))
      refuses(sharing.publicShares.with(position, group.negate(share)))
    }
  })

  test('shares that are swapped, repeated, left out or of a higher degree are refused', () => {
    const [a, b, c, d, e] = sharing.publicShares as [Point, Point, Point, Point, Point]
    refuses([b, a, c, d, e])
    refuses([a, a, c, d, e])
    refuses([a, c, d, e])
    refuses([b, c, d, e])
    refuses([a, b, c, d, e], 2)
    // Of a lower degree than may be: fewer would do, and they still are a sharing.
    expect(() =>
      checkPublicShares(group, sharing.publicShares, 4, sharing.networkKey),
    ).not.toThrow()
  })

  test('a sharing of another key with one share of the right one is refused', () => {
    const [own] = sharing.publicShares as [Point]
    refuses(deal(3, 5, 'host').publicShares.with(0, own))
  })

  test('two errors that cancel in a plain sum are refused', () => {
    const [a, b, ...rest] = sharing.publicShares as [Point, Point]
    const error = group.multiply(group.generator, 12n)
    refuses([group.add(a, error), group.add(b, group.negate(error)), ...rest])
  })

  test('no shares, more than 256, and a threshold out of range are refused', () => {
    const many = new Array<Point>(257).fill(group.generator)
    for (const [shares, threshold] of [
      [[], 0],
      [[], 1],
      [sharing.publicShares, 0],
      [sharing.publicShares, 6],
      [sharing.publicShares, 1.5],
      [many, 2],
    ] as const)
      expect(() => checkPublicShares(group, shares, threshold, sharing.networkKey)).toThrow(
        code('argument.invalid'),
      )
  })

  test('a committee that was not checked has no shares, nor has one an index beyond it', () => {
    const forged = { threshold: 3, size: 5 } as Committee
    expect(() => publicShareOf(forged, 1)).toThrow(code('share.invalid'))
    const committee = checkPublicShares(group, sharing.publicShares, 3, sharing.networkKey)
    for (const index of [0, 6, -1, 1.5])
      expect(() => publicShareOf(committee, index)).toThrow(code('argument.invalid'))
    publicShareOf(committee, 1)!.fill(0)
    expect(publicShareOf(committee, 1)).toEqual(sharing.publicShares[0])
  })
})

/** Lagrange from the key and the first t-1 shares predicts every other one. */
function predicted(group: Group, shares: readonly Point[], threshold: number, key: Point) {
  const known = [key, ...shares].slice(0, threshold)
  return shares.map((_, position) => {
    const x = BigInt(position + 1)
    const weights = known.map((_, i) => {
      let weight = 1n
      for (let j = 0; j < known.length; j++)
        if (j !== i) weight = modOrder(weight * (x - BigInt(j)) * invertScalar(BigInt(i - j)))
      return weight
    })
    return group.multiplyMany(known, weights)
  })
}

test('the one sum says what Lagrange from the first shares says of each other', () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 8 }))
  fc.assert(
    fc.property(sizes, fc.nat(), fc.boolean(), ([threshold, extra], at, spoiled) => {
      const size = threshold + extra
      const { publicShares, networkKey } = dealSharing(native, { threshold, size, seed: `${at}` })
      const position = at % size
      const wrong = native.add(publicShares[position]!, native.generator)
      const shares = spoiled ? publicShares.with(position, wrong) : publicShares
      const plain = predicted(native, shares, threshold, networkKey)
      const good = plain.every((point, i) => Buffer.from(point ?? []).equals(shares[i]!))
      const check = () => checkPublicShares(native, shares, threshold, networkKey)
      if (good) expect(check).not.toThrow()
      else expect(check).toThrow(code('share.invalid'))
    }),
    { numRuns: 40 },
  )
})

test('a committee of 256 passes, and not with one share of them wrong', () => {
  const { publicShares, networkKey } = dealSharing(native, {
    threshold: 129,
    size: 256,
    seed: 'large',
  })
  expect(() => checkPublicShares(native, publicShares, 129, networkKey)).not.toThrow()
  const spoiled = publicShares.with(255, native.generator)
  expect(() => checkPublicShares(native, spoiled, 129, networkKey)).toThrow(code('share.invalid'))
})
