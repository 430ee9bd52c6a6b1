// Derived keys on both back ends: the same from any t members, another for every name, and no lie
// of a member in them.
import { describe, expect, test } from 'vitest'
import { encrypt } from '../encryption/encrypt.ts'
import { checkCiphertext } from '../encryption/check.ts'
import type { Group } from '../group/group.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { nobleGroup } from '../group/noble-group.ts'
import type { ReleaseRequest } from '../release/batch.ts'
import type { Reply } from '../release/candidates.ts'
import { checkPublicShares, type Committee } from '../release/committee.ts'
import { checkRelease, releaseShares, type Member } from '../release/release.ts'
import { dealSharing, seededRandom, testHolder } from '../testing/sharing.ts'
import {
  checkDerivedRelease,
  combineDerived,
  derivedPoint,
  releaseDerivedShares,
  type DerivedKeyName,
} from './derived-key.ts'

const groups: [string, Group][] = [
  ['libsecp256k1', openNativeGroup()],
  ['noble', nobleGroup],
]
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
const request: ReleaseRequest = {
  epoch: 2n,
  requestId: new Uint8Array(32).fill(1),
  readerKey: new Uint8Array(32).fill(2),
}
const name: DerivedKeyName = {
  chainId: 420_420_421n,
  cloud: new Uint8Array(20).fill(0xc1),
  appId: 7n,
  path: 'disk/data',
}
const others: DerivedKeyName[] = [
  { ...name, chainId: 1n },
  { ...name, cloud: new Uint8Array(20).fill(0xc2) },
  { ...name, appId: 8n },
  { ...name, path: 'disk/datb' },
]
const names = [name, ...others]

describe.each(groups)('%s', (_name, group) => {
  const sharing = dealSharing(group, { threshold: 2, size: 4, seed: 'derived' })
  const committee = checkPublicShares(group, sharing.publicShares, 2, sharing.networkKey)
  const member = (index: number) => sharing.members[index - 1]!
  const release = (of: Member, asked = request, what = names) =>
    releaseDerivedShares(group, of, { request: asked, names: what }, seededRandom('derived'))
  const reply = (index: number, bytes = release(member(index))) => ({
    index,
    holder: testHolder(index),
    bytes,
  })
  const keysOf = (replies: readonly Reply[], of: Committee = committee, what = names) =>
    combineDerived(group, { committee: of, request, names: what, replies })
  const { keys } = keysOf([reply(1), reply(2)])

  test('any t members give the same keys, of 32 bytes, one for each name', () => {
    expect(others).toHaveLength(Object.keys(name).length)
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(names.length)
    for (const key of keys) expect(key).toHaveLength(32)
    for (const pair of [
      [4, 3],
      [2, 4],
      [1, 2, 3],
    ])
      expect(keysOf(pair.map((index) => reply(index)))).toEqual({ keys, culprits: [] })
  })

  test('a key is the same alone, and after a resharing of the network’s key', () => {
    const next = dealSharing(group, { threshold: 3, size: 3, seed: 'next', secret: sharing.secret })
    const checked = checkPublicShares(group, next.publicShares, 3, sharing.networkKey)
    const replies = next.members.map((of) => reply(of.index, release(of, request, [name])))
    expect(keysOf(replies, checked, [name]).keys).toEqual([keys[0]])
  })

  test('one member that lies is named and changes no key, though nothing would fail to open', () => {
    const lie = release({ ...member(1), share: member(3).share })
    expect(keysOf([reply(1, lie), reply(2), reply(3)])).toEqual({ keys, culprits: [1] })
    expect(() => keysOf([reply(1, lie), reply(2)])).toThrow(code('release.too-few'))
    expect(() => keysOf([reply(1)])).toThrow(code('release.too-few'))
  })

  test('a release for another request, reader, epoch, name or member is refused', () => {
    const check = (bytes: Uint8Array, what = names) =>
      checkDerivedRelease(group, member(1), { request, names: what }, bytes)
    expect(() => check(release(member(1)))).not.toThrow()
    for (const bytes of [
      release(member(2)),
      release(member(1), { ...request, epoch: 3n }),
      release(member(1), { ...request, requestId: new Uint8Array(32) }),
      release(member(1), { ...request, readerKey: new Uint8Array(32) }),
      release(member(1), request, names.toReversed()),
      release(member(1), request, [name]),
    ])
      expect(() => check(bytes)).toThrow(code('release.invalid'))
    expect(() => check(release(member(1), request, [name]), [others[0]!])).toThrow(
      code('release.invalid'),
    )
    expect(() => check(new Uint8Array(200))).toThrow(code('release.malformed'))
  })

  test('a release of secrets is none of derived keys, nor the other way round', () => {
    const label = new TextEncoder().encode('label')
    const plaintext = new Uint8Array(1)
    const encryption = { networkKey: sharing.encryptionKey, label, plaintext }
    const bytes = encrypt(group, encryption, seededRandom('a'))
    const ciphertexts = [checkCiphertext(group, label, bytes)]
    const secrets = releaseShares(group, member(1), { request, ciphertexts }, seededRandom('b'))
    const asked = { request, names: [name] }
    expect(() => checkDerivedRelease(group, member(1), asked, secrets)).toThrow(
      code('release.invalid'),
    )
    const derived = release(member(1), request, [name])
    for (const changed of [derived, derived.with(1, 1)])
      expect(() => checkRelease(group, member(1), { request, ciphertexts }, changed)).toThrow(
        code('release.invalid'),
      )
    expect(() => checkDerivedRelease(group, member(1), asked, secrets.with(1, 2))).toThrow(
      code('release.invalid'),
    )
  })

  test('public shares that were not checked are of no use', () => {
    const forged = { threshold: 2, size: 4 } as Committee
    expect(() => keysOf([reply(1), reply(2)], forged)).toThrow(code('share.invalid'))
  })

  test('names out of range, none and 257 are refused', () => {
    for (const wrong of [
      { ...name, chainId: -1n },
      { ...name, cloud: new Uint8Array(32) },
      { ...name, appId: 1n << 256n },
      { ...name, path: '' },
      { ...name, path: 'a'.repeat(257) },
      { ...name, path: '\udc00' },
    ])
      expect(() => derivedPoint(group, wrong)).toThrow(code('argument.invalid'))
    for (const what of [[], new Array<DerivedKeyName>(257).fill(name)])
      expect(() => release(member(1), request, what)).toThrow(code('argument.invalid'))
  })
})

test('both back ends release the same bytes of the same randomness', () => {
  const made = groups.map(([, group]) => {
    const { members } = dealSharing(group, { threshold: 2, size: 3, seed: 'both' })
    return releaseDerivedShares(group, members[0]!, { request, names }, seededRandom('both'))
  })
  expect(made[0]).toEqual(made[1])
})
