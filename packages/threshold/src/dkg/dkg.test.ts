// Key generation from beginning to end, on both back ends.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyBase } from '../group/bases.ts'
import type { Group } from '../group/group.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { nobleGroup } from '../group/noble-group.ts'
import { scalarBytes } from '../group/scalar.ts'
import { combined, generate, people, seeded, sessionOf } from '../testing/ceremony.ts'
import { deal, dealingBytes, parseDealing } from './dealing.ts'
import { confirmationDigest } from './network-key.ts'
import { reveal, revealedConstant } from './reveal.ts'
import { memberRoot, openSession, sessionId } from './session.ts'
import { badShares, openShare, verifyShare } from './share.ts'

const native = openNativeGroup()
const groups: [string, Group][] = [
  ['libsecp256k1', native],
  ['noble', nobleGroup],
]
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

describe.each(groups)('%s', (_name, group) => {
  test('any t shares combine to the key, on both bases, and t-1 do not', () => {
    const { key, shares } = generate(group, 5, 3, 'any')
    const by = (...indexes: number[]) =>
      indexes.map((index) => [index, shares[index - 1]!] as const)
    for (const some of [by(1, 2, 3), by(5, 1, 4), by(2, 3, 4, 5)]) {
      expect(combined(group, some, group.generator)).toEqual(key.verificationKey)
      expect(combined(group, some, keyBase())).toEqual(key.encryptionKey)
    }
    for (const few of [by(1, 2), by(4, 5), by(3)])
      expect(combined(group, few, keyBase())).not.toEqual(key.encryptionKey)
    expect(key.publicShares).toEqual(shares.map((share) => group.multiplyBase(share)))
    expect(key.qualified).toEqual([1, 2, 3, 4, 5])
  })
})

test('holds for every size and threshold', () => {
  const sizes = fc
    .integer({ min: 1, max: 9 })
    .chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 1, max: n }), fc.nat(1e6)))
  fc.assert(
    fc.property(sizes, fc.nat(), ([n, t, seed], from) => {
      const { key, shares, session } = generate(native, n, t, `size ${seed}`)
      const chosen = Array.from({ length: t }, (_, i) => ((from + i) % n) + 1)
      const some = chosen.map((index) => [index, shares[index - 1]!] as const)
      expect(combined(native, some, native.generator)).toEqual(key.verificationKey)
      expect(combined(native, some, keyBase())).toEqual(key.encryptionKey)
      expect(session.members).toHaveLength(n)
    }),
    { numRuns: 15 },
  )
})

test('both back ends make the same bytes and keys from the same randomness', () => {
  const [a, b] = groups.map(([, group]) => {
    const { bytes, key, session, shares, dealings, secrets } = generate(group, 4, 3, 'same')
    const shown = reveal(group, session, dealings[0]!, 0, secrets[0]!, seeded('reveal'))
    return { bytes, key, shares, shown, digest: confirmationDigest(group, session, key) }
  })
  expect(a).toEqual(b)
})

test('a dealing of 64 members and threshold 33 has 3,298 bytes', () => {
  const who = people(native, 64, 'large')
  const session = sessionOf(native, who, 33)
  const secret = native.randomSecret(seeded('large'))
  const bytes = deal(native, session, 1, secret, seeded('large'))
  expect(bytes).toHaveLength(3298)
  expect(dealingBytes(session)).toBe(3298)
  expect(parseDealing(native, session, 1, bytes).commitments).toHaveLength(33)
})

test('dealing leaves the secret as it was and fills with zeros what it drew', () => {
  const { session } = generate(native, 3, 2, 'zeros')
  const drawn: Uint8Array[] = []
  const source = seeded('zeros')
  const random = (size: number) => {
    const bytes = source(size)
    drawn.push(bytes)
    return bytes
  }
  const secret = native.randomSecret(seeded('kept'))
  const before = Uint8Array.from(secret)
  deal(native, session, 1, secret, random)
  expect(secret).toEqual(before)
  // One coefficient, the ephemeral key, and freshness of two proofs.
  expect(drawn).toHaveLength(4)
  expect(drawn.every((bytes) => bytes.every((byte) => byte === 0))).toBe(true)
})

test('a silent dealer’s part is reconstructed by any t members', () => {
  const { session, dealings, secrets, people: who, key } = generate(native, 5, 3, 'silent')
  const dealing = dealings[1]!
  const expected = native.multiplySecret(keyBase(), secrets[1]!)
  const shown = who.keys.map((decryptionKey, i) => {
    const share = openShare(native, session, dealing, i + 1, decryptionKey)!
    return [i + 1, reveal(native, session, dealing, i + 1, share, seeded(`s${i}`))] as const
  })
  for (const some of [shown.slice(0, 3), shown.slice(2), shown, [...shown].reverse()])
    expect(revealedConstant(native, session, dealing, { byMember: new Map(some) })).toEqual(
      expected,
    )
  const few = new Map(shown.slice(0, 2))
  expect(() => revealedConstant(native, session, dealing, { byMember: few })).toThrow(
    code('reveal.too-few'),
  )
  // One that is wrong does not count, nor does one at another index.
  const wrong = new Map([...shown.slice(0, 2), [4, shown[4]![1]] as const, shown[4]!])
  expect(revealedConstant(native, session, dealing, { byMember: wrong })).toEqual(expected)
  expect(key.qualified).toContain(2)
})

test('members are 1..n in order, distinct, at most 256, and the threshold is among them', () => {
  const who = people(native, 3, 'members')
  const name = {
    chainId: 1,
    contract: new Uint8Array(20),
    epoch: 1,
    blockHash: new Uint8Array(32),
    threshold: 2,
  }
  const open = (members: typeof who.members, change = {}) =>
    openSession(native, members, { ...name, ...change })
  const [a, b, c] = [who.members[0]!, who.members[1]!, who.members[2]!]
  expect(open([a, b, c]).threshold).toBe(2)
  for (const bad of [
    [],
    [b, a, c],
    [a, c],
    [a, { ...b, account: a.account }],
    [a, { ...b, encryptionKey: a.encryptionKey }],
    [a, { ...b, account: new Uint8Array(19) }],
    Array.from({ length: 257 }, () => a),
  ])
    expect(() => open(bad)).toThrow(code('argument.invalid'))
  for (const threshold of [0, 4, 1.5])
    expect(() => open([a, b, c], { threshold })).toThrow(code('argument.invalid'))
  for (const change of [
    { contract: new Uint8Array(19) },
    { blockHash: new Uint8Array(31) },
    { previous: new Uint8Array(33) },
    { chainId: -1 },
    { epoch: 2n ** 64n },
  ])
    expect(() => open([a, b, c], change)).toThrow(code('argument.invalid'))
})

test('every part of its name changes a session', () => {
  const who = people(native, 3, 'name')
  const name = {
    chainId: 1,
    contract: new Uint8Array(20),
    epoch: 1,
    memberRoot: memberRoot(native, who.members),
    threshold: 2,
    blockHash: new Uint8Array(32),
  }
  const others = [
    { chainId: 2 },
    { contract: new Uint8Array(20).fill(1) },
    { epoch: 2 },
    { memberRoot: memberRoot(native, who.members.slice(0, 2)) },
    { threshold: 3 },
    { blockHash: new Uint8Array(32).fill(1) },
    { previous: new Uint8Array(32) },
  ]
  const all = [{}, ...others].map((change) => sessionId({ ...name, ...change }).toString())
  expect(new Set(all).size).toBe(all.length)
})

test('the digest that members sign names key, shares, dealers and session', () => {
  const { session, key } = generate(native, 4, 3, 'digest')
  const other = native.multiply(native.generator, 5n)
  const others = [
    { ...key, qualified: [1, 2, 3] },
    { ...key, encryptionKey: other },
    { ...key, verificationKey: other },
    { ...key, threshold: 2 },
    { ...key, publicShares: key.publicShares.with(3, other) },
    { ...key, publicShares: key.publicShares.with(3, undefined) },
  ]
  const digests = [key, ...others].map((k) => confirmationDigest(native, session, k).toString())
  digests.push(confirmationDigest(native, { ...session, epoch: 2 }, key).toString())
  digests.push(confirmationDigest(native, { ...session, id: new Uint8Array(32) }, key).toString())
  expect(new Set(digests).size).toBe(digests.length)
})

test('a share fits its own index and its own dealing alone', () => {
  const { session, dealings, people: who } = generate(native, 3, 2, 'fits')
  const share = openShare(native, session, dealings[0]!, 1, who.keys[0]!)!
  expect(verifyShare(native, dealings[0]!, 1, share)).toBe(true)
  expect(verifyShare(native, dealings[0]!, 2, share)).toBe(false)
  expect(verifyShare(native, dealings[1]!, 1, share)).toBe(false)
  expect(verifyShare(native, dealings[0]!, 1, native.readSecret(scalarBytes(1n)))).toBe(false)
  expect(badShares(native, 1, [], seeded('none'))).toEqual([])
})
