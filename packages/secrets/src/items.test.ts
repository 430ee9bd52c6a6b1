// What one request asks for: bounded, nothing twice, one digest.
import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  parseReleaseItems,
  readReleaseItems,
  releaseItemsDigest,
  UNKNOWN_DIGEST,
  type SecretItem,
} from './index.ts'

const item: SecretItem = { appId: '7', name: 'token', version: 1, digest: 'ab'.repeat(32) }
const invalid: unknown = expect.objectContaining({ code: 'release.items-invalid' })

test('the digest is SHA-256 of the RFC 8785 text, in the order asked for', () => {
  const text = `{"keys":["disk/data"],"secrets":[{"appId":"7","digest":"${'ab'.repeat(32)}","name":"token","version":1}]}`
  const expected = createHash('sha256').update(text).digest('hex')
  expect(releaseItemsDigest({ secrets: [item], keys: ['disk/data'] })).toBe(`0x${expected}`)
  const other = { ...item, name: 'b', digest: 'cd'.repeat(32) }
  expect(releaseItemsDigest({ secrets: [item, other], keys: [] })).not.toBe(
    releaseItemsDigest({ secrets: [other, item], keys: [] }),
  )
})

test('the digest is that of the RFC 8785 text whatever is asked for, read or written', () => {
  const path = fc.string({ unit: 'binary', minLength: 1, maxLength: 60 })
  const secret = fc.record({
    version: fc.integer({ min: 1, max: 0xffff_ffff }),
    name: fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/),
    digest: fc.stringMatching(/^[1-9a-f]{64}$/),
    appId: fc.bigInt(1n, 2n ** 64n - 1n).map(String),
  })
  const bySecret = { selector: ({ appId, name }: SecretItem) => `${appId}/${name}` }
  const items = fc.record({
    secrets: fc.uniqueArray(secret, { maxLength: 5, ...bySecret }),
    keys: fc.uniqueArray(path, { minLength: 1, maxLength: 5 }),
  })
  fc.assert(
    fc.property(items, (given) => {
      const text = canonicalize(given) ?? ''
      const expected = `0x${createHash('sha256').update(text).digest('hex')}`
      expect(releaseItemsDigest(given)).toBe(expected)
      expect(readReleaseItems(given)).toEqual({ items: given, itemsDigest: expected })
    }),
  )
})

test('the largest request has a digest', () => {
  const secrets = Array.from({ length: 64 }, (_, n) => ({
    appId: String(2n ** 64n - 1n),
    name: `${'n'.repeat(62)}${String(n).padStart(2, '0')}`,
    version: 0xffff_ffff,
    digest: n.toString(16).padStart(64, '0').replace(/^0/, '1'),
  }))
  // A control character is six of JSON.
  const keys = Array.from({ length: 16 }, (_, n) => `${'\u0001'.repeat(254)}${n + 10}`)
  expect(releaseItemsDigest(parseReleaseItems({ secrets, keys }))).toMatch(/^0x[0-9a-f]{64}$/)
})

test('several secrets whose versions are not known may be asked for together', () => {
  const unknown = (name: string) => ({ ...item, name, version: 0, digest: UNKNOWN_DIGEST })
  expect(
    parseReleaseItems({ secrets: [unknown('a'), unknown('b')], keys: [] }).secrets,
  ).toHaveLength(2)
})

describe('refused', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, n) => ({
      ...item,
      name: `n${n}`,
      digest: n.toString(16).padStart(64, '1'),
    }))
  test.each([
    ['nothing', { secrets: [], keys: [] }],
    ['a secret twice', { secrets: [item, { ...item, digest: 'cd'.repeat(32) }], keys: [] }],
    ['a ciphertext twice', { secrets: [item, { ...item, name: 'b' }], keys: [] }],
    ['a key twice', { secrets: [], keys: ['a', 'a'] }],
    ['65 secrets', { secrets: many(65), keys: [] }],
    ['17 keys', { secrets: [], keys: Array.from({ length: 17 }, (_, n) => `k${n}`) }],
    ['an empty path', { secrets: [], keys: [''] }],
    ['a path of 257 bytes', { secrets: [], keys: [`${'é'.repeat(128)}x`] }],
    ['half a surrogate pair', { secrets: [], keys: ['\ud800'] }],
    ['application 0', { secrets: [{ ...item, appId: '0' }], keys: [] }],
    ['a number with a zero before', { secrets: [{ ...item, appId: '07' }], keys: [] }],
    ['a number that is none', { secrets: [{ ...item, appId: '7a' }], keys: [] }],
    ['no number', { secrets: [{ ...item, appId: '' }], keys: [] }],
    ['65 bits', { secrets: [{ ...item, appId: String(2n ** 64n) }], keys: [] }],
    ['a number that is no text', { secrets: [{ ...item, appId: 7 }], keys: [] }],
    ['a name with a dot in front', { secrets: [{ ...item, name: '.a' }], keys: [] }],
    ['a name of 65', { secrets: [{ ...item, name: 'a'.repeat(65) }], keys: [] }],
    ['a slash', { secrets: [{ ...item, name: 'a/b' }], keys: [] }],
    ['a line break after a name', { secrets: [{ ...item, name: 'a\n' }], keys: [] }],
    ['version 0 with a digest', { secrets: [{ ...item, version: 0 }], keys: [] }],
    ['a version without a digest', { secrets: [{ ...item, digest: UNKNOWN_DIGEST }], keys: [] }],
    ['33 bits of version', { secrets: [{ ...item, version: 2 ** 32 }], keys: [] }],
    ['a digest with 0x', { secrets: [{ ...item, digest: `0x${item.digest}` }], keys: [] }],
    ['a digest in upper case', { secrets: [{ ...item, digest: 'AB'.repeat(32) }], keys: [] }],
    ['an unknown field', { secrets: [{ ...item, mode: 1 }], keys: [] }],
    ['no keys', { secrets: [item] }],
    ['no object', null],
  ])('%s', (_, value) => {
    expect(() => parseReleaseItems(value)).toThrow(invalid)
    expect(() => readReleaseItems(value)).toThrow(invalid)
  })
})
