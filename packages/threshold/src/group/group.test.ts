// Both back ends against one suite, against each other, and against RFC 9380.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ORDER, type Group, type Point, type RandomBytes } from './group.ts'
import { openNativeGroup } from './native-group.ts'
import { nobleGroup } from './noble-group.ts'
import { invertScalar, lagrangeAtZero, modOrder, readScalar, scalarBytes } from './scalar.ts'

const native = openNativeGroup()
const groups: [string, Group][] = [
  ['libsecp256k1', native],
  ['noble', nobleGroup],
]
const fixed =
  (...values: readonly Uint8Array[]): RandomBytes =>
  () =>
    values.at(calls++ % values.length) ?? new Uint8Array(32)
let calls = 0
const secretOf = (group: Group, value: bigint) => group.readSecret(scalarBytes(value))
/** Of a coordinate, which may be above the order. */
const scalarBytesOf = (x: bigint) => Buffer.from(x.toString(16).padStart(64, '0'), 'hex')
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

describe.each(groups)('%s', (_name, group) => {
  const point = (value: bigint) => group.multiply(group.generator, value)

  test('reads and writes compressed points, and nothing that is none', () => {
    for (const value of [1n, 2n, ORDER - 1n]) {
      const bytes = group.encode(point(value))
      expect(bytes).toHaveLength(33)
      expect(group.decode(bytes)).toEqual(point(value))
    }
    const good = group.encode(group.generator)
    for (const bad of [
      new Uint8Array(33),
      new Uint8Array(0),
      good.subarray(1),
      Uint8Array.of(...good, 0),
      good.with(0, 4),
      good.with(0, 5),
      // x is not on the curve; x is above the field's prime.
      Uint8Array.of(2, ...scalarBytes(5n)),
      Uint8Array.of(2, ...new Uint8Array(32).fill(0xff)),
      group.generator,
    ])
      expect(() => group.decode(bad)).toThrow(code('point.invalid'))
  })

  test('adds, negates and multiplies, and has no identity', () => {
    expect(group.add(point(2n), point(3n))).toEqual(point(5n))
    expect(group.add(point(2n), point(2n))).toEqual(point(4n))
    expect(group.negate(point(2n))).toEqual(point(ORDER - 2n))
    expect(() => group.add(point(2n), group.negate(point(2n)))).toThrow(code('point.invalid'))
    expect(() => group.multiply(point(2n), 0n)).toThrow(code('point.invalid'))
    expect(() => group.multiply(point(2n), ORDER)).toThrow(code('point.invalid'))
    expect(group.multiplyMany([point(2n), point(3n)], [4n, 5n])).toEqual(point(23n))
    expect(group.multiplyMany([point(2n), point(3n)], [0n, 5n])).toEqual(point(15n))
    expect(group.multiplyMany([point(2n), point(3n)], [3n, ORDER - 2n])).toBeUndefined()
    expect(group.multiplyMany([], [])).toBeUndefined()
    expect(() => group.multiplyMany([point(1n)], [])).toThrow(code('argument.invalid'))
  })

  test('the generator counts among the points of a sum as any other', () => {
    const g = group.generator
    const sum = (points: readonly Point[], scalars: readonly bigint[]) =>
      group.multiplyMany(points, scalars)
    expect(sum([g, point(3n)], [4n, 5n])).toEqual(point(19n))
    expect(sum([point(3n), g, g], [5n, 4n, 2n])).toEqual(point(21n))
    expect(sum([g, point(3n)], [0n, 5n])).toEqual(point(15n))
    expect(sum([g, point(3n)], [4n, ORDER])).toEqual(point(4n))
    expect(sum([g, point(1n)], [4n, ORDER - 3n])).toEqual(g)
    // The others cancel out, the generator's own terms, and all of them.
    expect(sum([g, point(2n), point(3n)], [4n, 3n, ORDER - 2n])).toEqual(point(4n))
    expect(sum([g, point(3n), g], [4n, 5n, ORDER - 4n])).toEqual(point(15n))
    expect(sum([g, point(2n)], [ORDER - 4n, 2n])).toBeUndefined()
    expect(sum([g, g], [4n, ORDER - 4n])).toBeUndefined()
    expect(group.multiplySecret(g, secretOf(group, 7n))).toEqual(point(7n))
  })

  test('adds up points with one scalar and with its opposite, as any others', () => {
    const all = [2n, 3n, 5n, 7n].map(point)
    const sum = (...scalars: readonly bigint[]) => group.multiplyMany(all, scalars)
    expect(sum(4n, 4n, 4n, 4n)).toEqual(point(68n))
    expect(sum(4n, 6n, ORDER - 4n, 9n)).toEqual(point(69n))
    expect(sum(ORDER - 4n, 6n, 4n, 9n)).toEqual(point(93n))
    expect(sum(4n, 4n, ORDER - 4n, 9n)).toEqual(point(63n))
    expect(sum(4n, 4n, ORDER - 4n, 0n)).toBeUndefined()
    const g = [group.generator, point(2n), point(3n), point(5n)]
    expect(group.multiplyMany(g, [8n, 4n, 4n, ORDER - 4n])).toEqual(point(8n))
  })

  // The order is such an x itself: what takes x modulo the order has nothing left of it.
  test.each([0n, 2n, 4n])(
    'a point whose x is the order and %d more is one as any other',
    (more) => {
      const odd = group.decode(Uint8Array.of(3, ...scalarBytesOf(ORDER + more)))
      const sum = group.multiplyMany([group.generator, odd], [5n, 3n])
      const five = group.multiply(group.generator, 5n)
      expect(sum).toEqual(group.add(five, odd, odd, odd))
      expect(group.encode(group.negate(odd))).toEqual(
        Uint8Array.of(2, ...scalarBytesOf(ORDER + more)),
      )
    },
  )

  test('no point shares bytes with another, whichever is filled with zeros', () => {
    const values = Array.from({ length: 40 }, (_, at) => BigInt(at + 2))
    const points = values.map(point)
    const encoded = points.map((one) => group.encode(one))
    for (const one of points.filter((_, at) => at % 2 === 0)) one.fill(0)
    const left = points.filter((_, at) => at % 2 === 1).map((one) => group.encode(one))
    expect(left).toEqual(encoded.filter((_, at) => at % 2 === 1))
    // A product with one is a copy: what is done to it is not done to what it was made of.
    group.multiplyMany([points[1]!], [1n])!.fill(0)
    expect(group.encode(points[1]!)).toEqual(encoded[1])
  })

  test('evaluates polynomials with secret coefficients, and never to zero', () => {
    const secrets = [5n, ORDER - 1n, 3n].map((value) => secretOf(group, value))
    expect(readScalar(group.evaluateSecret(secrets, 4n))).toBe(49n)
    expect(readScalar(group.evaluateSecret(secrets.slice(0, 1), 4n))).toBe(5n)
    expect(secrets.map(readScalar)).toEqual([5n, ORDER - 1n, 3n])
    const root = [secretOf(group, ORDER - 8n), secretOf(group, 2n)]
    expect(() => group.evaluateSecret(root, 4n)).toThrow(code('scalar.invalid'))
    expect(() => group.evaluateSecret([], 4n)).toThrow(code('argument.invalid'))
  })

  test('handles secrets as it handles what is public, leaving its arguments as they are', () => {
    const [a, b] = [secretOf(group, 7n), secretOf(group, ORDER - 3n)]
    expect(group.multiplyBase(a)).toEqual(point(7n))
    expect(group.multiplySecret(point(5n), a)).toEqual(point(35n))
    expect(readScalar(group.addSecrets(a, b))).toBe(4n)
    expect(readScalar(group.scaleSecret(a, 6n))).toBe(42n)
    expect([readScalar(a), readScalar(b)]).toEqual([7n, ORDER - 3n])
  })

  test('has no secret of zero, nor one that is out of range', () => {
    for (const bad of [new Uint8Array(32), scalarBytes(ORDER), new Uint8Array(31).fill(1)])
      expect(() => group.readSecret(bad)).toThrow(code('scalar.invalid'))
    const sumsToZero = () => group.addSecrets(secretOf(group, 3n), secretOf(group, ORDER - 3n))
    expect(sumsToZero).toThrow(code('scalar.invalid'))
    expect(() => group.scaleSecret(secretOf(group, 3n), 0n)).toThrow(code('scalar.invalid'))
  })

  test('draws again when what it was given is no secret', () => {
    calls = 0
    const random = fixed(new Uint8Array(32), scalarBytes(ORDER), scalarBytes(9n))
    expect(readScalar(group.randomSecret(random))).toBe(9n)
    expect(calls).toBe(3)
  })

  // RFC 9380 appendix J.8.1, message "abc".
  test('hashes to the curve as RFC 9380 does', () => {
    const tag = 'QUUX-V01-CS02-with-secp256k1_XMD:SHA-256_SSWU_RO_'
    const bytes = group.hashToPoint(new TextEncoder().encode('abc'), tag)
    expect(Buffer.from(bytes.subarray(1, 33)).toString('hex')).toBe(
      '3377e01eab42db296b512293120c6cee72b6ecf9f9205760bd9ff11fb3cb2c4b',
    )
  })
})

const scalar = fc.bigInt({ min: 1n, max: ORDER - 1n })

test('both back ends agree on everything', () => {
  fc.assert(
    fc.property(scalar, scalar, scalar, (a, b, c) => {
      const results = groups.map(([, group]) => {
        const base = group.multiply(group.generator, c)
        const [x, y] = [secretOf(group, a), secretOf(group, b)]
        const sum = (a + b) % ORDER === 0n ? undefined : group.addSecrets(x, y)
        return [
          group.encode(base),
          group.multiplyBase(x),
          group.multiplySecret(base, y),
          sum,
          group.scaleSecret(x, b),
          group.multiplyMany([base, group.generator], [a, b]),
        ]
      })
      expect(results[0]).toEqual(results[1])
    }),
    { numRuns: 25 },
  )
})

test('scalars are read below the order alone, and have inverses', () => {
  expect(() => readScalar(scalarBytes(ORDER))).toThrow(code('scalar.invalid'))
  expect(() => readScalar(new Uint8Array(33))).toThrow(code('scalar.invalid'))
  expect(readScalar(scalarBytes(ORDER - 1n))).toBe(ORDER - 1n)
  expect(() => invertScalar(ORDER)).toThrow(code('scalar.invalid'))
  fc.assert(fc.property(scalar, (value) => modOrder(value * invertScalar(value)) === 1n))
  fc.assert(
    fc.property(fc.bigInt(), (value) => {
      const rest = modOrder(value)
      return rest >= 0n && rest < ORDER && (value - rest) % ORDER === 0n
    }),
  )
})

test('Lagrange coefficients give a polynomial’s value at zero from any of its points', () => {
  const indexes = fc.uniqueArray(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(indexes, fc.array(scalar, { minLength: 1, maxLength: 12 }), (xs, given) => {
      const coefficients = given.slice(0, xs.length)
      const at = (x: bigint) =>
        coefficients.reduceRight((sum, coefficient) => modOrder(sum * x + coefficient), 0n)
      const weights = lagrangeAtZero(xs)
      const sum = xs.reduce((total, x, i) => total + at(BigInt(x)) * (weights[i] ?? 0n), 0n)
      expect(modOrder(sum)).toBe(coefficients[0])
    }),
  )
  for (const bad of [[], [1, 1], [0, 1], [1, 65_536], [1.5]])
    expect(() => lagrangeAtZero(bad)).toThrow(code('argument.invalid'))
})
