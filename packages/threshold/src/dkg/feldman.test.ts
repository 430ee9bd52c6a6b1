// Key generation and resharing against cases made with plain integer arithmetic elsewhere.
import { describe, expect, test } from 'vitest'
import type { Group, Point, SecretScalar } from '../group/group.ts'
import { openNativeGroup } from '../group/native-group.ts'
import { nobleGroup } from '../group/noble-group.ts'
import { lagrangeAtZero, readScalar, scalarBytes } from '../group/scalar.ts'
import { resharedKey, resharedShare } from '../resharing/resharing.ts'
import { combined, people, seeded, sessionOf } from '../testing/ceremony.ts'
import { readVectors } from '../testing/vectors-file.ts'
import type { Dealing } from './dealing.ts'
import { checkDealing, deal } from './dealing.ts'
import { networkKey, ownShare, type NetworkKey } from './network-key.ts'
import { evaluateSecret } from './polynomial.ts'
import { openShare, verifyShare } from './share.ts'

type Dealt = { index: number; coefficients: string[]; commitments: string[]; shares: string[] }
type Case = {
  n: number
  t: number
  dealers: Dealt[]
  qual: number[]
  secretShares: string[]
  publicShares: string[]
  groupPublicKey: string
  lagrange: { ids: number[]; atZero: string[] }
  thresholdDH: { U: string; partials: string[]; combined: string }
  reshare: {
    n: number
    t: number
    oldIds: number[]
    oldLagrange: string[]
    dealings: Omit<Dealt, 'coefficients'>[]
    newSecretShares: string[]
    newPublicShares: string[]
  }
}

const groups: [string, Group][] = [
  ['libsecp256k1', openNativeGroup()],
  ['noble', nobleGroup],
]
const file = readVectors<{ cases: Case[] }>(test, 'crypto/feldman-secp256k1/cases.json')
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'))

for (const [name, group] of file ? groups : [])
  describe.each(file?.cases ?? [])(`${name}: $t of $n`, (given) => {
    const secret = (text: string) => group.readSecret(bytesOf(text))
    const point = (text: string) => group.decode(bytesOf(text))
    const shown = (points: readonly (Point | undefined)[]) =>
      points.map((one) => one && hex(group.encode(one)))
    const { n, t, dealers, qual, reshare } = given
    const session = sessionOf(group, people(group, n, 'vectors'), t)
    const next = sessionOf(group, people(group, reshare.n, 'vectors'), reshare.t, { epoch: 2 })
    // The cases have no encryption: only what verifying takes is there.
    const dealingOf = ({ index, commitments }: Omit<Dealt, 'coefficients'>) =>
      ({ dealer: index, commitments: commitments.map(point) }) as unknown as Dealing
    const sharesOf = (all: readonly Omit<Dealt, 'coefficients'>[], member: number) =>
      new Map(all.map(({ index, shares }) => [index, secret(shares[member - 1]!)] as const))
    const inQual = dealers.filter(({ index }) => qual.includes(index))
    const keyOf = () => {
      const constants = inQual.map((one) => ({
        dealing: dealingOf(one),
        constant: group.generator,
      }))
      return networkKey(group, session, constants)
    }

    test('a dealer’s commitments and shares', () => {
      for (const { coefficients, commitments, shares } of dealers) {
        const secrets = coefficients.map(secret)
        expect(shown(secrets.map((a) => group.multiplyBase(a)))).toEqual(commitments)
        const dealt = session.members.map((member) => evaluateSecret(group, secrets, member.index))
        expect(dealt.map(hex)).toEqual(shares)
      }
    })

    test('a whole dealing of its coefficients carries the same', () => {
      for (const { index, coefficients, commitments, shares } of inQual) {
        const script = coefficients.slice(1).map(bytesOf)
        const rest = seeded('rest')
        const random = (size: number) => script.shift() ?? rest(size)
        const bytes = deal(group, session, index, secret(coefficients[0]!), random)
        const dealing = checkDealing(group, session, index, bytes)
        expect(shown(dealing.commitments)).toEqual(commitments)
        const who = people(group, n, 'vectors')
        const opened = who.keys.map((key, i) => openShare(group, session, dealing, i + 1, key)!)
        expect(opened.map(hex)).toEqual(shares)
      }
    })

    test('the shares fit their commitments, at their own index alone', () => {
      for (const one of dealers)
        one.shares.forEach((share, i) => {
          const fits = session.members.map(({ index }) =>
            verifyShare(group, dealingOf(one), index, secret(share)),
          )
          expect(fits).toEqual(session.members.map((_, j) => j === i))
        })
    })

    test('everybody’s shares and the key', () => {
      const key = keyOf()
      expect(key.qualified).toEqual(qual)
      expect(hex(group.encode(key.verificationKey))).toBe(given.groupPublicKey)
      expect(shown(key.publicShares)).toEqual(given.publicShares)
      const shares = session.members.map(({ index }) =>
        ownShare(group, key, index, sharesOf(dealers, index), seeded('own')),
      )
      expect(shares.map(hex)).toEqual(given.secretShares)
    })

    test('Lagrange coefficients and a product with the key', () => {
      const { ids, atZero } = given.lagrange
      expect(lagrangeAtZero(ids).map((value) => hex(scalarBytes(value)))).toEqual(atZero)
      const { U, partials, combined: expected } = given.thresholdDH
      const shares = given.secretShares.map(secret)
      const products = shares.map((share) => group.multiplySecret(point(U), share))
      expect(shown(products)).toEqual(partials)
      const some = ids.map((id) => [id, shares[id - 1]!] as [number, SecretScalar])
      expect(shown([combined(group, some, point(U))])).toEqual([expected])
    })

    test('a resharing', () => {
      const { oldIds, oldLagrange, dealings, newSecretShares, newPublicShares } = reshare
      expect(lagrangeAtZero(oldIds)).toEqual(oldLagrange.map((text) => readScalar(bytesOf(text))))
      const old: NetworkKey = keyOf()
      const read = dealings.map(dealingOf)
      for (const { dealer, commitments } of read)
        expect(commitments[0]).toEqual(old.publicShares[dealer - 1])
      for (const one of dealings)
        one.shares.forEach((share, i) => {
          expect(verifyShare(group, dealingOf(one), i + 1, secret(share))).toBe(true)
        })
      const key = resharedKey(group, next, old, read)
      expect(key.qualified).toEqual(oldIds)
      expect(shown([key.verificationKey])).toEqual([given.groupPublicKey])
      expect(shown(key.publicShares)).toEqual(newPublicShares)
      const shares = next.members.map(({ index }) =>
        resharedShare(group, key, index, sharesOf(dealings, index), seeded('new')),
      )
      expect(shares.map(hex)).toEqual(newSecretShares)
    })
  })
