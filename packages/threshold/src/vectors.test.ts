// The vectors of docs/reference/threshold.md, pinned, and its layouts read a second time: with
// node:crypto and offsets alone.
import { createDecipheriv, createHash, hkdfSync } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Group, Point } from './group/group.ts'
import { openNativeGroup } from './group/native-group.ts'
import { nobleGroup } from './group/noble-group.ts'
import { modOrder } from './group/scalar.ts'
import { computeVectors } from './testing/vectors.ts'
import vectors from './vectors.json' with { type: 'json' }

const native = openNativeGroup()
const bytes = (hex: string) => Buffer.from(hex, 'hex')
const number = (hex: string | Uint8Array) =>
  BigInt(`0x${typeof hex === 'string' ? hex : Buffer.from(hex).toString('hex')}`)

/** As the page says: each part after its length in four bytes, the tag first. */
function frame(tag: string, ...fields: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    [Buffer.from(tag), ...fields].flatMap((part) => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(part.length)
      return [length, part]
    }),
  )
}
const digest = (tag: string, ...fields: readonly Uint8Array[]) =>
  createHash('sha256')
    .update(frame(tag, ...fields))
    .digest()
const LAMBDA = number('5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72')
const challenge = (tag: string, ...fields: readonly Uint8Array[]) => {
  const hash = digest(tag, ...fields)
  return modOrder(number(hash.subarray(0, 8)) + number(hash.subarray(8, 16)) * LAMBDA)
}
const hkdf = (key: Uint8Array, info: Uint8Array, size: number) =>
  Buffer.from(hkdfSync('sha256', key, Buffer.alloc(32), info, size))

test.each<[string, Group]>([
  ['libsecp256k1', native],
  ['noble', nobleGroup],
])('%s gives every pinned value', (_name, group) => {
  const { about, ...expected } = vectors
  expect(about).toContain('docs/reference/threshold.md')
  expect(computeVectors(group)).toEqual(expected)
})

test('frames, digests and challenges are as the page says', () => {
  const fields = [Buffer.from('a'), Buffer.alloc(0)]
  expect(frame('tag', ...fields).toString('hex')).toBe(vectors.transcript.frame)
  expect(digest('tag', ...fields).toString('hex')).toBe(vectors.transcript.digest)
  expect(challenge('tag', ...fields)).toBe(number(vectors.transcript.challenge))
})

test.each(vectors.ciphertexts)('ciphertext $digest opens by its layout', (vector) => {
  const { ciphertext, label } = { ciphertext: bytes(vector.ciphertext), label: bytes(vector.label) }
  const u = ciphertext.subarray(1, 34)
  const commitment = ciphertext.subarray(131, 163)
  const shared = native.multiply(native.decode(u), number(vectors.sharing.secret))
  // r*Y is the same point.
  const ofEncryptor = native.multiply(native.decode(bytes(vectors.sharing.Y)), number(vector.r))
  expect(shared).toEqual(ofEncryptor)
  const info = frame('wetee/threshold/v1 encryption key', label, u)
  const keys = hkdf(native.encode(shared), info, 64)
  expect(keys.subarray(32)).toEqual(commitment)
  const decipher = createDecipheriv('chacha20-poly1305', keys.subarray(0, 32), Buffer.alloc(12), {
    authTagLength: 16,
  })
  decipher.setAAD(frame('wetee/threshold/v1 encryption body', label, u), { plaintextLength: 0 })
  decipher.setAuthTag(ciphertext.subarray(-16))
  const plaintext = Buffer.concat([
    decipher.update(ciphertext.subarray(163, -16)),
    decipher.final(),
  ])
  expect(plaintext.toString('hex')).toBe(vector.plaintext)
  expect(digest('wetee/threshold/v1 ciphertext', ciphertext).toString('hex')).toBe(vector.digest)
})

/** A proof of the page's section on proofs, verified by its equations. */
function proofHolds(
  tag: string,
  given: { context: Uint8Array; bases: Uint8Array[]; images: Uint8Array[]; proof: Uint8Array },
): boolean {
  const [c, response] = [given.proof.subarray(0, 32), given.proof.subarray(32)].map(number)
  const commitments = given.bases.map((base, i) => {
    const points = [base, given.images[i]!].map((one) => native.decode(one)) as [Point, Point]
    return native.encode(native.multiplyMany(points, [response!, modOrder(-c!)])!)
  })
  const statement = digest(tag, given.context, ...given.bases, ...given.images)
  return challenge(tag, statement, ...commitments) === c
}

test.each(vectors.ciphertexts)(
  'the proof of ciphertext $digest holds by its equations',
  (vector) => {
    const ciphertext = bytes(vector.ciphertext)
    const body = digest(
      'wetee/threshold/v1 ciphertext body',
      ciphertext.subarray(131, 163),
      ciphertext.subarray(163),
    )
    const given = {
      context: frame('wetee/threshold/v1 tdh2', bytes(vector.label), body),
      bases: [bytes(vectors.bases.H), bytes(vectors.bases.Hbar)],
      images: [ciphertext.subarray(1, 34), ciphertext.subarray(34, 67)],
      proof: ciphertext.subarray(67, 131),
    }
    expect(proofHolds('wetee/threshold/v1 tdh2', given)).toBe(true)
    const other = { ...given, context: frame('wetee/threshold/v1 tdh2', bytes('00'), body) }
    expect(proofHolds('wetee/threshold/v1 tdh2', other)).toBe(false)
  },
)

const integer = (value: number | bigint, size: number) =>
  bytes(value.toString(16).padStart(2 * size, '0'))

test.each([0, 1, 2])('the proof of release %d holds by its equations', (position) => {
  const reply = bytes(vectors.release.replies[position]!)
  expect(reply.subarray(0, 14)).toEqual(
    Buffer.concat([bytes('0101'), integer(position + 1, 2), integer(5, 8), integer(2, 2)]),
  )
  const images = [reply.subarray(14, 47), reply.subarray(47, 80)]
  const bases = vectors.ciphertexts.map(({ ciphertext }) => bytes(ciphertext).subarray(1, 34))
  const publicShare = bytes(vectors.sharing.publicShares[position]!)
  const transcript = digest(
    'wetee/threshold/v1 release',
    Buffer.from('secrets'),
    integer(5, 8),
    bytes(vectors.release.requestId),
    bytes(vectors.release.readerKey),
    integer(position + 1, 2),
    publicShare,
    integer(vectors.release.holders[position]!.nodeId, 8),
    bytes(vectors.release.holders[position]!.statementKey),
    integer(2, 2),
    ...vectors.ciphertexts.flatMap(({ label, digest: name }, item) => [
      frame('wetee/threshold/v1 released secret', bytes(label), bytes(name)),
      bases[item]!,
    ]),
    ...images,
  )
  const weights = bases.map((_, item) =>
    item === 0 ? 1n : challenge('wetee/threshold/v1 release weight', transcript, integer(item, 2)),
  )
  const sum = (points: readonly Uint8Array[]) =>
    native.encode(
      native.multiplyMany(
        points.map((one) => native.decode(one)),
        weights,
      )!,
    )
  const given = {
    context: frame('wetee/threshold/v1 release', transcript),
    bases: [native.encode(native.generator), sum(bases)],
    images: [publicShare, sum(images)],
    proof: reply.subarray(80),
  }
  expect(proofHolds('wetee/threshold/v1 dleq', given)).toBe(true)
})

test('the derived key follows from its point and its name', () => {
  const name = frame(
    'wetee/threshold/v1 derived key name',
    integer(420_420_421, 32),
    Buffer.alloc(20, 0xc1),
    integer(7, 32),
    Buffer.from('disk/data'),
  )
  const point = native.hashToPoint(name, 'wetee/threshold/v1 derived point')
  expect(Buffer.from(native.encode(point)).toString('hex')).toBe(vectors.derived.point)
  const shared = native.encode(native.multiply(point, number(vectors.sharing.secret)))
  const key = hkdf(shared, frame('wetee/threshold/v1 derived key', name), 32)
  expect(key.toString('hex')).toBe(vectors.derived.key)
})
