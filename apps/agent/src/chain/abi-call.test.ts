// Calls as applications write them: what viem reads of them, and what is refused.
import { TeeError } from '@wetee/tee-device'
import fc from 'fast-check'
import { decodeFunctionData, encodeAbiParameters, parseAbi, parseAbiParameters } from 'viem'
import { expect, test } from 'vitest'
import { decodeAnswer, encodeCall, parseFunction } from './abi-call.ts'

const other = `0x${'ab'.repeat(20)}` as const
const sameAddress = expect.stringMatching(new RegExp(other, 'i')) as string

test('a call reads for viem as it was written', () => {
  const text =
    'function order(address to, uint256 amount, int8 change, bool paid, bytes4 tag, string note, uint64[] ids, (uint8 kind, bytes data)[2] parts) returns (bool)'
  const fragment = parseFunction(text)
  const args = [
    ...[other, '115792089237316195423570985008687907853269984665640564039457584007913129639935'],
    ...[-128, true, '0x01020304', 'naïve', ['1', 2, '0x3']],
    [{ kind: 7, data: '0x' }, ['8', '0xff']],
  ]
  const { functionName, args: values } = decodeFunctionData({
    abi: parseAbi([text as never]),
    data: encodeCall(fragment, args),
  })
  expect(functionName).toBe('order')
  expect(values).toEqual([
    ...[sameAddress, 2n ** 256n - 1n, -128, true],
    ...['0x01020304', 'naïve', [1n, 2n, 3n]],
    [
      { kind: 7, data: '0x' },
      { kind: 8, data: '0xff' },
    ],
  ])
})

test('integers come back as decimal text whatever their size, tuples by the names of their members', () => {
  const fragment = parseFunction(
    'f() view returns (uint8, (uint256 price, int64 change, address by) quote, uint32[], string)',
  )
  const data = encodeAbiParameters(
    parseAbiParameters('uint8, (uint256, int64, address), uint32[], string'),
    [7, [2n ** 200n, -5n, other], [1, 2], 'x'],
  )
  expect(decodeAnswer(fragment, data)).toEqual([
    '7',
    {
      price: String(2n ** 200n),
      change: '-5',
      by: sameAddress,
    },
    ['1', '2'],
    'x',
  ])
  expect(decodeAnswer(parseFunction('f()'), '0x')).toEqual([])
})

test.each([
  ['a list of two billion', 'f(uint8[2000000000])'],
  ['a list of nothing', 'f(uint8[0][])'],
  ['no function', 'error Nope()'],
  ['an event', 'event E(uint256)'],
  ['two functions', 'f() g()'],
  ['a type that there is not', 'f(uint257)'],
  ['a line', 'f(uint8\n)'],
  ['nothing', ' '],
  ['a very long one', `f(${'uint8,'.repeat(400)}uint8)`],
])('%s is no function', (_what, text) => {
  expect(() => parseFunction(text)).toThrow(
    expect.objectContaining({ code: 'request.invalid', status: 400 }) as Error,
  )
})

test.each([
  ['f(uint8)', []],
  ['f(uint8)', [256]],
  ['f(uint8)', [1.5]],
  ['f(uint256)', [2 ** 60]],
  ['f(uint256)', ['1e18']],
  ['f(bool)', ['true']],
  ['f(bytes)', ['0xabc']],
  ['f(bytes4)', ['0x010203']],
  ['f(address)', ['0x01']],
  ['f(string)', ['\ud800']],
  ['f(uint8[2])', [[1]]],
  ['f(uint8[])', [1]],
  ['f(uint8[])', [Array<number>(1_025).fill(1)]],
  ['f((uint8 a, uint8 b))', [{ a: 1 }]],
  ['f((uint8 a, uint8 b))', [{ a: 1, b: 2, c: 3 }]],
  ['f((uint8, uint8))', [[1, 2, 3]]],
])('%s does not take %j', (text, args) => {
  expect(() => encodeCall(parseFunction(text), args)).toThrow(
    expect.objectContaining({ code: 'request.invalid' }) as Error,
  )
})

test('ATTACK whatever a host answers is values of the types, or refused', () => {
  const fragment = parseFunction('f() returns (uint256, string[], (address a, bytes[3] b)[])')
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      try {
        const data = `0x${Buffer.from(bytes).toString('hex')}` as const
        expect(decodeAnswer(fragment, data)).toHaveLength(3)
      } catch (error) {
        if (!(error instanceof TeeError)) throw error
        expect(error.code).toBe('contract.answer-invalid')
      }
    }),
  )
})
