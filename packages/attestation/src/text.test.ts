// Base64, hex and JSON: one text per value.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBase64, toBase64 } from './base64.ts'
import { bareHex, fromHex, parseBareHex, toHex, unsigned } from './bytes.ts'
import { parseJson } from './json.ts'

test('base64 is that of the platform, and read back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
      expect(fromBase64(toBase64(bytes))).toEqual(bytes)
    }),
  )
})

test('a text that is read as base64 is the only one for its bytes', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'ABcd01+/=-_ \n'), maxLength: 12 }),
      (text) => {
        const bytes = fromBase64(text)
        if (bytes !== undefined) expect(toBase64(bytes)).toBe(text)
      },
    ),
    { numRuns: 2000 },
  )
  for (const text of ['A', 'AA', 'AAA', 'AB==', 'AAB=', 'A===', '====', 'AA=A', '=AAA', '__8='])
    expect(fromBase64(text), text).toBeUndefined()
})

test('hex is read back, in either case, with nothing around it', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(parseBareHex(bareHex(bytes))).toEqual(bytes)
      expect(parseBareHex(bareHex(bytes).toUpperCase())).toEqual(bytes)
      expect(fromHex(toHex(bytes), bytes.length, 'x')).toEqual(bytes)
    }),
  )
  for (const text of ['0', '0g', ' 00', '00\n', '0x00', '+1', 'ā0', '0ā', '\u{1f600}'])
    expect(parseBareHex(text)).toBeUndefined()
})

test('JSON is what the platform reads', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseJson(text, 'document.malformed')).toEqual(JSON.parse(text))
    }),
  )
})

test.each([
  ['not JSON', '{a:1}'],
  ['a key twice', '{"a":1,"a":2}'],
  ['a key twice, once escaped', '{"a":1,"\\u0061":2}'],
  ['a key twice further down', '[{"b":[{"a":1,"c":{"a":1},"a":2}]}]'],
  ['33 levels', `${'['.repeat(33)}${']'.repeat(33)}`],
])('%s is refused', (_what, text) => {
  expect(() => parseJson(text, 'document.malformed')).toThrow(
    expect.objectContaining({ code: 'document.malformed' }),
  )
})

test.each([
  '{"a":1,"b":{"a":1}}',
  '[{"a":1},{"a":1}]',
  '{"a":"\\"a\\":1,{"}',
  `${'['.repeat(32)}${']'.repeat(32)}`,
])('%s is read', (text) => {
  expect(parseJson(text, 'document.malformed')).toEqual(JSON.parse(text))
})

test('an integer has its bytes whatever its size, as a number and as a bigint', () => {
  const around = [0n, 1n, 255n, 256n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 64n - 1n, 2n ** 256n - 1n]
  const any = fc.oneof(fc.constantFrom(...around), fc.bigInt(0n, 2n ** 256n - 1n))
  fc.assert(
    fc.property(any, (value) => {
      const digits = value.toString(16).padStart(64, '0')
      expect(bareHex(unsigned(value, 32, 'x'))).toBe(digits)
      if (value <= Number.MAX_SAFE_INTEGER)
        expect(bareHex(unsigned(Number(value), 8, 'x'))).toBe(digits.slice(-16))
    }),
  )
  const outside = [-1, -1n, 0.5, 256, 256n, 2 ** 53, Number.NaN]
  for (const value of outside) expect(() => unsigned(value, 1, 'x'), String(value)).toThrow()
})
