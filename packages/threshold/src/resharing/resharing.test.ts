// Resharing and refresh: the key stays, shares of two epochs do not mix, and dealers deal what they
// had.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { complain, judgeComplaint, qualified } from '../dkg/complaint.ts'
import { checkDealing, deal } from '../dkg/dealing.ts'
import { confirmationDigest } from '../dkg/network-key.ts'
import { openShare, verifyShare } from '../dkg/share.ts'
import { keyBase } from '../group/bases.ts'
import type { Group, SecretScalar } from '../group/group.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { nobleGroup } from '../group/noble-group.ts'
import { dealWrong, plus } from '../testing/adversary.ts'
import {
  combined,
  generate,
  openAll,
  people,
  reshare,
  seeded,
  sessionOf,
} from '../testing/ceremony.ts'
import { checkResharing, resharedKey, resharedShare } from './resharing.ts'

const native = openNativeGroup()
const groups: [string, Group][] = [
  ['libsecp256k1', native],
  ['noble', nobleGroup],
]
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
const by = (shares: readonly SecretScalar[], ...indexes: number[]) =>
  indexes.map((index) => [index, shares[index - 1]!] as const)

/** The session that follows another, for those people. */
function following(
  group: Group,
  old: ReturnType<typeof generate>,
  size: number,
  threshold: number,
  epoch = 2,
) {
  const who = people(group, size, `epoch ${epoch}`)
  const previous = confirmationDigest(group, old.session, old.key)
  return { people: who, session: sessionOf(group, who, threshold, { epoch, previous }) }
}

describe.each(groups)('%s', (_name, group) => {
  test('other members, more of them and another threshold hold the same key afterwards', () => {
    const old = generate(group, 4, 2, 'old')
    const next = following(group, old, 5, 4)
    const { key, shares } = reshare(group, old, [2, 4], next, 'reshare')
    expect(key.verificationKey).toEqual(old.key.verificationKey)
    expect(key.encryptionKey).toEqual(old.key.encryptionKey)
    expect(key.threshold).toBe(4)
    expect(key.publicShares).toEqual(shares.map((share) => group.multiplyBase(share)))
    expect(combined(group, by(shares, 5, 1, 3, 2), keyBase())).toEqual(key.encryptionKey)
    expect(combined(group, by(shares, 5, 1, 3), keyBase())).not.toEqual(key.encryptionKey)
  })
})

test('both back ends make the same shares from the same randomness', () => {
  const [a, b] = groups.map(([, group]) => {
    const old = generate(group, 3, 2, 'old')
    const { key, shares } = reshare(group, old, [1, 3], following(group, old, 4, 3), 'reshare')
    return { key, shares }
  })
  expect(a).toEqual(b)
})

test('holds for every size and threshold before and after, and again', () => {
  const sizes = fc
    .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
    .chain(([n, m]) =>
      fc.tuple(
        fc.constant(n),
        fc.integer({ min: 1, max: n }),
        fc.constant(m),
        fc.integer({ min: 1, max: m }),
        fc.nat(1e6),
      ),
    )
  fc.assert(
    fc.property(sizes, ([n, t, m, u, seed]) => {
      const old = generate(native, n, t, `old ${seed}`)
      const dealers = Array.from({ length: n }, (_, i) => i + 1).slice(-t)
      const next = following(native, old, m, u)
      const once = reshare(native, old, dealers, next, `once ${seed}`)
      const last = following(native, old, n, t, 3)
      const again = Array.from({ length: m }, (_, i) => i + 1).slice(0, u)
      const twice = reshare(native, once, again, last, `twice ${seed}`)
      const some = by(twice.shares, ...dealers)
      expect(combined(native, some, keyBase())).toEqual(old.key.encryptionKey)
      expect(combined(native, some, native.generator)).toEqual(old.key.verificationKey)
    }),
    { numRuns: 15 },
  )
})

test('old and new shares do not combine, also after a refresh to the same members', () => {
  const old = generate(native, 5, 3, 'mix')
  const session = sessionOf(native, old.people, 3, { epoch: 2 })
  const { shares, key } = reshare(native, old, [1, 2, 3], { session, people: old.people }, 'mix')
  expect(combined(native, by(shares, 1, 2, 3), keyBase())).toEqual(key.encryptionKey)
  for (const mixed of [
    [...by(old.shares, 1), ...by(shares, 2, 3)],
    [...by(old.shares, 1, 2), ...by(shares, 3)],
    [...by(shares, 1, 4), ...by(old.shares, 5)],
  ])
    expect(combined(native, mixed, keyBase())).not.toEqual(key.encryptionKey)
  expect(key.publicShares.some((share, i) => share === old.key.publicShares[i])).toBe(false)
})

test('a dealer who deals anything but its old share is refused', () => {
  const old = generate(native, 4, 2, 'first')
  const next = following(native, old, 4, 2)
  const check = (dealer: number, secret: SecretScalar) => {
    const bytes = deal(native, next.session, dealer, secret, seeded('d'))
    return checkResharing(native, next.session, old.key, dealer, bytes)
  }
  expect(check(2, old.shares[1]!).dealer).toBe(2)
  expect(() => check(2, native.randomSecret(seeded('own')))).toThrow(code('dealing.invalid'))
  expect(() => check(2, old.shares[2]!)).toThrow(code('dealing.invalid'))
  // One that was never a member, one whose share is zero.
  expect(() => check(5, old.shares[2]!)).toThrow(code('dealing.invalid'))
  const bytes = deal(native, next.session, 2, old.shares[1]!, seeded('d'))
  const without = { ...old.key, publicShares: old.key.publicShares.with(1, undefined) }
  expect(() => checkResharing(native, next.session, without, 2, bytes)).toThrow(
    code('dealing.invalid'),
  )
  // The last line of defence: the key would be another.
  const wrong = [1, 2].map((dealer) => {
    const dealt = dealer === 1 ? old.shares[0]! : native.randomSecret(seeded('own'))
    const made = deal(native, next.session, dealer, dealt, seeded(`d${dealer}`))
    return checkDealing(native, next.session, dealer, made)
  })
  expect(() => resharedKey(native, next.session, old.key, wrong)).toThrow(code('dealing.invalid'))
})

test('fewer dealers than the old threshold stall, and the old shares still serve', () => {
  const old = generate(native, 5, 3, 'stall')
  const next = following(native, old, 5, 3)
  expect(() => reshare(native, old, [1, 5], next, 'stall')).toThrow(code('dealing.too-few'))
  expect(combined(native, by(old.shares, 1, 2, 5), keyBase())).toEqual(old.key.encryptionKey)
})

test('the first old members by index who reach the threshold are taken, in any order given', () => {
  const old = generate(native, 5, 2, 'order')
  const next = following(native, old, 3, 2)
  const { dealings } = reshare(native, old, [5, 3, 2, 4], next, 'order')
  const key = resharedKey(native, next.session, old.key, dealings)
  expect(key.qualified).toEqual([2, 3])
  expect(resharedKey(native, next.session, old.key, [...dealings].reverse())).toEqual(key)
})

test('a wrong share puts its dealer out, a false complaint puts no old member out', () => {
  const old = generate(native, 4, 2, 'blame')
  const next = following(native, old, 3, 2)
  const { session } = next
  const bytes = new Map(
    [1, 2, 3].map((dealer) => [
      dealer,
      deal(native, session, dealer, old.shares[dealer - 1]!, seeded(`b${dealer}`)),
    ]),
  )
  bytes.set(1, dealWrong(native, session, 1, old.shares[0]!, 'b1', new Map([[2, plus(1n)]])))
  const complaints = [1, 2].map((dealer) => {
    const read = checkDealing(native, session, dealer, bytes.get(dealer)!)
    const key = next.people.keys[1]!
    const share = openShare(native, session, read, 2, key)!
    expect(verifyShare(native, read, 2, share)).toBe(dealer === 2)
    const complaint = complain(native, session, read, 2, key, seeded('c'))
    return { dealer, complainer: 2, bytes: complaint }
  })
  const check = (dealer: number, dealing: Uint8Array) =>
    checkResharing(native, session, old.key, dealer, dealing)
  const judged = (dealing: Uint8Array | undefined, one: (typeof complaints)[0]) =>
    judgeComplaint(native, session, dealing, one, check)
  expect(complaints.map((one) => judged(bytes.get(one.dealer), one))).toEqual([
    'dealer',
    'complainer',
  ])
  // What is not the old share is the dealer's fault, whatever is said of it.
  const foreign = deal(native, session, 2, native.randomSecret(seeded('own')), seeded('f'))
  expect(judged(foreign, complaints[1]!)).toBe('dealer')
  const set = qualified(native, session, bytes, complaints, {
    check,
    complainerDeals: false,
  })
  expect(set.map(({ dealer }) => dealer)).toEqual([2, 3])
  const key = resharedKey(native, session, old.key, set)
  const opened = openAll(native, session, set, 2, next.people.keys[1]!)
  const own = resharedShare(native, key, 2, opened, seeded('own'))
  expect(native.multiplyBase(own)).toEqual(key.publicShares[1])
})

test('a dealing of one resharing is refused in the next, and after another epoch', () => {
  const old = generate(native, 3, 2, 'replay')
  const next = following(native, old, 3, 2)
  const bytes = deal(native, next.session, 1, old.shares[0]!, seeded('d'))
  const later = following(native, old, 3, 2, 3)
  const sameAgain = sessionOf(native, next.people, 2, { epoch: 2 })
  for (const session of [later.session, sameAgain])
    expect(() => checkResharing(native, session, old.key, 1, bytes)).toThrow(
      code('dealing.invalid'),
    )
})
