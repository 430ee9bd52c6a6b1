// Amounts: written and read without losing anything.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDot, formatDuration, lastsSeconds, parseDot, roundUpWei } from './money.ts'

test('an amount that the chain can hold survives writing and reading', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 21n }), (units) => {
      const wei = units * 100_000_000n
      expect(parseDot(formatDot(wei))).toBe(wei)
    }),
  )
})

test.each(['0', '-1', '1e3', '', '1,5', '0.00000000001', '1.', 'abc', '9999999999999', '0x10'])(
  '%j is no amount',
  (text) => {
    expect(() => parseDot(text)).toThrowError(
      expect.objectContaining({ code: 'amount.invalid' }) as Error,
    )
  },
)

test('rounding goes up to ten decimals and never down', () => {
  expect(roundUpWei(0n)).toBe(0n)
  expect(roundUpWei(1n)).toBe(100_000_000n)
  expect(roundUpWei(100_000_000n)).toBe(100_000_000n)
  expect(roundUpWei(100_000_001n)).toBe(200_000_000n)
})

test('an escrow lasts whole seconds, and for ever at no rent', () => {
  expect(lastsSeconds(1001n, 100n)).toBe(10)
  expect(lastsSeconds(99n, 100n)).toBe(0)
  expect(lastsSeconds(1n, 0n)).toBeUndefined()
})

test.each([
  [0, '0 s'],
  [59, '59 s'],
  [60, '1 min'],
  [3_661, '1 h 1 min'],
  [86_400, '1 d'],
  [90_000, '1 d 1 h'],
])('%i seconds read as %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text)
})
