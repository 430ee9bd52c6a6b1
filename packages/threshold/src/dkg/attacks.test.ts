// What a dealer, a complainer or a silent member may try, and what becomes of it.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keyBase } from '../group/bases.ts'
import { ORDER, type Group } from '../group/group.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { nobleGroup } from '../group/noble-group.ts'
import { invertScalar, modOrder, readScalar, scalarBytes } from '../group/scalar.ts'
import { encodeProof } from '../proof/proof.ts'
import { proveSchnorr } from '../proof/schnorr.ts'
import { frame } from '../transcript/transcript.ts'
import { dealWrong, layout, plus, scripted, spliced } from '../testing/adversary.ts'
import {
  combined,
  generate,
  openAll,
  people,
  seeded,
  sessionOf,
  type Ceremony,
} from '../testing/ceremony.ts'
import { complain, judgeComplaint, qualified, type Complaint } from './complaint.ts'
import { checkDealing, deal, dealingDigest, parseDealing, type Dealing } from './dealing.ts'
import { confirmationDigest, networkKey, ownShare } from './network-key.ts'
import { evaluateSecret } from './polynomial.ts'
import { checkReveal, reveal, revealedConstant } from './reveal.ts'
import { contextOf, type Session } from './session.ts'
import { unsealShare } from './share-box.ts'
import { badShares, openShare, verifyShare } from './share.ts'

const native = openNativeGroup()
const groups: [string, Group][] = [
  ['libsecp256k1', native],
  ['noble', nobleGroup],
]
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

describe.each(groups)('%s', (_name, group) => {
  const honest = generate(group, 4, 3, 'attacks')
  const { session, bytes, dealings, people: who, secrets } = honest
  const at = layout(session)
  const first = bytes.get(1)!
  const rightShare = (of: Session, read: Dealing) => {
    const share = openShare(group, of, read, 1, who.keys[0]!)
    return share !== undefined && verifyShare(group, read, 1, share)
  }

  test('a key made from the others’ keys has no proof of possession', () => {
    const [x] = [group.randomSecret(seeded('rogue'))]
    const own = group.multiplyBase(x)
    const rogue = group.add(own, ...dealings.slice(0, 3).map((d) => group.negate(d.commitments[0])))
    const made = deal(group, session, 4, x, seeded('rogue'))
    const forged = spliced(made, 0, group.encode(rogue))
    expect(() => checkDealing(group, session, 4, forged)).toThrow(code('dealing.invalid'))
    // Nor does a proof for what the dealer does know, over the rogue key.
    const context = frame('wetee/threshold/v1 possession constant', ...contextOf(session, 4))
    const lie = proveSchnorr(
      group,
      { base: group.generator, image: rogue, context, secret: x },
      seeded('lie'),
    )
    const lying = spliced(forged, at.possession, encodeProof(lie))
    expect(() => checkDealing(group, session, 4, lying)).toThrow(code('dealing.invalid'))
  })

  test('a dealing with a point that is none, or the identity, is refused wherever it stands', () => {
    const places = [at.commitment(0), at.commitment(1), at.commitment(2), at.ephemeral]
    const bad = [
      new Uint8Array(33),
      Uint8Array.of(2, ...scalarBytes(5n)),
      Uint8Array.of(3, ...new Uint8Array(32).fill(0xff)),
      Uint8Array.of(4, ...group.encode(group.generator).subarray(1)),
    ]
    for (const place of places)
      for (const point of bad)
        expect(() => checkDealing(group, session, 1, spliced(first, place, point))).toThrow(
          code('dealing.malformed'),
        )
  })

  test('a dealing that is cut, longer or of another threshold is refused', () => {
    const shorter = deal(group, sessionOf(group, who, 2), 1, secrets[0]!, seeded('t'))
    const longer = deal(group, sessionOf(group, who, 4), 1, secrets[0]!, seeded('t'))
    const none = new Uint8Array(0)
    for (const bad of [shorter, longer, first.slice(0, -1), Uint8Array.of(...first, 0), none])
      expect(() => checkDealing(group, session, 1, bad)).toThrow(code('dealing.malformed'))
  })

  test('a proof out of range is refused', () => {
    for (const place of [at.possession, at.possession + 32, at.ephemeralPossession + 32])
      expect(() =>
        checkDealing(group, session, 1, spliced(first, place, scalarBytes(ORDER))),
      ).toThrow(code('dealing.malformed'))
  })

  test('a dealing of another dealer, session, epoch or chain is refused', () => {
    expect(() => checkDealing(group, session, 2, first)).toThrow(code('dealing.invalid'))
    for (const change of [
      { chainId: 1 },
      { epoch: 2 },
      { contract: new Uint8Array(20).fill(8) },
      { blockHash: new Uint8Array(32).fill(8) },
      { previous: new Uint8Array(32).fill(8) },
    ]) {
      const other = sessionOf(group, who, 3, change)
      expect(() => checkDealing(group, other, 1, first)).toThrow(code('dealing.invalid'))
      // Nor would its shares be any there.
      expect(rightShare(other, parseDealing(group, other, 1, first))).toBe(false)
    }
    // Nor those of one dealer among those of another.
    expect(rightShare(session, parseDealing(group, session, 2, first))).toBe(false)
    expect(rightShare(session, parseDealing(group, session, 1, first))).toBe(true)
  })

  test('two dealings of one dealer have two digests, as have one’s in two sessions', () => {
    const second = deal(group, session, 1, secrets[0]!, seeded('equivocation'))
    const other = sessionOf(group, who, 3, { epoch: 2 })
    const digests = [
      dealingDigest(session, 1, first),
      dealingDigest(session, 1, second),
      dealingDigest(session, 1, spliced(first, first.length - 1, Uint8Array.of(first.at(-1)! ^ 1))),
      dealingDigest(session, 2, first),
      dealingDigest(other, 1, first),
    ].map(String)
    expect(new Set(digests).size).toBe(digests.length)
    expect(dealingDigest(session, 1, first)).toEqual(dealingDigest(session, 1, first.slice()))
  })

  test('a dealer who takes another’s ephemeral key, or a multiple of it, is refused', () => {
    // Else its garbage draws complaints, and each opens a share of the one it was taken from.
    const mine = deal(group, session, 2, secrets[1]!, seeded('thief'))
    const stolen = spliced(mine, at.ephemeral, first.slice(at.ephemeral, at.share(1)))
    expect(() => checkDealing(group, session, 2, stolen)).toThrow(code('dealing.invalid'))
    const doubled = group.multiply(dealings[0]!.ephemeral, 2n)
    const multiple = spliced(mine, at.ephemeral, group.encode(doubled))
    expect(() => checkDealing(group, session, 2, multiple)).toThrow(code('dealing.invalid'))
    const read = parseDealing(group, session, 2, stolen)
    const opened = complain(group, session, read, 3, who.keys[2]!, seeded('victim'))
    const channel = {
      session,
      dealer: 1,
      member: who.members[2]!,
      ephemeral: dealings[0]!.ephemeral,
      point: group.decode(opened.slice(0, 33)),
    }
    expect(unsealShare(group, channel, dealings[0]!.encryptedShares[2]!)).toBeDefined()
    expect(judge(group, session, stolen, 2, 3, opened)).toBe('dealer')
  })

  test('complaints are judged by their form, their proof, and then by the share', () => {
    const wrong = dealWrong(group, session, 1, secrets[0]!, 'w', new Map([[2, plus(1n)]]))
    const read = checkDealing(group, session, 1, wrong)
    const right = complain(group, session, read, 2, who.keys[1]!, seeded('c'))
    const lie = complain(group, session, read, 3, who.keys[2]!, seeded('c'))
    expect(judge(group, session, wrong, 1, 2, right)).toBe('dealer')
    expect(judge(group, session, wrong, 1, 3, lie)).toBe('complainer')
    for (const malformed of [
      new Uint8Array(0),
      right.slice(0, -1),
      Uint8Array.of(...right, 0),
      spliced(right, 0, new Uint8Array(33)),
      spliced(right, 0, Uint8Array.of(2, ...scalarBytes(5n))),
      spliced(right, 33, scalarBytes(ORDER)),
      spliced(right, 65, scalarBytes(ORDER)),
    ])
      expect(judge(group, session, wrong, 1, 2, malformed)).toBe('complainer')
    // A point that is not the shared one would open the share to anything.
    const point = group.encode(group.multiply(group.generator, 77n))
    expect(judge(group, session, wrong, 1, 2, spliced(right, 0, point))).toBe('complainer')
    expect(judge(group, session, first, 1, 2, spliced(right, 0, point))).toBe('complainer')
    // Another key than the registered one.
    const other = complain(group, session, dealings[0]!, 2, who.keys[0]!, seeded('c'))
    expect(judge(group, session, first, 1, 2, other)).toBe('complainer')
  })

  test('a dealing that is missing, malformed or unproven is its dealer’s fault', () => {
    const lie = complain(group, session, dealings[0]!, 2, who.keys[1]!, seeded('c'))
    const unproven = spliced(first, at.possession, encodeProof({ challenge: 1n, response: 2n }))
    for (const dealing of [undefined, new Uint8Array(0), first.slice(1), unproven])
      for (const complaint of [lie, new Uint8Array(0)])
        expect(judge(group, session, dealing, 1, 2, complaint)).toBe('dealer')
    expect(judge(group, session, first, 1, 2, lie)).toBe('complainer')
    expect(() => judge(group, session, first, 1, 5, lie)).toThrow(code('argument.invalid'))
    // Nobody deals who is no member, nor is there anybody to blame it on.
    const outside = deal(group, session, 5, secrets[0]!, seeded('outside'))
    expect(judge(group, session, outside, 5, 2, lie)).toBe('dealer')
    const all = new Map([...bytes, [5, outside] as const])
    expect(qualified(group, session, all, []).map(({ dealer }) => dealer)).toEqual([1, 2, 3, 4])
  })

  test('a complaint counts for its own session, dealer and complainer alone', () => {
    const change = new Map([
      [2, plus(1n)],
      [3, plus(1n)],
    ])
    const wrong = dealWrong(group, session, 1, secrets[0]!, 'w', change)
    const read = checkDealing(group, session, 1, wrong)
    const complaint = complain(group, session, read, 2, who.keys[1]!, seeded('c'))
    expect(judge(group, session, wrong, 1, 2, complaint)).toBe('dealer')
    expect(judge(group, session, wrong, 1, 3, complaint)).toBe('complainer')
    // The same randomness in another session, and for another dealer: the same ephemeral key.
    const later = sessionOf(group, who, 3, { epoch: 2 })
    const again = dealWrong(group, later, 1, secrets[0]!, 'w', change)
    expect(parseDealing(group, later, 1, again).ephemeral).toEqual(read.ephemeral)
    expect(judge(group, later, again, 1, 2, complaint)).toBe('complainer')
    const twin = dealWrong(group, session, 3, secrets[0]!, 'w', change)
    expect(parseDealing(group, session, 3, twin).ephemeral).toEqual(read.ephemeral)
    expect(judge(group, session, twin, 3, 2, complaint)).toBe('complainer')
  })

  test('a reveal is of its own session, dealer and place, and of what was dealt', () => {
    const good = reveal(group, session, dealings[0]!, 0, secrets[0]!, seeded('r'))
    const check = (of: number, place: number, shown: Uint8Array, where = session) =>
      checkReveal(group, where, dealings[of - 1]!, place, shown)
    expect(check(1, 0, good)).toEqual(group.multiplySecret(keyBase(), secrets[0]!))
    const share = openShare(group, session, dealings[0]!, 2, who.keys[1]!)!
    const ofShare = reveal(group, session, dealings[0]!, 2, share, seeded('r'))
    expect(check(1, 2, ofShare)).toEqual(group.multiplySecret(keyBase(), share))
    const other = reveal(group, session, dealings[0]!, 0, secrets[1]!, seeded('r'))
    const later = sessionOf(group, who, 3, { epoch: 2 })
    for (const bad of [
      () => check(2, 0, good),
      () => check(1, 1, good),
      () => check(1, 5, good),
      () => check(1, -1, good),
      () => check(1, 0, good, later),
      () => check(1, 0, other),
      () => check(1, 3, ofShare),
      () => check(1, 0, good.slice(1)),
      () => check(1, 0, Uint8Array.of(...good, 0)),
      () => check(1, 0, spliced(good, 0, new Uint8Array(33))),
      () => check(1, 0, spliced(good, 0, group.encode(group.generator))),
      () => check(1, 0, spliced(good, 33, scalarBytes(ORDER))),
    ])
      expect(bad).toThrow(code('reveal.invalid'))
    // A false reveal is as silence.
    const byMember = new Map(
      who.keys.map((decryptionKey, i) => {
        const own = openShare(group, session, dealings[0]!, i + 1, decryptionKey)!
        return [i + 1, reveal(group, session, dealings[0]!, i + 1, own, seeded(`r${i}`))] as const
      }),
    )
    expect(revealedConstant(group, session, dealings[0]!, { own: other, byMember })).toEqual(
      check(1, 0, good),
    )
  })
})

test('a wrong share in any slot puts its dealer out, whatever is wrong with it', () => {
  const kinds = [
    plus(1n),
    (share: bigint) => scalarBytes(ORDER - share),
    () => new Uint8Array(32),
    () => scalarBytes(ORDER),
    undefined,
  ]
  for (let n = 4; n <= 7; n++) {
    const made = generate(native, n, Math.floor(n / 2) + 1, `slot ${n}`)
    const { session, people: who, secrets } = made
    for (let slot = 1; slot <= n; slot++)
      for (const change of kinds) {
        const changes = change ? new Map([[slot, change]]) : new Map<number, never>()
        let wrong = dealWrong(native, session, 1, secrets[0]!, 'w', changes)
        const byte = layout(session).share(slot) + 5
        if (change === undefined) wrong = spliced(wrong, byte, Uint8Array.of(wrong[byte]! ^ 1))
        const read = checkDealing(native, session, 1, wrong)
        // All members for one kind, the harmed one for the others.
        const indexes = change === kinds[0] ? who.keys.map((_, i) => i + 1) : [slot]
        for (const index of indexes) {
          const decryptionKey = who.keys[index - 1]!
          const share = openShare(native, session, read, index, decryptionKey)
          const good = share !== undefined && verifyShare(native, read, index, share)
          expect(good).toBe(index !== slot)
          const complaint = complain(native, session, read, index, decryptionKey, seeded('c'))
          const verdict = judge(native, session, wrong, 1, index, complaint)
          expect(verdict).toBe(index === slot ? 'dealer' : 'complainer')
        }
      }
  }
})

test('a polynomial of a higher degree than committed fails for all who are off the committed one', () => {
  const { session, people: who, secrets } = generate(native, 5, 3, 'degree')
  // f(x) + x^3: each member gets a share of that.
  const higher = new Map(
    session.members.map(({ index }) => [index, plus(BigInt(index) ** 3n)] as const),
  )
  const wrong = dealWrong(native, session, 1, secrets[0]!, 'w', higher)
  const read = checkDealing(native, session, 1, wrong)
  who.keys.forEach((decryptionKey, i) => {
    const share = openShare(native, session, read, i + 1, decryptionKey)!
    expect(verifyShare(native, read, i + 1, share)).toBe(false)
  })
})

test('a dealing of the same length for other numbers is refused', () => {
  const large = people(native, 70, 'shape')
  const bytes = deal(
    native,
    sessionOf(native, large, 3),
    1,
    native.randomSecret(seeded('s')),
    seeded('s'),
  )
  const small = { ...large, members: large.members.slice(0, 37) }
  const other = sessionOf(native, small, 35)
  expect(layout(other).end).toBe(bytes.length)
  expect(() => checkDealing(native, other, 1, bytes)).toThrow(code('dealing.malformed'))
})

test('two wrong dealings that cancel in the sum are found when one of them goes', () => {
  const made = generate(native, 5, 3, 'cancel')
  const { session, people: who, secrets, bytes } = made
  const wrong = new Map(bytes)
  wrong.set(1, dealWrong(native, session, 1, secrets[0]!, 'w1', new Map([[4, plus(5n)]])))
  wrong.set(2, dealWrong(native, session, 2, secrets[1]!, 'w2', new Map([[4, plus(-5n)]])))
  const all = qualified(native, session, wrong, [])
  expect(all.map(({ dealer }) => dealer)).toEqual([1, 2, 3, 4, 5])
  const shares = openAll(native, session, all, 4, who.keys[3]!)
  const dealt = (dealings: typeof all) =>
    dealings.map((dealing) => ({ dealing, share: shares.get(dealing.dealer)! }))
  expect(badShares(native, 4, dealt(all), seeded('a'))).toEqual([])
  // Dealer 1 goes for another reason.
  const rest = all.filter(({ dealer }) => dealer !== 1)
  expect(badShares(native, 4, dealt(rest), seeded('a'))).toEqual([2])
  const key = networkKey(native, session, contributionsOf(made, rest))
  expect(() => ownShare(native, key, 4, shares, seeded('a'))).toThrow(code('share.invalid'))
  // Looked at one by one they are found from the beginning.
  const each = dealt(all).filter((one) => !verifyShare(native, one.dealing, 4, one.share))
  expect(each.map(({ dealing }) => dealing.dealer)).toEqual([1, 2])
})

test('a share of a dealer who is out is left out of the sum', () => {
  const made = generate(native, 4, 2, 'out')
  const rest = made.dealings.slice(1)
  const key = networkKey(native, made.session, contributionsOf(made, rest))
  const shares = openAll(native, made.session, made.dealings, 1, made.people.keys[0]!)
  const own = ownShare(native, key, 1, shares, seeded('o'))
  expect(native.multiplyBase(own)).toEqual(key.publicShares[0])
  expect(key.qualified).toEqual([2, 3, 4])
  shares.delete(3)
  expect(() => ownShare(native, key, 1, shares, seeded('o'))).toThrow(code('share.invalid'))
})

test('fewer qualified dealers than the threshold make no key', () => {
  const made = generate(native, 4, 3, 'few')
  const two = contributionsOf(made, made.dealings.slice(0, 2))
  expect(() => networkKey(native, made.session, two)).toThrow(code('dealing.too-few'))
  const three = contributionsOf(made, made.dealings.slice(0, 3))
  expect(networkKey(native, made.session, three).qualified).toEqual([1, 2, 3])
})

test('dealers whose right shares cancel on the way to the sum stop nobody', () => {
  const who = people(native, 4, 'partial')
  const session = sessionOf(native, who, 2)
  const secrets = who.keys.map((_, i) => native.readSecret(scalarBytes(BigInt(100 + i))))
  // f_2(3) = -f_1(3): the sum of the first two is zero for member 3, of all four it is not.
  const slope = modOrder((-(100n + 7n * 3n) - 101n) * invertScalar(3n))
  const bytes = new Map([
    [1, deal(native, session, 1, secrets[0]!, scripted('p1', 7n))],
    [2, deal(native, session, 2, secrets[1]!, scripted('p2', slope))],
    [3, deal(native, session, 3, secrets[2]!, seeded('p3'))],
    [4, deal(native, session, 4, secrets[3]!, seeded('p4'))],
  ])
  const dealings = qualified(native, session, bytes, [])
  const shares = openAll(native, session, dealings, 3, who.keys[2]!)
  expect(() => native.addSecrets(shares.get(1)!, shares.get(2)!)).toThrow(code('scalar.invalid'))
  const key = networkKey(native, session, contributionsOf({ session, secrets }, dealings))
  const own = ownShare(native, key, 3, shares, seeded('own'))
  expect(native.multiplyBase(own)).toEqual(key.publicShares[2])
  const dealt = dealings.map((dealing) => ({ dealing, share: shares.get(dealing.dealer)! }))
  expect(badShares(native, 3, dealt, seeded('own'))).toEqual([])
  expect(badShares(native, 3, dealt.slice(0, 2), seeded('own'))).toEqual([])
})

test('a last dealer who makes its own member’s share zero harms that member alone', () => {
  const who = people(native, 4, 'zero')
  const session = sessionOf(native, who, 2)
  const secrets = who.keys.map((_, i) => native.readSecret(scalarBytes(BigInt(500 + i))))
  const bytes = new Map(
    [1, 2, 3].map((dealer) => [
      dealer,
      deal(native, session, dealer, secrets[dealer - 1]!, seeded(`z${dealer}`)),
    ]),
  )
  // Member 4 opens what the others dealt to it, then deals the negative of the sum to itself.
  const others = qualified(native, session, bytes, [])
  const seen = [...openAll(native, session, others, 4, who.keys[3]!).values()].map(readScalar)
  const sum = seen.reduce((total, share) => total + share, 0n)
  const slope = modOrder((-sum - 503n) * invertScalar(4n))
  bytes.set(4, deal(native, session, 4, secrets[3]!, scripted('z4', slope)))
  const dealings = qualified(native, session, bytes, [])
  const key = networkKey(native, session, contributionsOf({ session, secrets }, dealings))
  expect(key.publicShares.map((share) => share !== undefined)).toEqual([true, true, true, false])
  expect(confirmationDigest(native, session, key)).toHaveLength(32)
  const shares = [1, 2].map((index) => {
    const opened = openAll(native, session, dealings, index, who.keys[index - 1]!)
    return [index, ownShare(native, key, index, opened, seeded('own'))] as const
  })
  expect(combined(native, shares, keyBase())).toEqual(key.encryptionKey)
})

test('whatever up to t-1 of them do, honest members agree and hold one key', () => {
  const behaviour = fc.constantFrom(
    'silent',
    'garbage',
    'unproven',
    'wrong share',
    'false complaint',
  )
  const scenario = fc
    .integer({ min: 2, max: 4 })
    .chain((t) =>
      fc.tuple(
        fc.constant(t),
        fc.uniqueArray(fc.integer({ min: 1, max: 2 * t - 1 }), { maxLength: t - 1 }),
        fc.array(behaviour, { minLength: t, maxLength: t }),
        fc.nat(1e6),
      ),
    )
  fc.assert(
    fc.property(scenario, ([t, bad, behaviours, seed]) => {
      const n = 2 * t - 1
      const made = generate(native, n, t, `mix ${seed}`)
      const { session, people: who, secrets } = made
      const bytes = new Map(made.bytes)
      const complaints: Complaint[] = []
      const honest = session.members.map(({ index }) => index).filter((i) => !bad.includes(i))
      bad.forEach((dealer, i) => {
        const victim = honest[(seed + i) % honest.length]!
        const own = bytes.get(dealer)!
        const possession = layout(session).possession
        switch (behaviours[i]) {
          case 'silent':
            return bytes.delete(dealer)
          case 'garbage':
            return bytes.set(dealer, own.slice(3))
          case 'unproven':
            return bytes.set(dealer, spliced(own, possession, own.slice(0, 32).fill(1)))
          case 'wrong share': {
            const change = new Map([[victim, plus(1n)]])
            const secret = secrets[dealer - 1]!
            return bytes.set(dealer, dealWrong(native, session, dealer, secret, 'w', change))
          }
          default: {
            const of = made.dealings[victim - 1]!
            const key = who.keys[dealer - 1]!
            const lie = complain(native, session, of, dealer, key, seeded('lie'))
            return complaints.push({ dealer: victim, complainer: dealer, bytes: lie })
          }
        }
      })
      // Every honest member checks each share alone and complains.
      for (const dealing of qualified(native, session, bytes, []))
        for (const index of honest) {
          const decryptionKey = who.keys[index - 1]!
          const share = openShare(native, session, dealing, index, decryptionKey)
          if (share && verifyShare(native, dealing, index, share)) continue
          const complaint = complain(native, session, dealing, index, decryptionKey, seeded('c'))
          complaints.push({ dealer: dealing.dealer, complainer: index, bytes: complaint })
        }
      const set = qualified(native, session, bytes, complaints)
      const reversed = new Map([...bytes].reverse())
      expect(qualified(native, session, reversed, [...complaints].reverse())).toEqual(set)
      const dealers = set.map(({ dealer }) => dealer)
      expect(dealers).toEqual(honest)
      const key = networkKey(native, session, contributionsOf(made, set))
      const shares = honest.map((index) => {
        const opened = openAll(native, session, set, index, who.keys[index - 1]!)
        return [index, ownShare(native, key, index, opened, seeded('own'))] as const
      })
      expect(combined(native, shares.slice(0, t), keyBase())).toEqual(key.encryptionKey)
      expect(combined(native, shares.slice(-t), native.generator)).toEqual(key.verificationKey)
    }),
    { numRuns: 25 },
  )
})

test('shares of a polynomial are what Horner gives at each index', () => {
  const value = fc.bigInt({ min: 1n, max: ORDER - 1n })
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 256 }),
      (values, x) => {
        const expected = values.reduceRight((sum, a) => modOrder(sum * BigInt(x) + a), 0n)
        const coefficients = values.map((a) => native.readSecret(scalarBytes(a)))
        expect(readScalar(evaluateSecret(native, coefficients, x))).toBe(expected)
        expect(coefficients.map(readScalar)).toEqual(values)
      },
    ),
  )
  expect(() => evaluateSecret(native, [], 1)).toThrow(code('argument.invalid'))
})

function judge(
  group: Group,
  session: Session,
  dealing: Uint8Array | undefined,
  dealer: number,
  complainer: number,
  bytes: Uint8Array,
) {
  return judgeComplaint(group, session, dealing, { dealer, complainer, bytes })
}

/** Every dealer of the set reveals. */
function contributionsOf(
  { session, secrets }: Pick<Ceremony, 'session' | 'secrets'>,
  dealings: Ceremony['dealings'],
) {
  return dealings.map((dealing) => {
    const secret = secrets[dealing.dealer - 1]!
    const own = reveal(native, session, dealing, 0, secret, seeded('reveal'))
    return { dealing, constant: revealedConstant(native, session, dealing, { own }) }
  })
}
