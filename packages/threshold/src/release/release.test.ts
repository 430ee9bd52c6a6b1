// Releases on both back ends: what opens, who is named, and every share that must not pass.
import { describe, expect, test } from 'vitest'
import { encrypt } from '../encryption/encrypt.ts'
import { checkCiphertext, proofStatement, type CheckedCiphertext } from '../encryption/check.ts'
import { encodeCiphertext, parseCiphertext } from '../encryption/ciphertext.ts'
import type { Group, Point, SecretScalar } from '../group/group.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { nobleGroup } from '../group/noble-group.ts'
import { invertScalar, modOrder, readScalar, scalarBytes } from '../group/scalar.ts'
import { parseProof, proveEqual } from '../proof/proof.ts'
import { dealSharing, seededRandom, testHolder } from '../testing/sharing.ts'
import { proveImages, verifyBatch, type ReleaseRequest } from './batch.ts'
import type { Reply } from './candidates.ts'
import { combine } from './combine.ts'
import { checkPublicShares, type Committee } from './committee.ts'
import { checkRelease, releaseShares, secretItems, type Member } from './release.ts'
import { encodeRelease, parseRelease } from './wire.ts'

const groups: [string, Group][] = [
  ['libsecp256k1', openNativeGroup()],
  ['noble', nobleGroup],
]
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
const utf8 = (text: string) => new TextEncoder().encode(text)
const request: ReleaseRequest = {
  epoch: 9n,
  requestId: new Uint8Array(32).fill(0x1d),
  readerKey: new Uint8Array(32).fill(0x25),
}
const labels = ['first', 'second', 'third'].map(utf8)
const plaintexts = ['one', 'two', 'three'].map(utf8)

describe.each(groups)('%s', (_name, group) => {
  const sharing = dealSharing(group, { threshold: 3, size: 5, seed: 'release' })
  const { encryptionKey, members, publicShares, networkKey } = sharing
  const committee = checkPublicShares(group, publicShares, 3, networkKey)
  const ciphertextBytes = labels.map((label, i) => {
    const plaintext = plaintexts[i]!
    const encryption = { networkKey: encryptionKey, label, plaintext }
    return encrypt(group, encryption, seededRandom(`secret ${i}`))
  })
  const ciphertexts = labels.map((label, i) => checkCiphertext(group, label, ciphertextBytes[i]!))
  const member = (index: number) => members[index - 1]!
  const release = (of: Member, asked = request, what = ciphertexts) =>
    releaseShares(group, of, { request: asked, ciphertexts: what }, seededRandom('member'))
  const reply = (index: number, bytes = release(member(index))) => ({
    index,
    holder: testHolder(index),
    bytes,
  })
  const combined = (
    replies: readonly Reply[],
    given: { checkEveryProof?: boolean; committee?: Committee; request?: ReleaseRequest } = {},
  ) => combine(group, { committee, request, ciphertexts, replies, ...given })
  const refuses = (
    bytes: Uint8Array,
    asked = request,
    what: readonly CheckedCiphertext[] = ciphertexts,
    of = 1,
  ) =>
    expect(() =>
      checkRelease(group, member(of), { request: asked, ciphertexts: what }, bytes),
    ).toThrow(code('release.invalid'))
  /** A member whose share is another one, with a public share that does not tell. */
  const liar = (
    index: number,
    share: SecretScalar = member(index % 5 === 0 ? 1 : index + 1).share,
  ) => release({ ...member(index), share })
  const good = release(member(1))

  test('any t members open every secret, in any order, and nobody is named', () => {
    for (const indexes of [
      [1, 2, 3],
      [5, 3, 1],
      [2, 4, 5],
      [1, 2, 3, 4, 5],
    ])
      for (const checkEveryProof of [false, true])
        expect(
          combined(
            indexes.map((index) => reply(index)),
            { checkEveryProof },
          ),
        ).toEqual({ plaintexts, culprits: [] })
    expect(() => checkRelease(group, member(1), { request, ciphertexts }, good)).not.toThrow()
  })

  test('one member of a committee that needs one is enough', () => {
    const single = dealSharing(group, {
      threshold: 1,
      size: 2,
      seed: 'single',
      secret: sharing.secret,
    })
    const checked = checkPublicShares(group, single.publicShares, 1, networkKey)
    const bytes = release(single.members[1]!)
    expect(combined([reply(2, bytes)], { committee: checked }).plaintexts).toEqual(plaintexts)
  })

  test('t-1 shares do not open, nor do they with a share made up', () => {
    expect(() => combined([reply(1), reply(2)])).toThrow(code('release.too-few'))
    expect(() => combined([])).toThrow(code('release.too-few'))
    const madeUp = group.readSecret(scalarBytes(99n))
    expect(() => combined([reply(1), reply(2), reply(3, liar(3, madeUp))])).toThrow(
      code('release.too-few'),
    )
    // A committee for which two would be enough has other public shares.
    expect(() => checkPublicShares(group, publicShares, 2, networkKey)).toThrow(
      code('share.invalid'),
    )
  })

  test('one bad share among t: the member is named, and the others open', () => {
    for (const bad of [1, 2, 3]) {
      const replies = [1, 2, 3, 4].map((index) =>
        index === bad ? reply(index, liar(index)) : reply(index),
      )
      for (const checkEveryProof of [false, true])
        expect(combined(replies, { checkEveryProof })).toEqual({ plaintexts, culprits: [bad] })
    }
  })

  test('as many liars as there may be are all named, also where too few are left', () => {
    const bytes = [1, 2].map((index) => reply(index, liar(index)))
    expect(combined([...bytes, reply(3), reply(4), reply(5)])).toEqual({
      plaintexts,
      culprits: [1, 2],
    })
    expect(() => combined([...bytes, reply(3), reply(4)])).toThrow(
      expect.objectContaining({
        code: 'release.too-few',
        message: expect.stringContaining('members 1, 2') as string,
      }) as Error,
    )
  })

  test('a reply that is no release, of another member or of too few secrets names its member', () => {
    for (const bad of [
      new Uint8Array(0),
      new Uint8Array(10_000),
      good.subarray(1),
      good.with(0, 2),
      good.with(1, 2),
      release(member(2)),
      release(member(1), request, ciphertexts.slice(1)),
      release(member(1), { ...request, epoch: 8n }),
    ])
      expect(combined([reply(1, bad), reply(2), reply(3), reply(4)])).toEqual({
        plaintexts,
        culprits: [1],
      })
  })

  // A dealer can bring a share of zero about, for a member that it controls.
  test('a member whose share is zero stops nobody: its reply is used for nothing', () => {
    // f(x) = s*(1 - x/2): zero for the second member.
    const at = (x: bigint) => modOrder(sharing.secret * (1n - x * invertScalar(2n)))
    const shares = [1n, 2n, 3n].map(at)
    const points = shares.map((share) =>
      share === 0n ? undefined : group.multiply(group.generator, share),
    )
    const checked = checkPublicShares(group, points, 2, networkKey)
    const honest = [1, 3].map((index) => {
      const share = group.readSecret(scalarBytes(shares[index - 1]!))
      const publicShare = points[index - 1]!
      return reply(index, release({ index, share, publicShare, holder: testHolder(index) }))
    })
    const replies = [reply(2), ...honest]
    for (const checkEveryProof of [false, true])
      expect(combined(replies, { committee: checked, checkEveryProof })).toEqual({
        plaintexts,
        culprits: [2],
      })
  })

  test('a member that answers twice is a mistake of the caller, as is one beyond the committee', () => {
    for (const twice of [
      [reply(1), reply(1), reply(2)],
      [reply(1), reply(2), reply(3), reply(3)],
    ])
      expect(() => combined(twice)).toThrow(code('argument.invalid'))
    expect(() => combined([reply(1), reply(2), reply(6, good)])).toThrow(code('argument.invalid'))
  })

  test('a release for another epoch, request or reader is refused', () => {
    refuses(release(member(1), { ...request, epoch: 8n }))
    for (const asked of [
      { ...request, requestId: new Uint8Array(32).fill(0x1e) },
      { ...request, readerKey: new Uint8Array(32).fill(0x26) },
    ]) {
      refuses(release(member(1), asked))
      refuses(good, asked)
    }
  })

  test('a release whose epoch or index was rewritten is refused by its proof', () => {
    refuses(release(member(1), { ...request, epoch: 8n }).with(11, 9))
    const asSecond = { ...member(1), index: 2 }
    expect(() => checkRelease(group, asSecond, { request, ciphertexts }, good.with(3, 2))).toThrow(
      code('release.invalid'),
    )
  })

  test('a proof over the same points is of one kind alone', () => {
    const { images, proof } = parseRelease(group, good)
    const { index, publicShare, holder } = member(1)
    const batch = { index, publicShare, holder, request, items: secretItems(ciphertexts) }
    const as = (kind: 'secrets' | 'derived keys') =>
      verifyBatch(group, { ...batch, kind }, { images, proof })
    expect([as('secrets'), as('derived keys')]).toEqual([true, false])
  })

  // The epoch in the bytes is the right one: only the share is old.
  test('a share of another epoch’s sharing of the same key is refused and does not open', () => {
    const old = dealSharing(group, {
      threshold: 3,
      size: 5,
      seed: 'old epoch',
      secret: sharing.secret,
    })
    expect(old.encryptionKey).toEqual(encryptionKey)
    const stale = (index: number) => liar(index, old.members[index - 1]!.share)
    refuses(stale(1))
    expect(() => combined([reply(1, stale(1)), reply(2), reply(3)])).toThrow(
      code('release.too-few'),
    )
    expect(combined([reply(1, stale(1)), reply(2), reply(3), reply(4)])).toEqual({
      plaintexts,
      culprits: [1],
    })
  })

  test('a share for another ciphertext, another label, order or number of them is refused', () => {
    const [a, b, c] = ciphertexts as [CheckedCiphertext, CheckedCiphertext, CheckedCiphertext]
    refuses(good, request, [b, a, c])
    refuses(good, request, [a, b])
    refuses(good, request, [a, b, b])
    refuses(release(member(1), request, [b, a, c]))
    refuses(release(member(1), request, [a, a, c]))
    // One secret and one label: the same U, sealed and proven again for another label.
    const sameU = (label: Uint8Array) => {
      const secret = group.readSecret(scalarBytes(1234n))
      const { commitment, body } = parseCiphertext(group, ciphertextBytes[0]!)
      const statement = proofStatement(label, { ...pointsOf(group, secret), commitment, body })
      const proof = proveEqual(group, { ...statement, secret }, seededRandom('same'))
      const [u, ubar] = statement.images as [Point, Point]
      const made = encodeCiphertext(group, { u, ubar, commitment, body, proof })
      return checkCiphertext(group, label, made)
    }
    const [x, y] = [sameU(utf8('x')), sameU(utf8('y'))]
    refuses(release(member(1), request, [x]), request, [y])
  })

  test('a release of another member, or under another public share, is refused', () => {
    refuses(release(member(2)))
    refuses(good, request, ciphertexts, 2)
    const asOther = { ...member(2), index: 1 }
    refuses(release(asOther))
    const underOwn = { ...member(1), publicShare: group.generator }
    expect(() => checkRelease(group, underOwn, { request, ciphertexts }, good)).toThrow(
      code('release.invalid'),
    )
  })

  test('a release under another statement key or node number than its holder proves is refused', () => {
    const { holder } = member(1)
    for (const other of [
      { ...holder, nodeId: holder.nodeId + 1n },
      { ...holder, statementKey: holder.statementKey.with(19, 0xff) },
      member(2).holder,
    ]) {
      const said = { ...member(1), holder: other }
      expect(() => checkRelease(group, said, { request, ciphertexts }, good)).toThrow(
        code('release.invalid'),
      )
      const swapped = { ...reply(1), holder: other }
      const replies = [swapped, reply(2), reply(3), reply(4)]
      expect(combined(replies, { checkEveryProof: true }).culprits).toEqual([1])
      expect(checkRelease(group, said, { request, ciphertexts }, release(said)).index).toBe(1)
    }
    const short = { ...member(1), holder: { ...holder, statementKey: new Uint8Array(19) } }
    expect(() => release(short)).toThrow(code('argument.invalid'))
  })

  test('two wrong images whose errors cancel out in a plain sum are refused', () => {
    const parsed = parseRelease(group, good)
    const [first, second, third] = parsed.images as [Point, Point, Point]
    const error = group.multiply(group.generator, 5n)
    const images = [group.add(first, error), group.add(second, group.negate(error)), third]
    refuses(encodeRelease(group, { ...parsed, images }))
    // The member itself, proving what would hold if all weights were one.
    const { publicShare, share, index, holder } = member(1)
    const items = secretItems(ciphertexts)
    const batch = { kind: 'secrets', index, publicShare, holder, request, items, images } as const
    const proof = proveImages(group, batch, share, seededRandom('sum'))
    refuses(encodeRelease(group, { ...parsed, images, proof }))
    const replies = [reply(1, encodeRelease(group, { ...parsed, images, proof }))]
    expect(combined([...replies, reply(2), reply(3), reply(4)]).culprits).toEqual([1])
  })

  test('every byte of a release flipped is refused', () => {
    for (const [at, byte] of good.entries())
      expect(() =>
        checkRelease(group, member(1), { request, ciphertexts }, good.with(at, byte ^ 1)),
      ).toThrow(
        expect.objectContaining({
          code: expect.stringMatching(/^release\.(malformed|invalid)$/) as string,
        }) as Error,
      )
  })

  test('what is too short, too long, of another count or no points is malformed', () => {
    for (const bad of [
      new Uint8Array(0),
      good.subarray(0, good.length - 1),
      Uint8Array.of(...good, 0),
      good.with(0, 0),
      good.with(1, 0),
      good.with(1, 3),
      // Index 0 and 257; a count of 0, 2, 4 and 259.
      good.with(3, 0),
      good.with(2, 1),
      good.with(13, 0),
      good.with(13, 2),
      good.with(13, 4),
      good.with(12, 1),
      // The identity, no curve, a scalar above the order.
      Uint8Array.of(...good.subarray(0, 14), ...new Uint8Array(33), ...good.subarray(47)),
      Uint8Array.of(...good.subarray(0, 15), ...scalarBytes(5n), ...good.subarray(47)),
      Uint8Array.of(...good.subarray(0, -32), ...new Uint8Array(32).fill(0xff)),
      new Uint8Array(1_000_000).fill(1),
    ])
      expect(() => parseRelease(group, bad)).toThrow(code('release.malformed'))
  })

  test('no share is used on a ciphertext that was not checked, whatever it looks like', () => {
    const parsed = parseCiphertext(group, ciphertextBytes[0]!)
    for (const unchecked of [parsed, {}, { ...ciphertexts[0] }, ciphertextBytes[0]]) {
      const what = [unchecked as unknown as CheckedCiphertext]
      expect(() => release(member(1), request, what)).toThrow(code('ciphertext.invalid'))
    }
    // @ts-expect-error What is parsed is not what is checked.
    const refused = () => release(member(1), request, [parsed])
    expect(refused).toThrow(code('ciphertext.invalid'))
  })

  test('public shares that were not checked are of no use', () => {
    const forged = { threshold: 3, size: 5 } as Committee
    expect(() => combined([reply(1), reply(2), reply(3)], { committee: forged })).toThrow(
      code('share.invalid'),
    )
  })

  // Replies of another project's nodes were share * (X + U), X a key that the reader named: with
  // X = U of a victim its secret followed. Here no point of a reader is ever multiplied.
  test('a reader key that is a victim’s U changes the proof alone, no image', () => {
    const victim = parseCiphertext(group, ciphertextBytes[1]!)
    const what = ciphertexts.slice(0, 1)
    const asU = { ...request, readerKey: group.encode(victim.u).slice(1) }
    const [plain, attack] = [request, asU].map((asked) =>
      parseRelease(group, release(member(1), asked, what)),
    )
    expect(attack?.images).toEqual(plain?.images)
    expect(attack?.proof).not.toEqual(plain?.proof)
  })

  test('a body that proven shares do not open is the encryptor’s lie, and names nobody', () => {
    const secret = group.readSecret(scalarBytes(4321n))
    const { commitment, body } = parseCiphertext(group, ciphertextBytes[0]!)
    const label = utf8('lie')
    const statement = proofStatement(label, { ...pointsOf(group, secret), commitment, body })
    const proof = proveEqual(group, { ...statement, secret }, seededRandom('lie'))
    const [u, ubar] = statement.images as [Point, Point]
    const lie = checkCiphertext(
      group,
      label,
      encodeCiphertext(group, { u, ubar, commitment, body, proof }),
    )
    const what = [ciphertexts[0]!, lie]
    const replies = [1, 2, 3].map((index) => reply(index, release(member(index), request, what)))
    expect(() => combine(group, { committee, request, ciphertexts: what, replies })).toThrow(
      expect.objectContaining({
        code: 'plaintext.unauthentic',
        message: expect.stringContaining('ciphertexts 1 ') as string,
      }) as Error,
    )
  })

  test('fields of a request out of their range are refused, as are none and 257 ciphertexts', () => {
    for (const asked of [
      { ...request, epoch: -1n },
      { ...request, epoch: 1n << 64n },
      { ...request, requestId: new Uint8Array(31) },
      { ...request, readerKey: new Uint8Array(33) },
    ]) {
      expect(() => release(member(1), asked)).toThrow(code('argument.invalid'))
      expect(() => combined([reply(1), reply(2), reply(3)], { request: asked })).toThrow(
        code('argument.invalid'),
      )
    }
    for (const index of [0, 257, 1.5])
      expect(() => release({ ...member(1), index })).toThrow(code('argument.invalid'))
    const many = new Array<CheckedCiphertext>(257).fill(ciphertexts[0]!)
    for (const what of [[], many]) {
      const replies = [reply(1), reply(2), reply(3)]
      expect(() => release(member(1), request, what)).toThrow(code('argument.invalid'))
      expect(() => combine(group, { committee, request, ciphertexts: what, replies })).toThrow(
        code('argument.invalid'),
      )
    }
  })

  test('randomness that fails gives proofs of two requests two nonces, and the share stays secret', () => {
    const broken = (size: number) => new Uint8Array(size)
    const other = { ...request, requestId: new Uint8Array(32).fill(0x77) }
    const share = readScalar(member(1).share)
    const nonces = [request, other].map((asked) => {
      const bytes = releaseShares(group, member(1), { request: asked, ciphertexts }, broken)
      expect(() =>
        checkRelease(group, member(1), { request: asked, ciphertexts }, bytes),
      ).not.toThrow()
      const { challenge, response } = parseProof(bytes.subarray(-64))
      return modOrder(response - challenge * share)
    })
    expect(nonces[0]).not.toBe(nonces[1])
    expect(nonces).not.toContain(share)
    expect(readScalar(member(1).share)).toBe(share)
  })
})

test('both back ends release the same bytes of the same randomness', () => {
  const made = groups.map(([, group]) => {
    const { encryptionKey, members } = dealSharing(group, { threshold: 2, size: 3, seed: 'both' })
    const [label, plaintext] = [labels[0]!, plaintexts[0]!]
    const encryption = { networkKey: encryptionKey, label, plaintext }
    const bytes = encrypt(group, encryption, seededRandom('both'))
    const ciphertexts = [checkCiphertext(group, label, bytes)]
    return releaseShares(group, members[0]!, { request, ciphertexts }, seededRandom('release'))
  })
  expect(made[0]).toEqual(made[1])
})

function pointsOf(group: Group, secret: SecretScalar) {
  const [h, hbar] = proofStatement(new Uint8Array(0), {
    u: group.generator,
    ubar: group.generator,
    commitment: new Uint8Array(0),
    body: new Uint8Array(0),
  }).bases
  return { u: group.multiplySecret(h, secret), ubar: group.multiplySecret(hbar, secret) }
}
