// Proofs of logarithms on both back ends, and what must not pass for one.
import { describe, expect, test } from 'vitest'
import { proofBase, keyBase } from '../group/bases.ts'
import { ORDER, type Group, type RandomBytes } from '../group/group.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { nobleGroup } from '../group/noble-group.ts'
import { invertScalar, modOrder, readScalar, scalarBytes } from '../group/scalar.ts'
import { challengeOf, digestOf, frame } from '../transcript/transcript.ts'
import { proveDleq, verifyDleq, type DleqStatement } from './dleq.ts'
import { hedgedNonce } from './nonce.ts'
import { encodeProof, parseProof, proveEqual, verifyEqual, type Proof } from './proof.ts'
import { proveSchnorr, verifySchnorr } from './schnorr.ts'

const groups: [string, Group][] = [
  ['libsecp256k1', openNativeGroup()],
  ['noble', nobleGroup],
]
const code = (expected: string) => expect.objectContaining({ code: expected }) as Error
const brokenRandom: RandomBytes = (size) => new Uint8Array(size)
const counting = (): RandomBytes => {
  let calls = 0
  return (size) => new Uint8Array(size).fill(++calls)
}
const context = (text: string) => frame('test', new TextEncoder().encode(text))

describe.each(groups)('%s', (_name, group) => {
  const secret = group.readSecret(scalarBytes(123_456_789n))
  const bases: [ReturnType<typeof keyBase>, ReturnType<typeof keyBase>] = [
    group.generator,
    keyBase(),
  ]
  const images: [ReturnType<typeof keyBase>, ReturnType<typeof keyBase>] = [
    group.multiplyBase(secret),
    group.multiplySecret(keyBase(), secret),
  ]
  const statement: DleqStatement = { bases, images, context: context('a') }
  const proof = proveDleq(group, { ...statement, secret }, counting())
  const alone = { base: bases[1], image: images[1], context: context('a') }
  const possession = proveSchnorr(group, { ...alone, secret }, counting())

  test('a proof of its statement is accepted, before and after the wire', () => {
    expect(verifyDleq(group, statement, proof)).toBe(true)
    expect(verifySchnorr(group, alone, possession)).toBe(true)
    expect(parseProof(encodeProof(proof))).toEqual(proof)
    expect(encodeProof(proof)).toHaveLength(64)
  })

  test('a proof moved to any other statement is refused', () => {
    const other = proofBase()
    const [a, b] = bases
    const [x, y] = images
    for (const moved of [
      { ...statement, context: context('b') },
      { ...statement, context: new Uint8Array(0) },
      { ...statement, bases: [other, b] },
      { ...statement, bases: [a, other] },
      { ...statement, images: [other, y] },
      { ...statement, images: [x, other] },
      { ...statement, bases: [b, a] },
      { ...statement, bases: [b, a], images: [y, x] },
    ] as DleqStatement[])
      expect(verifyDleq(group, moved, proof)).toBe(false)
    for (const moved of [
      { ...alone, context: context('b') },
      { ...alone, base: other },
      { ...alone, image: other },
    ])
      expect(verifySchnorr(group, moved, possession)).toBe(false)
  })

  test('one kind of proof is not another kind, even for the same points', () => {
    const asOneBase = { tag: 'wetee/threshold/v1 dleq', context: alone.context }
    const points = { bases: [alone.base], images: [alone.image] }
    expect(verifyEqual(group, { ...asOneBase, ...points }, possession)).toBe(false)
    expect(verifySchnorr(group, alone, proof)).toBe(false)
  })

  test('images with two logarithms have no proof, whichever of them is known', () => {
    const second = group.readSecret(scalarBytes(7n))
    const unequal: DleqStatement = {
      ...statement,
      images: [images[0], group.multiplySecret(bases[1], second)],
    }
    for (const one of [secret, second]) {
      const wrong = proveDleq(group, { ...unequal, secret: one }, counting())
      expect(verifyDleq(group, unequal, wrong)).toBe(false)
    }
  })

  test('a proof of zeros, a negated one and a flipped byte are refused', () => {
    const zero: Proof = { challenge: 0n, response: 0n }
    expect(verifyDleq(group, statement, zero)).toBe(false)
    expect(verifyDleq(group, statement, { ...proof, response: 0n })).toBe(false)
    expect(verifyDleq(group, statement, { ...proof, challenge: 0n })).toBe(false)
    expect(
      verifyDleq(group, statement, {
        challenge: modOrder(-proof.challenge),
        response: modOrder(-proof.response),
      }),
    ).toBe(false)
    const bytes = encodeProof(proof)
    for (const [at, byte] of bytes.entries())
      expect(verifyDleq(group, statement, parseProof(bytes.with(at, byte ^ 1)))).toBe(false)
  })

  // A challenge that leaves the image out lets a prover choose the image last, for any response:
  // of key generation that is a proof of possession for a key that the prover does not have.
  test('an image computed after the challenge does not pass', () => {
    const tag = 'wetee/threshold/v1 schnorr'
    const commitment = group.multiply(group.generator, 5n)
    const encoded = group.encode(commitment)
    const response = 13n
    for (const said of [[alone.context], [digestOf(tag, alone.context)], []]) {
      const challenge = challengeOf(tag, ...said, encoded)
      const image = group.multiplyMany(
        [group.generator, commitment],
        [modOrder(response * invertScalar(challenge)), modOrder(-invertScalar(challenge))],
      )
      const forged = { base: group.generator, image: image!, context: alone.context }
      expect(verifySchnorr(group, forged, { challenge, response })).toBe(false)
    }
  })

  test('nonces under a broken source of randomness differ between messages', () => {
    const nonce = (message: string) =>
      readScalar(hedgedNonce(group, { secret, message: context(message) }, brokenRandom))
    expect(nonce('a')).not.toBe(nonce('b'))
    expect(nonce('a')).toBe(nonce('a'))
    const other = group.readSecret(scalarBytes(9n))
    expect(
      readScalar(hedgedNonce(group, { secret: other, message: context('a') }, brokenRandom)),
    ).not.toBe(nonce('a'))
    const working = counting()
    const fresh = () => readScalar(hedgedNonce(group, { secret, message: context('a') }, working))
    expect(fresh()).not.toBe(fresh())
  })

  // Two responses to two challenges under one nonce give (z1 - z2) / (c1 - c2) = secret.
  test('two proofs under a broken source of randomness do not give the secret away', () => {
    const extract = (first: Proof, second: Proof) =>
      modOrder(
        (first.response - second.response) * invertScalar(first.challenge - second.challenge),
      )
    const [one, two] = ['one', 'two'].map((text) =>
      proveSchnorr(group, { ...alone, secret, context: context(text) }, brokenRandom),
    ) as [Proof, Proof]
    expect(extract(one, two)).not.toBe(readScalar(secret))
    // The same attack where the nonce is one for both.
    const repeated = (challenge: bigint): Proof => ({
      challenge,
      response: modOrder(77n + challenge * readScalar(secret)),
    })
    expect(extract(repeated(3n), repeated(4n))).toBe(readScalar(secret))
  })

  // Once done in another project: R = X, response = (1 + challenge) * share.
  test('a nonce is never the secret itself', () => {
    expect(
      readScalar(hedgedNonce(group, { secret, message: context('a') }, brokenRandom)),
    ).not.toBe(readScalar(secret))
    expect(possession.response).not.toBe(modOrder((1n + possession.challenge) * readScalar(secret)))
  })

  test('a proof leaves its secret as it was', () => {
    expect(readScalar(secret)).toBe(123_456_789n)
  })

  test('wrong numbers of points or bytes are refused', () => {
    const none = { tag: 't', context: context('a'), bases: [], images: [] }
    expect(() => proveEqual(group, { ...none, secret }, counting())).toThrow(
      code('argument.invalid'),
    )
    expect(verifyEqual(group, none, proof)).toBe(false)
    const lacking = { ...none, bases: [...bases], images: [images[0]] }
    expect(verifyEqual(group, lacking, proof)).toBe(false)
    for (const bad of [
      new Uint8Array(63),
      new Uint8Array(65),
      new Uint8Array(64).fill(0xff),
      Uint8Array.of(...scalarBytes(ORDER), ...scalarBytes(1n)),
      Uint8Array.of(...scalarBytes(1n), ...scalarBytes(ORDER)),
    ])
      expect(() => parseProof(bad)).toThrow(code('scalar.invalid'))
    expect(() =>
      hedgedNonce(group, { secret, message: context('a') }, () => new Uint8Array(31)),
    ).toThrow(code('argument.invalid'))
  })
})

test('both back ends make the same proof of the same randomness', () => {
  const made = groups.map(([, group]) => {
    const secret = group.readSecret(scalarBytes(42n))
    const image = group.multiplyBase(secret)
    const statement = { base: group.generator, image, context: context('a') }
    return proveSchnorr(group, { ...statement, secret }, counting())
  })
  expect(made[0]).toEqual(made[1])
})

test('whatever is drawn or computed for a proof is zeros afterwards', () => {
  const group = openNativeGroup()
  const made: Uint8Array[] = []
  const noted = <T extends Uint8Array>(secret: T): T => {
    made.push(secret)
    return secret
  }
  const watched: Group = {
    ...group,
    readSecret: (bytes) => noted(group.readSecret(bytes)),
    scaleSecret: (secret, factor) => noted(group.scaleSecret(secret, factor)),
  }
  const secret = group.readSecret(scalarBytes(42n))
  const image = group.multiplyBase(secret)
  const statement = { base: group.generator, image, context: context('a') }
  proveSchnorr(watched, { ...statement, secret }, counting())
  // The nonce, and challenge times secret.
  expect(made).toHaveLength(2)
  expect(made.every((bytes) => bytes.every((byte) => byte === 0))).toBe(true)
})
