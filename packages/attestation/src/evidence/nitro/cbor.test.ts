// CBOR: what is read, and everything that is not, after RFC 8949 appendix A and F.
import { encode } from 'cborg'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AttestationError } from '../../error.ts'
import { decodeCbor, encodeCborBytes, type CborValue } from './cbor.ts'

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const messageOf = (bytes: Uint8Array) => {
  try {
    decodeCbor(bytes)
  } catch (error) {
    if (error instanceof AttestationError && error.code === 'nitro.malformed') return error.message
    throw error
  }
  return 'accepted'
}

describe('a value is read', () => {
  test.each<[string, CborValue]>([
    ['00', 0],
    ['17', 23],
    ['1818', 24],
    ['1903e8', 1000],
    ['1b0000019b56410112', 1766678659346],
    ['1b001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['3822', -35],
    ['f6', null],
    ['40', new Uint8Array()],
    ['4401020304', Uint8Array.of(1, 2, 3, 4)],
    ['6161', 'a'],
    ['62c3bc', 'ü'],
    ['63efbbbf', '\ufeff'],
    ['3b001ffffffffffffe', -Number.MAX_SAFE_INTEGER],
    ['80', []],
    ['9fff', []],
    ['83018202039f0405ff', [1, [2, 3], [4, 5]]],
    ['a0', new Map()],
    ['bfff', new Map()],
    [
      'bf6161016162f6ff',
      new Map<string, CborValue>([
        ['a', 1],
        ['b', null],
      ]),
    ],
    [
      'a201020304',
      new Map([
        [1, 2],
        [3, 4],
      ]),
    ],
  ])('%s', (hex, value) => {
    expect(decodeCbor(bytesOf(hex))).toEqual(value)
  })

  test('whatever it is, once it is within the bounds', () => {
    const { value } = fc.letrec<{ value: CborValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3, depthIdentifier: 'value' },
        fc.nat(),
        fc.maxSafeNat(),
        fc.integer({ max: -1 }),
        fc.uint8Array({ maxLength: 300 }),
        fc.string({ unit: 'grapheme', maxLength: 30 }),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc
          .uniqueArray(fc.tuple(fc.oneof(fc.nat(), fc.string()), tie('value')), {
            selector: ([key]) => key,
            maxLength: 3,
          })
          .map((entries) => new Map(entries)),
      ),
    }))
    fc.assert(
      fc.property(value, (given) => {
        const copy = decodeCbor(encode(given))
        expect(encode(copy)).toEqual(encode(given))
      }),
    )
  })
})

describe('refused:', () => {
  test.each([
    ['nothing', '', 'ends too early'],
    ['a head without its argument', '19', 'ends too early'],
    ['a head with half of its argument', '1b00000000', 'ends too early'],
    ['a string cut', '4301', 'too long'],
    ['a list cut', '8201', 'too long'],
    ['an open list', '9f', 'ends too early'],
    ['an open map', 'bf6161', 'ends too early'],
    ['bytes left over', '0000', 'left over'],
    ['a value after a list', '8000', 'left over'],
    ['a list of 4 GiB', '9affffffff', 'too long'],
    ['a list of 2^64-1', '9bffffffffffffffff', 'too long'],
    ['a map of 2^64-1', 'bbffffffffffffffff', 'too long'],
    ['a map of half of what it says', 'a2616101', 'too long'],
    ['bytes of 2 GiB', '5a80000000', 'too long'],
    ['bytes of 2^64-1', '5bffffffffffffffff', 'too long'],
    ['text of 2^53', '7b0020000000000000', 'too long'],
    ['bytes of indefinite length', '5f4100ff', 'indefinite length'],
    ['text of indefinite length', '7f6161ff', 'indefinite length'],
    ['reserved 28', '1c', 'reserved'],
    ['reserved 29', '9d', 'reserved'],
    ['reserved 30', 'fe', 'reserved'],
    ['an integer of indefinite length', '1f', 'reserved'],
    ['a negative integer of indefinite length', '3f', 'reserved'],
    ['a tag', 'c100', 'a tag'],
    ['a tag without content', 'd2', 'a tag'],
    ['a tag of indefinite length', 'df', 'a tag'],
    ['false', 'f4', 'simple value'],
    ['true', 'f5', 'simple value'],
    ['undefined', 'f7', 'simple value'],
    ['a simple value', 'f0', 'simple value'],
    ['a simple value of two bytes', 'f8ff', 'simple value'],
    ['half a float', 'f97e00', 'simple value'],
    ['a float', 'fa47c35000', 'simple value'],
    ['a double', 'fb3ff199999999999a', 'simple value'],
    ['a break alone', 'ff', 'break'],
    ['a break in a list of definite length', '82ff00', 'break'],
    ['a break in a map of definite length', 'a1ff00', 'break'],
    ['a break in place of a value', 'bf6161ff', 'break'],
    ['a break in place of a value, and one more', 'bf6161ffff', 'break'],
    ['a key that is bytes', 'a1416101', 'key'],
    ['a key that is a list', 'a18001', 'key'],
    ['a key that is null', 'a1f601', 'key'],
    ['a key that is negative', 'a12001', 'key'],
    ['text that is not UTF-8', '62c328', 'UTF-8'],
    ['text with half a surrogate', '63eda080', 'UTF-8'],
    ['a key that is not UTF-8', 'a161ff00', 'UTF-8'],
    ['23 in two bytes', '1817', 'shortest'],
    ['0 in nine bytes', '1b0000000000000000', 'shortest'],
    ['-24 in two bytes', '3817', 'shortest'],
    ['a length in two bytes', '580161', 'shortest'],
    ['a length of text in three bytes', '79000161', 'shortest'],
    ['a list’s length in two bytes', '980100', 'shortest'],
    ['a map’s length in five bytes', 'ba0000000101' + '02', 'shortest'],
    ['an integer of 2^53', '1b0020000000000000', 'shortest'],
    ['a negative integer below -2^53', '3b0020000000000000', 'shortest'],
    ['a negative integer of -2^53', '3b001fffffffffffff', 'shortest'],
    ['a key twice', 'a2616101616102', 'twice'],
    ['a numeric key twice', 'bf00010002ff', 'twice'],
    ['a key twice, deep inside', '81a200010002', 'twice'],
  ])('%s', (_what, hex, message) => {
    expect(messageOf(bytesOf(hex))).toMatch(message)
  })

  test('more than 4 levels, however many', () => {
    const nested = (depth: number) => bytesOf('81'.repeat(depth) + '00')
    expect(messageOf(nested(4))).toBe('accepted')
    for (const depth of [5, 100, 100_000]) expect(messageOf(nested(depth))).toMatch('4 levels')
    expect(messageOf(bytesOf('9f'.repeat(100_000)))).toMatch('4 levels')
    expect(messageOf(bytesOf('a100'.repeat(100_000)))).toMatch('4 levels')
    expect(messageOf(bytesOf('c1'.repeat(100_000)))).toMatch('a tag')
  })

  test('more than 256 values', () => {
    const list = (length: number) => Uint8Array.of(0x9f, ...Array<number>(length).fill(0), 0xff)
    expect(messageOf(list(254))).toBe('accepted')
    expect(messageOf(list(255))).toMatch('256 values')
    expect(messageOf(list(100_000))).toMatch('256 values')
  })
})

test('bytes that are read are copies', () => {
  const given = Buffer.from('4401020304', 'hex')
  const read = decodeCbor(given)
  given.fill(0)
  expect(read).toEqual(Uint8Array.of(1, 2, 3, 4))
})

test.each([0, 1, 23, 24, 255, 256, 65_535, 65_536, 70_000])(
  'byte strings of %s bytes are written as another encoder writes them',
  (length) => {
    const bytes = new Uint8Array(length).fill(7)
    expect(Buffer.from(encodeCborBytes(bytes)).equals(Buffer.from(encode(bytes)))).toBe(true)
  },
)

test('any bytes are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      messageOf(bytes)
    }),
    { numRuns: 5000 },
  )
})
