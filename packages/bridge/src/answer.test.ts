// Answers become payloads by the definition's types, or a clear reason why not.
import { decodeAbiParameters, sha256, size } from 'viem'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeAnswer, encodeText, type Definition, type Field } from './index.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const definition = (...response: Field[]): Definition => ({
  format: 'wetee/api/v1',
  name: 'a',
  method: 'GET',
  path: '/',
  port: 80,
  request: [],
  response,
})
const one = (type: string, more: Partial<Field> = {}): Definition =>
  definition({ name: 'v', type, pointer: '', ...more })
const encode = (of: Definition, text: string, max = 4_096) => encodeAnswer(of, bytes(text), max)
const value = (of: Definition, text: string): unknown =>
  decodeAbiParameters([{ type: of.response[0]!.type }], encode(of, text))[0]
const code = (text: string): unknown => expect.objectContaining({ code: text })

test('values are taken by their pointers', () => {
  const of = definition(
    { name: 'price', type: 'uint256', pointer: '/data/1/price', decimals: 18 },
    { name: 'name', type: 'string', pointer: '/a~1b/m~0n' },
    { name: 'all', type: 'bytes32', from: 'digest' },
  )
  const text = '{"data":[{},{"price":6.25}],"a/b":{"m~n":"x"}}'
  expect(
    decodeAbiParameters(
      [{ type: 'uint256' }, { type: 'string' }, { type: 'bytes32' }],
      encode(of, text),
    ),
  ).toEqual([6_250_000_000_000_000_000n, 'x', sha256(bytes(text))])
})

test.each([
  [
    'uint256',
    '115792089237316195423570985008687907853269984665640564039457584007913129639935',
    0,
    2n ** 256n - 1n,
  ],
  ['uint256', '"12.345"', 2, 1234n],
  ['uint256', '0.1', 18, 10n ** 17n],
  ['int64', '-1.5e3', 1, -15_000n],
  ['uint8', '2.55E+2', 0, 255n],
  ['uint256', '1e-400', 18, 0n],
  ['uint256', '0e999', 0, 0n],
  ['int8', '-128', 0, -128],
])('%s of %s with %i decimals keeps every digit', (type, text, decimals, expected) => {
  expect(String(value(one(type, { decimals }), text))).toBe(String(expected))
})

test.each([
  ['uint8', '256'],
  ['uint8', '-1'],
  ['int8', '128'],
  ['uint256', '1e200'],
  ['uint256', '"0x10"'],
  ['uint256', '"1 "'],
  ['uint256', 'true'],
  ['uint256', 'null'],
  ['uint256', '{"text":"5"}'],
  ['bool', '1'],
  ['string', '5'],
  ['string', '"\\ud800"'],
  ['address', '"0x01"'],
  ['bytes', '"0x0"'],
  ['bytes4', '"0x0102030405"'],
  ['uint8[]', '{"0":1}'],
  ['uint8[]', '[1,null]'],
])('%s is not made of %s', (type, text) => {
  expect(() => encode(one(type), text)).toThrow(code('answer.field-wrong'))
})

test('lists, addresses and bytes of any case', () => {
  expect(value(one('uint16[]'), '[1,"2",3]')).toEqual([1, 2, 3])
  expect(value(one('bytes'), '"0xABcd"')).toBe('0xabcd')
  expect(value(one('address'), `"0x${'AB'.repeat(20)}"`)).toMatch(/^0x[abAB]{40}$/)
  expect(value(one('string', { from: 'body', pointer: undefined }), 'not { json')).toBe(
    'not { json',
  )
})

test('what is not there, no JSON, too deep or too long is said so', () => {
  for (const [pointer, text] of [
    ['/a', '{}'],
    ['/0', '[]'],
    ['/00', '[1]'],
    ['/a/b', '{"a":1}'],
    ['/__proto__', '{}'],
    ['/length', '[]'],
    ['/text', '5'],
  ] as const)
    expect(() => encode(one('string', { pointer }), text)).toThrow(code('answer.field-missing'))
  expect(() => encode(one('bool'), '{')).toThrow(code('answer.not-json'))
  expect(() => encode(one('bool'), '['.repeat(65) + ']'.repeat(65))).toThrow(
    code('answer.not-json'),
  )
  expect(() => encode(one('bool'), '['.repeat(1_000_000))).toThrow(code('answer.not-json'))
  expect(() => encodeAnswer(one('bool'), new Uint8Array([0xff]), 99)).toThrow(
    code('answer.not-json'),
  )
  expect(() => encode(one('string'), JSON.stringify('x'.repeat(100)), 128)).toThrow(
    code('answer.too-large'),
  )
})

test('a text fits whatever room there is, in whole characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 32, max: 300 }), (text, max) => {
      const payload = encodeText(text, max)
      expect(size(payload)).toBeLessThanOrEqual(Math.max(max, 64))
      const [back] = decodeAbiParameters([{ type: 'string' }], payload)
      expect(text.startsWith(back)).toBe(true)
    }),
  )
})

test('any bytes give a payload or one of the reasons', () => {
  const of = definition(
    { name: 'a', type: 'uint64', pointer: '/a', decimals: 3 },
    { name: 'b', type: 'string[]', pointer: '/b' },
  )
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
      try {
        encode(of, text)
      } catch (error) {
        expect((error as { code: string }).code).toMatch(/^answer\./)
      }
    }),
  )
})
