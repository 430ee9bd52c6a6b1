// Ciphertexts on both back ends: what opens, and that nothing of one can be changed or moved.
import { describe, expect, test } from 'vitest'
import { derivedPoint } from '../derived/derived-key.ts'
import { keyBase, proofBase } from '../group/bases.ts'
import type { Group, Point } from '../group/group.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { nobleGroup } from '../group/noble-group.ts'
import { modOrder, scalarBytes } from '../group/scalar.ts'
import { proveEqual } from '../proof/proof.ts'
import { dealSharing, seededRandom } from '../testing/sharing.ts'
import { openBody, sealBody } from './body.ts'
import {
  checkCiphertext,
  ciphertextDigest,
  contentsOf,
  proofStatement,
  type CheckedCiphertext,
} from './check.ts'
import {
  CIPHERTEXT_OVERHEAD_BYTES,
  MAX_CIPHERTEXT_BYTES,
  MAX_PLAINTEXT_BYTES,
  encodeCiphertext,
  parseCiphertext,
  type Ciphertext,
} from './ciphertext.ts'
import { encrypt } from './encrypt.ts'
import { secretLabel, type SecretLabel } from './label.ts'

const groups: [string, Group][] = [
  ['libsecp256k1', openNativeGroup()],
  ['noble', nobleGroup],
]
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
const utf8 = (text: string) => new TextEncoder().encode(text)
const labelFields: SecretLabel = {
  chainId: 420_420_421n,
  cloud: new Uint8Array(20).fill(0xc1),
  owner: new Uint8Array(20).fill(0xa1),
  appId: 7n,
  name: 'database-password',
  version: 3,
  policyDigest: new Uint8Array(32).fill(0xd1),
}
const label = secretLabel(labelFields)
const plaintext = utf8('correct horse battery staple')

describe.each(groups)('%s', (_name, group) => {
  const { secret, encryptionKey: networkKey } = dealSharing(group, {
    threshold: 1,
    size: 1,
    seed: 'encryption',
  })
  const encryptAs = (seed: string, as = label) =>
    encrypt(group, { networkKey, label: as, plaintext }, seededRandom(seed))
  const bytes = encryptAs('a')
  const parts = parseCiphertext(group, bytes)
  const other = parseCiphertext(group, encryptAs('b'))
  const rebuilt = (change: Partial<Ciphertext>) => encodeCiphertext(group, { ...parts, ...change })
  const refuses = (changed: Uint8Array) =>
    expect(() => checkCiphertext(group, label, changed)).toThrow(code('ciphertext.invalid'))
  const openedWith = (shared: Point, of = parts, as = label) =>
    openBody(group, shared, { label: as, u: group.encode(of.u) }, of)

  test('a ciphertext passes its check and opens with s*U', () => {
    const { u, digest } = contentsOf(checkCiphertext(group, label, bytes))
    expect(digest).toEqual(ciphertextDigest(bytes))
    expect(openedWith(group.multiply(u, secret))).toEqual(plaintext)
  })

  test('a body opens with no other key, nor as another secret', () => {
    const shared = group.multiply(parts.u, secret)
    expect(openedWith(group.add(shared, group.generator))).toBeUndefined()
    expect(openedWith(group.negate(shared))).toBeUndefined()
    expect(openedWith(shared, { ...parts, u: other.u })).toBeUndefined()
    expect(openedWith(shared, parts, utf8('another label'))).toBeUndefined()
    for (const [at, byte] of parts.body.entries())
      expect(openedWith(shared, { ...parts, body: parts.body.with(at, byte ^ 1) })).toBeUndefined()
  })

  // Without a commitment ChaCha20-Poly1305 opens one body under two keys that were chosen for it.
  test('a body whose commitment is of another key does not open', () => {
    const shared = group.multiply(parts.u, secret)
    expect(openedWith(shared, { ...parts, commitment: other.commitment })).toBeUndefined()
    const context = { label, u: group.encode(parts.u) }
    const elsewhere = sealBody(group, group.add(shared, group.generator), context, plaintext)
    expect(openedWith(shared, { ...parts, commitment: elsewhere.commitment })).toBeUndefined()
  })

  test('one shared point gives another key for another label or another U', () => {
    const shared = group.multiply(parts.u, secret)
    const u = group.encode(parts.u)
    const commitments = [
      { label, u },
      { label: utf8('another label'), u },
      { label, u: group.encode(other.u) },
    ].map((context) => sealBody(group, shared, context, plaintext).commitment)
    expect(commitments[0]).toEqual(parts.commitment)
    expect(new Set(commitments.map((one) => Buffer.from(one).toString('hex'))).size).toBe(3)
  })

  test('the empty plaintext and the longest are encrypted, one byte more is not', () => {
    for (const size of [0, MAX_PLAINTEXT_BYTES]) {
      const content = new Uint8Array(size).fill(7)
      const made = encrypt(group, { networkKey, label, plaintext: content }, seededRandom('c'))
      expect(made).toHaveLength(CIPHERTEXT_OVERHEAD_BYTES + size)
      const { u, ...rest } = contentsOf(checkCiphertext(group, label, made))
      expect(openedWith(group.multiply(u, secret), { u, ...rest })).toEqual(content)
    }
    const long = new Uint8Array(MAX_PLAINTEXT_BYTES + 1)
    expect(() => encrypt(group, { networkKey, label, plaintext: long }, seededRandom('c'))).toThrow(
      code('argument.invalid'),
    )
  })

  test('every byte of a ciphertext flipped is refused', () => {
    for (const [at, byte] of bytes.entries())
      expect(() => checkCiphertext(group, label, bytes.with(at, byte ^ 1))).toThrow(
        expect.objectContaining({
          code: expect.stringMatching(/^ciphertext\.(malformed|invalid)$/) as string,
        }) as Error,
      )
  })

  test('a label changed in any field is refused, and so is none', () => {
    const changed: SecretLabel[] = [
      { ...labelFields, chainId: 1n },
      { ...labelFields, cloud: new Uint8Array(20).fill(0xc2) },
      { ...labelFields, owner: new Uint8Array(20).fill(0xa2) },
      { ...labelFields, appId: 8n },
      { ...labelFields, name: 'database-passwore' },
      { ...labelFields, version: 4 },
      { ...labelFields, policyDigest: new Uint8Array(32).fill(0xd2) },
    ]
    expect(changed).toHaveLength(Object.keys(labelFields).length)
    for (const wrong of [...changed.map(secretLabel), new Uint8Array(0)])
      expect(() => checkCiphertext(group, wrong, bytes)).toThrow(code('ciphertext.invalid'))
    expect(() => checkCiphertext(group, new Uint8Array(1025), bytes)).toThrow(
      code('argument.invalid'),
    )
    expect(() => encryptAs('a', new Uint8Array(1025))).toThrow(code('argument.invalid'))
  })

  test('U of another ciphertext, a sum with it or a multiple of it is refused', () => {
    refuses(rebuilt({ u: other.u }))
    refuses(rebuilt({ u: other.u, ubar: other.ubar }))
    refuses(rebuilt({ u: other.u, ubar: other.ubar, proof: other.proof }))
    refuses(rebuilt({ u: group.add(parts.u, other.u), ubar: group.add(parts.ubar, other.ubar) }))
    refuses(rebuilt({ u: group.multiply(parts.u, 2n), ubar: group.multiply(parts.ubar, 2n) }))
    refuses(rebuilt({ u: group.negate(parts.u), ubar: group.negate(parts.ubar) }))
  })

  test('a wrong Ubar, body, commitment or proof is refused', () => {
    refuses(rebuilt({ ubar: other.ubar }))
    refuses(rebuilt({ ubar: group.negate(parts.ubar) }))
    refuses(rebuilt({ ubar: parts.u }))
    refuses(rebuilt({ body: other.body }))
    refuses(rebuilt({ commitment: other.commitment }))
    refuses(rebuilt({ proof: other.proof }))
    refuses(rebuilt({ proof: { challenge: 0n, response: 0n } }))
  })

  // Another tenant's U in a ciphertext of one's own: the attacker does not know its r.
  test('the U of a victim, wrapped in a label of one’s own, has no proof', () => {
    const mine = secretLabel({ ...labelFields, owner: new Uint8Array(20).fill(0xee) })
    const { u, ubar, commitment, body } = parts
    const wrapped = { u, ubar, commitment, body }
    const guess = group.readSecret(scalarBytes(5n))
    for (const proof of [
      parts.proof,
      proveEqual(
        group,
        { ...proofStatement(mine, wrapped), secret: guess },
        seededRandom('attacker'),
      ),
    ]) {
      const made = encodeCiphertext(group, { ...wrapped, proof })
      expect(() => checkCiphertext(group, mine, made)).toThrow(code('ciphertext.invalid'))
    }
  })

  // H*r for one r and Hbar*r' for another would leave a share multiplied with an unproven U.
  test('U and Ubar of two different r have no proof', () => {
    const r = group.readSecret(scalarBytes(5n))
    const u = group.multiplySecret(keyBase(), r)
    const ubar = group.multiply(proofBase(), 6n)
    const unequal = { u, ubar, commitment: parts.commitment, body: parts.body }
    const proof = proveEqual(
      group,
      { ...proofStatement(label, unequal), secret: r },
      seededRandom('attacker'),
    )
    refuses(encodeCiphertext(group, { ...unequal, proof }))
  })

  test('the point of a derived key as U is refused: its r is nobody’s', () => {
    const { chainId, cloud, appId } = labelFields
    refuses(rebuilt({ u: derivedPoint(group, { chainId, cloud, appId, path: 'disk' }) }))
    refuses(rebuilt({ u: networkKey }))
    refuses(rebuilt({ u: group.generator }))
  })

  test('what is too short, too long, of another version or no points is malformed', () => {
    const long = new Uint8Array(MAX_CIPHERTEXT_BYTES + 1)
    long.set(bytes)
    for (const bad of [
      new Uint8Array(0),
      bytes.subarray(0, CIPHERTEXT_OVERHEAD_BYTES - 1),
      long,
      bytes.with(0, 0),
      bytes.with(0, 2),
      // The identity, an uncompressed prefix, x that is on no curve, a scalar above the order.
      bytes.with(1, 0),
      bytes.with(34, 4),
      Uint8Array.of(...bytes.subarray(0, 2), ...scalarBytes(5n), ...bytes.subarray(34)),
      Uint8Array.of(...bytes.subarray(0, 1), ...new Uint8Array(33), ...bytes.subarray(34)),
      Uint8Array.of(
        ...bytes.subarray(0, 67),
        ...new Uint8Array(32).fill(0xff),
        ...bytes.subarray(99),
      ),
    ])
      expect(() => checkCiphertext(group, label, bad)).toThrow(code('ciphertext.malformed'))
    refuses(bytes.subarray(0, bytes.length - 1))
    refuses(Uint8Array.of(...bytes, 0))
  })

  test('what was not checked has no contents, and what was cannot be changed afterwards', () => {
    for (const unchecked of [{}, { ...parts, label }, Object.freeze({})])
      expect(() => contentsOf(unchecked as unknown as CheckedCiphertext)).toThrow(
        code('ciphertext.invalid'),
      )
    const [ownBytes, ownLabel] = [new Uint8Array(bytes), new Uint8Array(label)]
    const checked = checkCiphertext(group, ownLabel, ownBytes)
    expect(() => contentsOf({ ...checked })).toThrow(code('ciphertext.invalid'))
    ownBytes.fill(0)
    ownLabel.fill(0)
    expect(contentsOf(checked).body).toEqual(parts.body)
    expect(contentsOf(checked).label).toEqual(label)
    const buffer = Buffer.from(bytes)
    const ofBuffer = checkCiphertext(group, label, buffer)
    buffer.fill(0)
    expect(contentsOf(ofBuffer).body).toEqual(parts.body)
  })

  test('randomness that fails gives another proof nonce for another plaintext', () => {
    const broken = (size: number) => new Uint8Array(size).fill(1)
    const proofs = ['one', 'two'].map((text) => {
      const made = encrypt(group, { networkKey, label, plaintext: utf8(text) }, broken)
      return parseCiphertext(group, made).proof
    })
    // One nonce k for both would leave response - challenge * r = k the same.
    const r = 0x0101010101010101010101010101010101010101010101010101010101010101n
    const nonces = proofs.map(({ challenge, response }) =>
      group.multiplyMany([group.generator, group.generator], [response, modOrder(-challenge * r)]),
    )
    expect(nonces[0]).toBeDefined()
    expect(nonces[0]).not.toEqual(nonces[1])
  })
})

test('both back ends make the same bytes of the same randomness, and read each other’s', () => {
  for (const size of [0, 1, 100]) {
    const [native, noble] = groups.map(([, group]) => {
      const sharing = dealSharing(group, { threshold: 1, size: 1, seed: 'encryption' })
      const encryption = { networkKey: sharing.encryptionKey, label, plaintext }
      const content = plaintext.subarray(0, size)
      return encrypt(group, { ...encryption, plaintext: content }, seededRandom(`size ${size}`))
    }) as [Uint8Array, Uint8Array]
    expect(native).toEqual(noble)
    expect(() => checkCiphertext(nobleGroup, label, native)).not.toThrow()
  }
})

test('a field of a label out of its range is refused', () => {
  const wrong: SecretLabel[] = [
    { ...labelFields, chainId: -1n },
    { ...labelFields, chainId: 1n << 256n },
    { ...labelFields, cloud: new Uint8Array(19) },
    { ...labelFields, owner: new Uint8Array(21) },
    { ...labelFields, appId: -1n },
    { ...labelFields, name: '' },
    { ...labelFields, name: 'é'.repeat(129) },
    { ...labelFields, name: '\ud800' },
    { ...labelFields, version: 2 ** 32 },
    { ...labelFields, version: 0.5 },
    { ...labelFields, policyDigest: new Uint8Array(31) },
  ]
  for (const one of wrong) expect(() => secretLabel(one)).toThrow(code('argument.invalid'))
  expect(() => secretLabel({ ...labelFields, name: 'é'.repeat(128) })).not.toThrow()
})

test('whatever is drawn for a ciphertext is zeros afterwards', () => {
  const group = openNativeGroup()
  const drawn: Uint8Array[] = []
  const watched: Group = {
    ...group,
    randomSecret: (random) => {
      const secret = group.randomSecret(random)
      drawn.push(secret)
      return secret
    },
  }
  const networkKey = group.multiplySecret(keyBase(), group.readSecret(scalarBytes(5n)))
  encrypt(watched, { networkKey, label, plaintext: utf8('x') }, seededRandom('drawn'))
  expect(drawn).toHaveLength(1)
  expect(drawn[0]!.every((byte) => byte === 0)).toBe(true)
})
