// Prices per day become prices per second, never less than was asked.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nativeAsset } from './money.ts'
import { describePrices, pricesPerSecond } from './prices.ts'

const free = { cpuMilli: 0n, memoryMiB: 0n, diskMiB: 0n, gpu: 0n }
const usdt = { address: `0x${'99'.repeat(20)}`, symbol: 'USDT', decimals: 6 } as const

test('an amount per day is divided by units and seconds', () => {
  expect(pricesPerSecond({ cpuMilli: '0.0864', gpu: '86.4' }, free)).toEqual({
    ...free,
    cpuMilli: 1_000_000_000n,
    gpu: 10n ** 15n,
  })
})

test('what is not named stays, zero is free', () => {
  const before = { ...free, cpuMilli: 7n, diskMiB: 3n }
  expect(pricesPerSecond({ cpuMilli: '0' }, before)).toEqual({ ...free, diskMiB: 3n })
})

test('a price is rounded up by less than one smallest unit per second', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 10n ** 10n, max: 10n ** 22n }), (planck) => {
      const text = `${planck / 10n ** 10n}.${String(planck % 10n ** 10n).padStart(10, '0')}`
      const asked = planck * 10n ** 8n
      const { memoryMiB } = pricesPerSecond({ memoryMiB: text }, free)
      const perDay = memoryMiB * 86_400n * 1024n
      return perDay >= asked && perDay - asked < 86_400n * 1024n
    }),
    { seed: 1 },
  )
})

test('prices in an asset of few decimals are counted in billionths of its smallest unit', () => {
  expect(pricesPerSecond({ gpu: '0.0864' }, free, usdt)).toMatchObject({ gpu: 1_000_000_000n })
  const { cpuMilli } = pricesPerSecond({ cpuMilli: '0.5' }, free, usdt)
  expect(cpuMilli).toBe(5_787_038n)
  expect(describePrices({ ...free, cpuMilli }, usdt)).toContainEqual([
    'Per CPU',
    '0.5 USDT per day',
  ])
})

test.each(['-1', '1e3', '', '0.00000000001', 'x'])('%j is no price', (text) => {
  expect(() => pricesPerSecond({ gpu: text }, free)).toThrowError(
    expect.objectContaining({ code: 'amount.invalid' }) as Error,
  )
})

test('prices are described per day', () => {
  expect(describePrices({ ...free, cpuMilli: 1_000_000_000n }, nativeAsset)).toContainEqual([
    'Per CPU',
    '0.0864 DOT per day',
  ])
})
