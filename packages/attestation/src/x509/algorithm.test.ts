// Algorithms of certificates: those that vendors use, to the last byte, and none beside them.
import { expect, test } from 'vitest'
import { DerReader } from '../der/reader.ts'
import { bits, element, integer, octets, oid, sequence } from '../simulated/der-writer.ts'
import { readPublicKey, readSignature, readSignatureKind } from './algorithm.ts'

const reader = (bytes: Uint8Array) => new DerReader(bytes)
const refuses = (read: () => unknown) =>
  expect(read).toThrow(expect.objectContaining({ name: 'AttestationError', code: 'der.malformed' }))

const NULL = element(0x05)
const SHA384 = sequence(oid('2.16.840.1.101.3.4.2.2'), NULL)
const MGF1 = sequence(oid('1.2.840.113549.1.1.8'), SHA384)
type Pss = { hash?: Uint8Array; mask?: Uint8Array; salt?: number; more?: Uint8Array[] }
const pss = ({ hash = SHA384, mask = MGF1, salt = 48, more = [] }: Pss = {}) =>
  sequence(
    oid('1.2.840.113549.1.1.10'),
    sequence(
      element(0xa0, hash),
      element(0xa1, mask),
      element(0xa2, element(0x02, Uint8Array.of(salt))),
      ...more,
    ),
  )
const SHA256 = sequence(oid('2.16.840.1.101.3.4.2.1'), NULL)

test('three kinds of signatures are known by their algorithms', () => {
  const kindOf = (bytes: Uint8Array) => readSignatureKind(reader(bytes))
  expect(kindOf(sequence(oid('1.2.840.10045.4.3.2')))).toBe('p256')
  expect(kindOf(sequence(oid('1.2.840.10045.4.3.3')))).toBe('p384')
  expect(kindOf(pss())).toBe('rsa')
  expect(kindOf(pss({ more: [element(0xa3, integer(Uint8Array.of(1)))] }))).toBe('rsa')
})

test.each<[string, Uint8Array]>([
  ['PSS with 32 bytes of salt', pss({ salt: 32 })],
  ['PSS with another hash', pss({ hash: SHA256 })],
  [
    'PSS with another hash in its mask',
    pss({ mask: sequence(oid('1.2.840.113549.1.1.8'), SHA256) }),
  ],
  ['PSS with another trailer', pss({ more: [element(0xa3, integer(Uint8Array.of(2)))] })],
  ['PSS without parameters', sequence(oid('1.2.840.113549.1.1.10'))],
  ['PKCS 1 version 1.5', sequence(oid('1.2.840.113549.1.1.12'), NULL)],
  ['ECDSA with SHA-1', sequence(oid('1.2.840.10045.4.1'))],
  ['ECDSA with SHA-512', sequence(oid('1.2.840.10045.4.3.4'))],
  ['Ed25519', sequence(oid('1.3.101.112'))],
  ['ECDSA with parameters', sequence(oid('1.2.840.10045.4.3.2'), NULL)],
])('a signature by %s is refused', (_what, bytes) =>
  refuses(() => readSignatureKind(reader(bytes))),
)

test('signatures have the size of their kind', () => {
  const of = (kind: 'p256' | 'p384' | 'rsa', bytes: Uint8Array, unused = 0) =>
    readSignature(reader(bits(bytes, unused)), kind)
  const pair = (size: number) => sequence(integer(new Uint8Array(size).fill(1)), integer(1))
  expect(of('p256', pair(32))).toHaveLength(64)
  expect(of('p384', pair(48))).toHaveLength(96)
  expect(of('rsa', new Uint8Array(512))).toHaveLength(512)
  refuses(() => of('p256', pair(33)))
  refuses(() => of('p384', pair(49)))
  refuses(() => of('p256', Uint8Array.of(...pair(32), 0)))
  for (const size of [0, 384, 511, 513]) refuses(() => of('rsa', new Uint8Array(size)))
  refuses(() => of('rsa', new Uint8Array(512), 1))
})

const point = (size: number, tag = 4) => bits(new Uint8Array(1 + 2 * size).fill(7).with(0, tag))
const ec = (curve: string, key: Uint8Array, type = '1.2.840.10045.2.1') =>
  sequence(sequence(oid(type), oid(curve)), key)
const P256 = '1.2.840.10045.3.1.7'
const P384 = '1.3.132.0.34'
const rsa = (bytes = 512, exponent = Uint8Array.of(1, 0, 1), parameters = NULL) =>
  sequence(
    sequence(oid('1.2.840.113549.1.1.1'), parameters),
    bits(sequence(integer(new Uint8Array(bytes).fill(0xff)), integer(exponent))),
  )

test('three kinds of keys are read', () => {
  const kindOf = (bytes: Uint8Array) => readPublicKey(reader(bytes)).kind
  expect([ec(P256, point(32)), ec(P384, point(48)), rsa()].map(kindOf)).toEqual([
    'p256',
    'p384',
    'rsa',
  ])
})

test.each<[string, Uint8Array]>([
  ['P-521', ec('1.3.132.0.35', point(66))],
  ['secp256k1', ec('1.3.132.0.10', point(32))],
  ['a curve that is as large as P-384', ec('1.3.36.3.3.2.8.1.1.11', point(48))],
  ['a curve but another type', ec(P256, point(32), '1.3.132.1.12')],
  ['P-256 with a point of P-384', ec(P256, point(48))],
  ['a point in another form', ec(P256, point(32, 6))],
  ['RSA of 2048 bits', rsa(256)],
  ['RSA of 4104 bits', rsa(513)],
  ['RSA with the exponent 3', rsa(512, Uint8Array.of(3))],
  ['RSA with parameters', rsa(512, Uint8Array.of(1, 0, 1), element(0x05, Uint8Array.of(0)))],
  ['RSA with other parameters', rsa(512, Uint8Array.of(1, 0, 1), octets(Uint8Array.of()))],
])('a key of %s is refused', (_what, bytes) => refuses(() => readPublicKey(reader(bytes))))
