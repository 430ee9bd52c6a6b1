// Sizes, durations and CPU shares as Compose writes them. Pure; undefined for anything else.

const sizeUnits: Record<string, number> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
}
const durationUnits: Record<string, number> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** `64m`, `1.5gb`, `512MiB`, `1048576` in bytes, rounded up. */
export function parseBytes(text: string): number | undefined {
  const match = /^([0-9]{1,15}(?:\.[0-9]{1,6})?) ?([kmgt]?)(?:i?b|i)?$/i.exec(text)
  const unit = sizeUnits[(match?.[2] ?? '').toLowerCase()]
  if (match?.[1] === undefined || unit === undefined) return undefined
  const bytes = Math.ceil(Number(match[1]) * unit)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

/** `1m30s`, `500ms`, `72h` in whole milliseconds, rounded up. */
export function parseDurationMs(text: string): number | undefined {
  if (text === '0') return 0
  if (text.length > 64 || !/^(?:[0-9]{1,9}(?:\.[0-9]{1,6})?(?:us|ms|s|m|h))+$/.test(text))
    return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/([0-9.]+)(us|ms|s|m|h)/g))
    total += Number(amount) * (durationUnits[unit ?? ''] ?? Number.NaN)
  const whole = Math.ceil(total)
  return Number.isSafeInteger(whole) ? whole : undefined
}

/** `0.25` CPUs in thousandths, rounded up. */
export function parseCpuMilli(text: string): number | undefined {
  const match = /^([0-9]{1,6})(?:\.([0-9]{1,9}))?$/.exec(text)
  if (match === null) return undefined
  const fraction = (match[2] ?? '').padEnd(9, '0')
  return Number(match[1]) * 1000 + Math.ceil(Number(fraction) / 1_000_000)
}

/** A decimal whole number of at most nine digits. */
export function parseWhole(text: string): number | undefined {
  return /^(?:0|[1-9][0-9]{0,8})$/.test(text) ? Number(text) : undefined
}
