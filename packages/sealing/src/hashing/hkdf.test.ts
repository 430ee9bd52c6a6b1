// HKDF is that of RFC 5869 and of node:crypto, and both ways to SHA-256 are one.
import { createHmac, hkdfSync } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expand, extract, hkdf } from './hkdf.ts'
import { sha256 as nodeSha256 } from './node-sha256.ts'
import { sha256 as webSha256 } from './web-sha256.ts'

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
const any = (maxLength: number) => fc.uint8Array({ maxLength })

// RFC 5869, appendices A.1 and A.3.
test('gives the test cases of RFC 5869', () => {
  const secret = bytes('0b'.repeat(22))
  const key = extract(bytes('000102030405060708090a0b0c'), secret)
  expect(hex(key)).toBe('077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5')
  expect(hex(expand(key, 42, bytes('f0f1f2f3f4f5'), bytes('f6f7f8f9')))).toBe(
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  )
  expect(hex(hkdf(secret, new Uint8Array(0), 42))).toBe(
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  )
})

test('is that of node:crypto for every secret, salt, info and size', () => {
  fc.assert(
    fc.property(any(5000), any(64), any(300), fc.integer({ min: 1, max: 200 }), (...given) => {
      const [secret, salt, info, size] = given
      const key = extract(salt, secret.subarray(0, 9), secret.subarray(9))
      expect(hex(key)).toBe(createHmac('sha256', salt).update(secret).digest('hex'))
      const expected = hex(new Uint8Array(hkdfSync('sha256', secret, salt, info, size)))
      expect(hex(expand(key, size, info))).toBe(expected)
    }),
  )
})

test('gives no more than RFC 5869 allows, and takes no key that would have to be hashed first', () => {
  const key = extract(bytes(''), bytes('01'))
  expect(expand(key, 8160, bytes('02'))).toHaveLength(8160)
  expect(() => expand(key, 8161, bytes('02'))).toThrow(RangeError)
  expect(() => extract(new Uint8Array(65), bytes('01'))).toThrow(RangeError)
})

test('leaves what it was given as it is', () => {
  const [secret, info] = [bytes('0102'), bytes('0304')]
  hkdf(secret, info, 64)
  expect([hex(secret), hex(info)]).toEqual(['0102', '0304'])
})

test('node:crypto and JavaScript have one SHA-256', () => {
  fc.assert(fc.property(any(300), (given) => hex(nodeSha256(given)) === hex(webSha256(given))))
})
