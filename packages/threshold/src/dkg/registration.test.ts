// Keys of members for one session: what is registered, and what is refused.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Group, SecretScalar } from '../group/group.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { nobleGroup } from '../group/noble-group.ts'
import { layout } from '../testing/adversary.ts'
import { openAll, people, seeded } from '../testing/ceremony.ts'
import { complain, judgeComplaint } from './complaint.ts'
import { checkDealing, deal, dealingBytes } from './dealing.ts'
import { networkKey, ownShare } from './network-key.ts'
import {
  checkRegistration,
  register,
  registeredMembers,
  type RegistrationPlace,
} from './registration.ts'
import { checkPublicShares } from '../release/committee.ts'
import { reveal, revealedConstant } from './reveal.ts'
import { openSession } from './session.ts'
import { openShare } from './share.ts'

const native = openNativeGroup()
const groups: [string, Group][] = [
  ['libsecp256k1', native],
  ['noble', nobleGroup],
]
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
const place: RegistrationPlace = {
  chainId: 420_420_421,
  contract: new Uint8Array(20).fill(7),
  epoch: 5,
  blockHash: new Uint8Array(32).fill(9),
}

describe.each(groups)('%s', (_name, group) => {
  const { members, keys } = people(group, 4, 'registration')
  const bodies = new Map(
    members.map((who, at) => [
      who.index,
      register(group, place, who, keys[at]!, seeded(`body ${at}`)),
    ]),
  )
  const [first, second] = [members[0]!, members[1]!]

  test('a registered key is the one of the secret', () => {
    expect(checkRegistration(group, place, first, bodies.get(1)!)).toEqual(first.encryptionKey)
    expect(registeredMembers(group, place, members, bodies)).toEqual(members)
  })

  test('the registration of another member is refused, replayed as it is or under the own name', () => {
    expect(() => checkRegistration(group, place, second, bodies.get(1)!)).toThrow(
      code('registration.invalid'),
    )
    const sameAccount = { index: 2, account: first.account }
    expect(() => checkRegistration(group, place, sameAccount, bodies.get(1)!)).toThrow(
      code('registration.invalid'),
    )
    const replayed = registeredMembers(
      group,
      place,
      members,
      new Map(bodies).set(2, bodies.get(1)!),
    )
    expect(replayed.map(({ encryptionKey }) => encryptionKey !== undefined)).toEqual([
      ...[true, false, true, true],
    ])
  })

  test('a key without the proof that its secret is known is refused', () => {
    const theirs = bodies.get(1)!
    const rogue = Uint8Array.from(bodies.get(2)!)
    rogue.set(theirs.subarray(0, 33))
    expect(() => checkRegistration(group, place, second, rogue)).toThrow(
      code('registration.invalid'),
    )
  })

  test('a key that was registered in another session, block, chain or contract is refused', () => {
    const others: RegistrationPlace[] = [
      { ...place, epoch: 6 },
      { ...place, chainId: 1 },
      { ...place, contract: new Uint8Array(20) },
      { ...place, blockHash: new Uint8Array(32) },
    ]
    for (const other of others)
      expect(() => checkRegistration(group, other, first, bodies.get(1)!)).toThrow(
        code('registration.invalid'),
      )
  })

  test('bytes that are too few, too many, no point or no proof are refused', () => {
    const body = bodies.get(1)!
    const changed = (at: number, value: number) => body.with(at, value)
    for (const bytes of [body.slice(0, 96), Buffer.concat([body, Buffer.alloc(1)]), changed(0, 9)])
      expect(() => checkRegistration(group, place, first, bytes)).toThrow(
        code('registration.malformed'),
      )
    expect(() => checkRegistration(group, place, first, changed(96, body[96]! ^ 1))).toThrow(
      code('registration.invalid'),
    )
  })

  test('of members that register one key none has it', () => {
    const shared = register(group, place, second, keys[0]!, seeded('shared'))
    const found = registeredMembers(group, place, members, new Map(bodies).set(2, shared))
    expect(found.map(({ encryptionKey }) => encryptionKey !== undefined)).toEqual([
      ...[false, false, true, true],
    ])
  })

  test('members without a key are dealt nothing, and the key comes out all the same', () => {
    const body = bodies.get(2)!
    const seats = registeredMembers(group, place, members, new Map(bodies).set(2, body.slice(1)))
    const session = openSession(group, seats, { ...place, threshold: 3 })
    const dealers = [1, 3, 4]
    const random = seeded('without the second')
    const made = dealers.map((dealer) => {
      const secret: SecretScalar = group.randomSecret(random)
      const bytes = deal(group, session, dealer, secret, random)
      expect(bytes).toHaveLength(dealingBytes(session))
      expect(bytes).toHaveLength(33 * 4 + 128 + 32 * 3)
      const dealing = checkDealing(group, session, dealer, bytes)
      const own = reveal(group, session, dealing, 0, secret, random)
      return { bytes, dealing, constant: revealedConstant(group, session, dealing, { own }) }
    })
    const key = networkKey(group, session, made)
    const dealings = made.map(({ dealing }) => dealing)
    const committee = checkPublicShares(group, key.publicShares, 3, key.verificationKey)
    expect(committee.size).toBe(4)
    for (const index of dealers) {
      const opened = openAll(group, session, dealings, index, keys[index - 1]!)
      const share = ownShare(group, key, index, opened, random)
      expect(group.multiplyBase(share)).toEqual(key.publicShares[index - 1])
    }
    const [dealing, bytes] = [dealings[0]!, made[0]!.bytes]
    expect(openShare(group, session, dealing, 2, keys[1]!)).toBeUndefined()
    expect(() => complain(group, session, dealing, 2, keys[1]!, random)).toThrow(
      code('argument.invalid'),
    )
    const complaint = complain(group, session, dealing, 3, keys[2]!, random)
    const judged = (complainer: number, sent?: Uint8Array) =>
      judgeComplaint(group, session, sent, { dealer: 1, complainer, bytes: complaint })
    expect(judged(2, bytes)).toBe('complainer')
    expect(judged(2)).toBe('dealer')
    expect(layout(session).share(3) - layout(session).share(1)).toBe(32)
  })

  test('fewer with a key than are needed are no session', () => {
    const few = registeredMembers(group, place, members, new Map([...bodies].slice(0, 2)))
    expect(() => openSession(group, few, { ...place, threshold: 3 })).toThrow(
      code('argument.invalid'),
    )
    expect(openSession(group, few, { ...place, threshold: 2 }).members).toHaveLength(4)
  })
})

test('any byte that changes makes a registration invalid', () => {
  const { members, keys } = people(native, 2, 'bytes')
  const body = register(native, place, members[0]!, keys[0]!, seeded('bytes'))
  fc.assert(
    fc.property(fc.nat(96), fc.integer({ min: 1, max: 255 }), (at, by) => {
      const changed = body.with(at, body[at]! ^ by)
      expect(() => checkRegistration(native, place, members[0]!, changed)).toThrow(
        /registration|proof/,
      )
    }),
    { numRuns: 60 },
  )
})
