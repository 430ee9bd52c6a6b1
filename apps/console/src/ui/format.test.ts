// Numbers, amounts and times as people read them.
import { expect, test } from 'vitest'
import { cpuText, memoryText, relativeTime, shortAmount, shortHex } from './format.ts'

const dot = { symbol: 'DOT', decimals: 18 }
const wei = (text: string) => BigInt(Math.round(Number(text) * 1e9)) * 10n ** 9n

test.each([
  [0n, '0 DOT'],
  [1n, '< 0.0001 DOT'],
  [wei('0.0001'), '0.0001 DOT'],
  [wei('0.00019'), '0.0001 DOT'],
  [wei('12.5'), '12.5 DOT'],
  [wei('1234567.25'), '1 234 567.25 DOT'],
])('%s wei are %s: never more than there is', (amount, text) => {
  expect(shortAmount(amount, dot)).toBe(text)
})

test('an asset of few decimals keeps all of them', () => {
  expect(shortAmount(1_250_000n, { symbol: 'USDT', decimals: 6 })).toBe('1.25 USDT')
  expect(shortAmount(5n, { symbol: 'CENT', decimals: 2 })).toBe('0.05 CENT')
})

test.each([
  [100, 100, 'now'],
  [101, 100, 'now'],
  [135, 100, 'in 35 s'],
  [100, 220, '2 min ago'],
  [100 + 90_000, 100, 'in 1 d'],
])('%d seen at %d is %s', (seconds, now, text) => {
  expect(relativeTime(seconds, now)).toBe(text)
})

test('long hex is cut, short hex is not', () => {
  expect(shortHex('0x2ab56c0000000000000000000000000000002d7D')).toBe('0x2ab56c…2d7D')
  expect(shortHex('0x2ab5')).toBe('0x2ab5')
})

test('resources have the unit that reads best', () => {
  expect([
    cpuText(250),
    memoryText(128),
    memoryText(2048),
    memoryText(1536),
    memoryText(11_924),
  ]).toEqual(['0.25 CPU', '128 MiB', '2 GiB', '1.5 GiB', '11.64 GiB'])
})
