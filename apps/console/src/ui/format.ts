// How numbers, amounts and times are written for people. Pure.
import { formatUnits } from 'viem'
import { formatDuration, type Asset } from '@wetee/sdk'

/** An amount with at most so many digits after the point as make sense, for example `12.5 DOT`; tiny ones as `< 0.0001 DOT`. */
export function shortAmount(amount: bigint, asset: Pick<Asset, 'symbol' | 'decimals'>): string {
  const digits = 4
  const unit = 10n ** BigInt(asset.decimals)
  const step = unit / 10n ** BigInt(Math.min(digits, asset.decimals))
  if (amount > 0n && amount < step) return `< ${formatUnits(step, asset.decimals)} ${asset.symbol}`
  const rounded = (amount / step) * step
  const [whole = '0', part] = formatUnits(rounded, asset.decimals).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ' ')
  return `${part === undefined ? grouped : `${grouped}.${part}`} ${asset.symbol}`
}

/** A time in relation to now: `in 35 s`, `2 min ago`, `now`. Seconds. */
export function relativeTime(seconds: number, nowSeconds: number): string {
  const distance = Math.round(seconds - nowSeconds)
  if (Math.abs(distance) < 2) return 'now'
  const [largest = ''] = formatDuration(Math.abs(distance)).split(/ (?=\d)/)
  return distance > 0 ? `in ${largest}` : `${largest} ago`
}

/** The first and last digits of a long hex text. */
export function shortHex(hex: string): string {
  return hex.length <= 14 ? hex : `${hex.slice(0, 8)}…${hex.slice(-4)}`
}

/** Thousandths of a CPU as CPUs. */
export function cpuText(cpuMilli: number): string {
  return `${cpuMilli / 1000} CPU`
}

/** MiB in the unit that reads best; large ones rounded down. */
export function memoryText(mib: number): string {
  if (mib < 1024 || (mib < 10_240 && mib % 256 !== 0)) return `${mib} MiB`
  return `${Math.floor((mib / 1024) * 100) / 100} GiB`
}
