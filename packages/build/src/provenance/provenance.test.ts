// Provenance: what is written is read again, and everything else is refused before it is believed.
import { generateKeyPairSync, sign, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import type { BuiltImage } from '../build.ts'
import {
  bytesToSign,
  encodeEnvelope,
  openEnvelope,
  parseEnvelope,
  payloadType,
  sealProvenance,
  type EnvelopeSignature,
} from './envelope.ts'
import { describeImage } from './describe.ts'
import { encodeProvenance, parseProvenance } from './statement.ts'

const hex = (digit: string) => digit.repeat(64)
const digest = (digit: string) => `sha256:${hex(digit)}` as const
const image: BuiltImage = {
  ...{ digest: digest('a'), configDigest: digest('b'), size: 1, layout: '/x' },
  ...{ preset: 'node', port: 8080, timeSeconds: 5, cached: false, installScripts: [] },
  source: {
    commit: 'c'.repeat(40),
    uri: 'git@example.org:a/b.git',
    tree: { sha1: 'd'.repeat(40), sha256: hex('e') },
    sizeBytes: 1,
    files: 1,
  },
  materials: [{ uri: 'pkg:npm/x@1', digest: { sha512: 'f'.repeat(128) } }],
}
const provenance = describeImage(image)
const text = new TextDecoder().decode(encodeProvenance(provenance))
const refused = expect.objectContaining({ code: 'build.provenance-invalid' }) as Error
const encode = (value: string) => new TextEncoder().encode(value)

const keys = generateKeyPairSync('ed25519')
const signer = (bytes: Uint8Array): EnvelopeSignature => ({
  keyId: 'k',
  signature: sign(null, bytes, keys.privateKey),
})
const isGood = (bytes: Uint8Array, { signature }: EnvelopeSignature) =>
  verify(null, bytes, keys.publicKey, signature)

test('a statement names image, commit, trees and materials, and is read as it was written', () => {
  expect(parseProvenance(encodeProvenance(provenance))).toEqual(provenance)
  expect(provenance.predicate.buildDefinition.resolvedDependencies).toEqual([
    {
      uri: `git+ssh://git@example.org/a/b.git@${'c'.repeat(40)}`,
      digest: { gitCommit: 'c'.repeat(40), gitTree: 'd'.repeat(40), gitTreeSha256: hex('e') },
    },
    ...image.materials,
  ])
})

test.each([
  ['no JSON', '{'],
  ['another type', text.replace('Statement/v1', 'Statement/v0.1')],
  ['another predicate', text.replace('provenance/v1', 'provenance/v0.2')],
  ['no subject', text.replace(/"subject":\[.*?\}\}\]/, '"subject":[]')],
  ['a digest that is none', text.replace(hex('a'), 'zz')],
  ['an upper-case digest', text.replace(hex('a'), hex('A'))],
  ['a builder without a name', text.replace('urn:wetee:builder:local', '')],
])('a statement with %s is refused', (_, changed) => {
  expect(changed).not.toBe(text)
  expect(() => parseProvenance(encode(changed))).toThrow(refused)
})

test('the bytes that are signed are those of the DSSE specification', () => {
  expect(new TextDecoder().decode(bytesToSign(encode('{}')))).toBe(
    'DSSEv1 28 application/vnd.in-toto+json 2 {}',
  )
})

test('a signed envelope opens with the key alone, and not when a byte was changed', () => {
  const sealed = sealProvenance(provenance, signer)
  expect(openEnvelope(sealed, isGood)).toEqual(provenance)
  const other = generateKeyPairSync('ed25519').publicKey
  expect(() =>
    openEnvelope(sealed, (b, { signature }) => verify(null, b, other, signature)),
  ).toThrow(refused)
  const { signatures } = parseEnvelope(sealed)
  const payload = encode(text.replace(hex('a'), hex('9')))
  expect(() => openEnvelope(encodeEnvelope({ payload, signatures }), isGood)).toThrow(refused)
  // A signature of the payload alone, or under another type, is not one of the envelope.
  const bare = { keyId: 'k', signature: sign(null, payload, keys.privateKey) }
  expect(() => openEnvelope(encodeEnvelope({ payload, signatures: [bare] }), isGood)).toThrow(
    refused,
  )
})

test('one good signature among others is enough, whatever their key ids say', () => {
  const { payload, signatures } = parseEnvelope(sealProvenance(provenance, signer))
  const bad = { keyId: 'k', signature: new Uint8Array(64) }
  const good = signatures.map((one) => ({ ...one, keyId: 'somebody' }))
  expect(openEnvelope(encodeEnvelope({ payload, signatures: [bad, ...good] }), isGood)).toEqual(
    provenance,
  )
})

const envelope = { payloadType, payload: 'e30=', signatures: [{ keyid: '', sig: 'AA==' }] }
test.each([
  ['no signature', { ...envelope, signatures: [] }],
  [
    'too many signatures',
    { ...envelope, signatures: Array.from({ length: 9 }, () => envelope.signatures[0]) },
  ],
  ['an empty signature', { ...envelope, signatures: [{ sig: '' }] }],
  ['a long signature', { ...envelope, signatures: [{ sig: 'A'.repeat(2000) }] }],
  ['another payload type', { ...envelope, payloadType: 'text/plain' }],
  ['base64 of another spelling', { ...envelope, payload: 'e30' }],
  ['no payload', { ...envelope, payload: undefined }],
  ['a list in its place', []],
])('an envelope with %s is refused', (_, value) => {
  expect(() => parseEnvelope(JSON.stringify(value))).toThrow(refused)
})
