// Prices of a worker as people write them (an amount per CPU, GiB or GPU and day) and as the contract has them (per second). Pure.
import { formatAmount, isNative, nativeAsset, parseAmount, perDay } from './money.ts'
import type { Asset, Prices } from './reader.ts'

/** Decimal amounts per day: of one CPU, one GiB of memory, one GiB of disk, one GPU. */
export type DayPrices = { readonly [name in keyof Prices]?: string | undefined }

/** Nothing costs anything. */
export const noPrices: Prices = { cpuMilli: 0n, memoryMiB: 0n, diskMiB: 0n, gpu: 0n }

/** Units of the contract in what people name a price for. */
const unitsPer: { readonly [name in keyof Prices]: bigint } = {
  cpuMilli: 1000n,
  memoryMiB: 1024n,
  diskMiB: 1024n,
  gpu: 1n,
}
const labels: { readonly [name in keyof Prices]: string } = {
  cpuMilli: 'CPU',
  memoryMiB: 'GiB memory',
  diskMiB: 'GiB disk',
  gpu: 'GPU',
}
const names = Object.keys(unitsPer) as (keyof Prices)[]
const secondsPerDay = 86_400n
/** The contract counts prices in an ERC20 in this many parts of its smallest unit (`Versions.TOKEN_PRICE_SCALE`). */
const tokenPriceScale = 1_000_000_000n

/**
 * Prices per second and unit, rounded up to the smallest amount that exists; what is not named stays as in `before`, "0" is free.
 * Throws `amount.invalid`.
 */
export function pricesPerSecond(
  given: DayPrices,
  before: Prices,
  asset: Asset = nativeAsset,
): Prices {
  const price = (name: keyof Prices): bigint => {
    const text = given[name]
    if (text === undefined) return before[name]
    if (/^0+(\.0+)?$/.test(text.trim())) return 0n
    const perUnit = unitsPer[name] * secondsPerDay
    const amount = parseAmount(text, asset) * scaleOf(asset)
    return (amount + perUnit - 1n) / perUnit
  }
  return {
    cpuMilli: price('cpuMilli'),
    memoryMiB: price('memoryMiB'),
    diskMiB: price('diskMiB'),
    gpu: price('gpu'),
  }
}

/** One line per resource. */
export function describePrices(prices: Prices, asset: Asset = nativeAsset): [string, string][] {
  return names.map((name) => [
    `Per ${labels[name]}`,
    `${formatAmount(perDay(prices[name] * unitsPer[name]) / scaleOf(asset), asset)} per day`,
  ])
}

function scaleOf(asset: Asset): bigint {
  return isNative(asset) ? 1n : tokenPriceScale
}
