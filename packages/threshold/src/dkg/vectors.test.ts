// The vectors of key generation, pinned, and the layouts of docs/reference/threshold.md read a
// second time: with node:crypto and offsets alone.
import { createECDH, createHash, hkdfSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { openNativeGroup } from '../group/native-group.ts'
import { nobleGroup } from '../group/noble-group.ts'
import { computeDkgVectors } from '../testing/dkg-vectors.ts'
import vectors from './vectors.json' with { type: 'json' }

const bytes = (hex: string) => Buffer.from(hex, 'hex')
const u = (value: number, size: number) => {
  const all = Buffer.alloc(size)
  all.writeUInt32BE(value, size - 4)
  return all
}
const u16 = (value: number) => u(value, 4).subarray(2)

/** As the page says: each part after its length in four bytes, the tag with its beginning first. */
function frame(tag: string, ...fields: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    [Buffer.from(`wetee/threshold/v1 ${tag}`), ...fields].flatMap((part) => [
      u(part.length, 4),
      part,
    ]),
  )
}
const digest = (tag: string, ...fields: readonly Uint8Array[]) =>
  createHash('sha256')
    .update(frame(tag, ...fields))
    .digest()

test.each([
  ['libsecp256k1', openNativeGroup()],
  ['noble', nobleGroup],
] as const)('%s gives the vectors', (_name, group) => {
  expect(computeDkgVectors(group)).toEqual(vectors)
})

test('names and digests are as the page says', () => {
  const { session, key, resharing } = vectors
  const root = digest(
    'members',
    ...session.members.flatMap(({ account, encryptionKey }, i) => [
      u16(i + 1),
      bytes(account),
      bytes(encryptionKey),
    ]),
  )
  expect(root.toString('hex')).toBe(session.memberRoot)
  const sessionId = (epoch: number, members: Buffer, t: number, previous: Buffer) =>
    digest(
      'session',
      u(session.chainId, 32),
      bytes(session.contract),
      u(epoch, 8),
      members,
      u16(t),
      bytes(session.blockHash),
      previous,
    )
  const registered = bytes(vectors.registrationOfMember2)
  expect(registered).toHaveLength(33 + 64)
  expect(registered.toString('hex', 0, 33)).toBe(session.members[1]!.encryptionKey)
  const id = sessionId(1, root, 3, Buffer.alloc(0))
  expect(id.toString('hex')).toBe(session.id)
  const confirmation = digest(
    'confirmation',
    id,
    u16(3),
    u(1, 8),
    digest('qualified', ...key.qualified.map(u16)),
    bytes(key.encryptionKey),
    bytes(key.verificationKey),
    digest('public share root', ...key.publicShares.map(bytes)),
  )
  expect(confirmation.toString('hex')).toBe(vectors.confirmationDigest)
  const next = sessionId(2, bytes(resharing.memberRoot), 2, confirmation)
  expect(next.toString('hex')).toBe(resharing.id)
  expect(digest('dealing', id, u16(1), bytes(vectors.dealing)).toString('hex')).toBe(
    vectors.dealingDigest,
  )
  expect(resharing.key.encryptionKey).toBe(key.encryptionKey)
  expect(resharing.key.verificationKey).toBe(key.verificationKey)
  expect(resharing.key.publicShares).not.toEqual(key.publicShares.slice(0, 3))
})

test('a share opens by the offsets of the page, with the own key and with a complaint’s point', () => {
  const { session, dealing, wrongDealing, complaint, shareOfMember2 } = vectors
  const [t, n, i] = [3, 4, 2]
  const open = (hex: string, point: Buffer) => {
    const all = bytes(hex)
    expect(all).toHaveLength(33 * (t + 1) + 128 + 32 * n)
    const ephemeral = all.subarray(33 * t + 64, 33 * t + 97)
    const sealed = all.subarray(33 * t + 161 + 32 * (i - 1), 33 * t + 161 + 32 * i)
    const context = [bytes(session.id), u16(1), u16(i)]
    const own = bytes(session.members[i - 1]!.encryptionKey)
    const info = frame('share key', ...context, ephemeral, own)
    const mask = Buffer.from(hkdfSync('sha256', point, Buffer.alloc(0), info, 32))
    return sealed.map((byte, at) => byte ^ mask[at]!)
  }
  // node:crypto gives only x of the shared point: one of both points with it is right.
  const ecdh = createECDH('secp256k1')
  ecdh.setPrivateKey(bytes(session.members[i - 1]!.decryptionKey))
  const x = ecdh.computeSecret(bytes(dealing).subarray(33 * t + 64, 33 * t + 97))
  const opened = [2, 3].map((sign) =>
    Buffer.from(open(dealing, Buffer.concat([Buffer.of(sign), x]))).toString('hex'),
  )
  expect(opened).toContain(shareOfMember2)
  expect(complaint).toHaveLength(2 * 97)
  const wrong = open(wrongDealing, bytes(complaint).subarray(0, 33))
  expect(wrong).toHaveLength(32)
  expect(vectors.verdict).toBe('dealer')
})
