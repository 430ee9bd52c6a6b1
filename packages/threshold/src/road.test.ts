// The whole road: a key is generated, used, reshared to other members and used again; and with
// members of every kind that lie.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { combineDerived, releaseDerivedShares } from './derived/derived-key.ts'
import { confirmationDigest, type NetworkKey } from './dkg/network-key.ts'
import { checkCiphertext } from './encryption/check.ts'
import { encrypt } from './encryption/encrypt.ts'
import type { SecretScalar } from './group/group.ts'
import { openNativeGroup } from './group/native-group.ts'
import { nobleGroup } from './group/noble-group.ts'
import { scalarBytes } from './group/scalar.ts'
import type { ReleaseRequest } from './release/batch.ts'
import { combine } from './release/combine.ts'
import { checkPublicShares } from './release/committee.ts'
import { releaseShares, type Member } from './release/release.ts'
import { generate, people, reshare, sessionOf } from './testing/ceremony.ts'
import { dealSharing, seededRandom, testHolder } from './testing/sharing.ts'

const group = openNativeGroup()
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
const label = new TextEncoder().encode('label')
const plaintext = new TextEncoder().encode('kept over two epochs')
const requestOf = (epoch: bigint): ReleaseRequest => ({
  epoch,
  requestId: new Uint8Array(32).fill(1),
  readerKey: new Uint8Array(32).fill(2),
})

function membersOf(key: NetworkKey, shares: readonly SecretScalar[]): Member[] {
  return shares.map((share, position) => ({
    index: position + 1,
    share,
    publicShare: key.publicShares[position]!,
    holder: testHolder(position + 1),
  }))
}

test('what is encrypted to a generated key opens before and after a resharing, never with a mix', () => {
  const made = generate(group, 5, 3, 'road')
  // A browser encrypts.
  const bytes = encrypt(
    nobleGroup,
    { networkKey: made.key.encryptionKey, label, plaintext },
    seededRandom('road'),
  )
  const ciphertexts = [checkCiphertext(group, label, bytes)]
  const next = people(group, 4, 'next')
  const previous = confirmationDigest(group, made.session, made.key)
  const session = sessionOf(group, next, 2, { epoch: 2, previous })
  const after = reshare(group, made, [1, 3, 5], { session, people: next }, 'reshare')
  const request = requestOf(2n)
  const answer = (member: Member) => ({
    index: member.index,
    holder: member.holder,
    bytes: releaseShares(group, member, { request, ciphertexts }, seededRandom('answer')),
  })
  const [old, fresh] = [membersOf(made.key, made.shares), membersOf(after.key, after.shares)]
  // Public shares of both epochs are a sharing of one S, which readers know.
  const S = made.key.verificationKey
  const before = checkPublicShares(group, made.key.publicShares, 3, S)
  const committee = checkPublicShares(group, after.key.publicShares, 2, S)
  const open = (members: readonly Member[], of = committee) =>
    combine(group, { committee: of, request, ciphertexts, replies: members.map(answer) })
  expect(open(old.slice(1, 4), before).plaintexts).toEqual([plaintext])
  expect(open(fresh.slice(2)).plaintexts).toEqual([plaintext])
  for (const of of [committee, before])
    expect(() => open([old[0]!, fresh[1]!, ...old.slice(2, 3)], of)).toThrow(
      code('release.too-few'),
    )

  const names = [{ chainId: 1n, cloud: new Uint8Array(20), appId: 1n, path: 'disk' }]
  const derive = (members: readonly Member[], of: typeof committee) => {
    const replies = members.map((member) => ({
      index: member.index,
      holder: member.holder,
      bytes: releaseDerivedShares(group, member, { request, names }, seededRandom('derive')),
    }))
    return combineDerived(group, { committee: of, request, names, replies }).keys
  }
  expect(derive(fresh, committee)).toEqual(derive(old, before))
})

const lies = ['silent', 'garbage', 'share', 'replay', 'other'] as const

test('whatever members do, a reader gets the right plaintext or learns that there are too few', () => {
  const arbitrary = fc
    .integer({ min: 2, max: 9 })
    .chain((size) =>
      fc.tuple(
        fc.integer({ min: 1, max: size }),
        fc.array(fc.option(fc.constantFrom(...lies)), { minLength: size, maxLength: size }),
        fc.boolean(),
      ),
    )
  fc.assert(
    fc.property(arbitrary, ([threshold, behaviours, checkEveryProof]) => {
      const size = behaviours.length
      const sharing = dealSharing(group, { threshold, size, seed: `liars ${size} ${threshold}` })
      const { members, publicShares, networkKey, encryptionKey } = sharing
      const encryption = { networkKey: encryptionKey, label, plaintext }
      const bytes = encrypt(group, encryption, seededRandom('liars'))
      const ciphertexts = [checkCiphertext(group, label, bytes)]
      const answer = (member: Member, request = requestOf(1n)) =>
        releaseShares(group, member, { request, ciphertexts }, seededRandom('liar'))
      const replayed = { ...requestOf(1n), requestId: new Uint8Array(32) }
      const wrong = group.readSecret(scalarBytes(3n))
      const replies = members.flatMap((member, position) => {
        const { index, holder } = member
        switch (behaviours[position]) {
          case 'silent':
            return []
          case 'garbage':
            return [{ index, holder, bytes: new Uint8Array(120) }]
          case 'share':
            return [{ index, holder, bytes: answer({ ...member, share: wrong }) }]
          case 'replay':
            return [{ index, holder, bytes: answer(member, replayed) }]
          case 'other':
            return [{ index, holder, bytes: answer(members[(position + 1) % size]!) }]
          default:
            return [{ index, holder, bytes: answer(member) }]
        }
      })
      const liars = members.flatMap(({ index }, i) =>
        [null, 'silent'].includes(behaviours[i] ?? null) ? [] : [index],
      )
      const honest = behaviours.filter((behaviour) => behaviour === null).length
      const committee = checkPublicShares(group, publicShares, threshold, networkKey)
      const request = requestOf(1n)
      const run = () =>
        combine(group, { committee, request, ciphertexts, replies, checkEveryProof })
      let result
      try {
        result = run()
      } catch (error) {
        expect(error).toEqual(code('release.too-few'))
      }
      // Without its proof a replayed share still is the right one.
      const replays = behaviours.filter((behaviour) => behaviour === 'replay').length
      if (honest >= threshold) expect(result).toBeDefined()
      if (honest + (checkEveryProof ? 0 : replays) < threshold) expect(result).toBeUndefined()
      if (result === undefined) return
      const { plaintexts, culprits } = result
      expect(plaintexts).toEqual([plaintext])
      expect(liars).toEqual(expect.arrayContaining([...culprits]))
    }),
    { numRuns: 60 },
  )
})
