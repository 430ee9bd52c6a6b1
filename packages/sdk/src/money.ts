// Amounts: wei (18 decimals) to and from DOT as people write it, rents per day, how long an escrow lasts. Pure.
import { formatEther, formatUnits, parseEther, parseUnits, zeroAddress } from 'viem'
import { SdkError } from './error.ts'
import type { Asset } from './reader.ts'

/** DOT itself: wei of 18 decimals on the Ethereum RPC. */
export const nativeAsset: Asset = { address: zeroAddress, symbol: 'DOT', decimals: 18 }

/** Whether amounts of an asset are native DOT. */
export function isNative(asset: Asset): boolean {
  return asset.address === zeroAddress
}

/** Writes an amount of an asset without losing a digit, for example `12.5 USDT`. */
export function formatAmount(amount: bigint, asset: Asset): string {
  return `${formatUnits(amount, asset.decimals)} ${asset.symbol}`
}

/** Reads a positive decimal number of an asset; throws `amount.invalid`. */
export function parseAmount(text: string, asset: Asset): bigint {
  if (isNative(asset)) return parseDot(text)
  const match = /^(\d{1,24})(?:\.(\d{1,18}))?$/.exec(text.trim())
  if (match === null || (match[2]?.length ?? 0) > asset.decimals || /^[0.]+$/.test(match[0]))
    throw new SdkError(
      'amount.invalid',
      `"${text}" is not an amount: write ${asset.symbol} as a positive decimal number, at most ${asset.decimals} decimals`,
    )
  return parseUnits(match[0], asset.decimals)
}

/** Smallest amount that exists on the chain: DOT has 10 decimals, the Ethereum RPC 18. */
export const weiGranularity = 100_000_000n

const secondsPerDay = 86_400n
/** About 317 years: a rent so small that the answer is of no use beyond. */
const longestSeconds = 10_000_000_000n

/** Writes wei as DOT without losing a digit, for example `12.5 DOT`. */
export function formatDot(amountWei: bigint): string {
  return `${formatEther(amountWei)} DOT`
}

/** Reads a positive decimal number of DOT, at most 10 decimals; throws `amount.invalid`. */
export function parseDot(text: string): bigint {
  const match = /^(\d{1,12})(?:\.(\d{1,10}))?$/.exec(text.trim().replace(/\s*DOT$/i, ''))
  const amount = match === null ? 0n : parseEther(match[0])
  if (amount <= 0n)
    throw new SdkError(
      'amount.invalid',
      `"${text}" is not an amount: write DOT as a positive decimal number such as 2.5, at most 10 decimals`,
    )
  return amount
}

/** Rounds up to what the chain can hold. */
export function roundUpWei(amountWei: bigint): bigint {
  return ((amountWei + weiGranularity - 1n) / weiGranularity) * weiGranularity
}

/** Rounds up to an amount of an asset that can be sent. */
export function roundedFor(asset: Asset, amount: bigint): bigint {
  return isNative(asset) ? roundUpWei(amount) : amount
}

/** Rent of one day. */
export function perDay(weiPerSecond: bigint): bigint {
  return weiPerSecond * secondsPerDay
}

/** Whole seconds that an escrow pays for at this rent; undefined when nothing is charged. */
export function lastsSeconds(escrowWei: bigint, weiPerSecond: bigint): number | undefined {
  if (weiPerSecond <= 0n) return undefined
  const seconds = escrowWei / weiPerSecond
  return Number(seconds > longestSeconds ? longestSeconds : seconds)
}

/** Writes a duration in its two largest units, for example `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  const units: [string, number][] = [
    ['d', Math.floor(seconds / 86_400)],
    ['h', Math.floor(seconds / 3600) % 24],
    ['min', Math.floor(seconds / 60) % 60],
    ['s', Math.floor(seconds) % 60],
  ]
  const first = units.findIndex(([, value]) => value > 0)
  if (first === -1) return '0 s'
  return units
    .slice(first, first + 2)
    .filter(([, value]) => value > 0)
    .map(([unit, value]) => `${value} ${unit}`)
    .join(' ')
}

/** Writes a block time, for example `2026-11-25T21:00:00Z`. */
export function formatTime(seconds: bigint): string {
  if (seconds > 253_402_300_799n) return 'for good'
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z')
}
