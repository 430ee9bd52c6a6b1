// Prices of several sources to one: exact decimals, a median, how far they are apart. Pure.

/** Digits after the point that are kept. */
const DECIMALS = 18
const ONE = 10n ** BigInt(DECIMALS)

/** `6.5`, `"6.50"` or 6.5 as 10^18ths; undefined for what is no positive decimal number of a sane size. */
export function parsePrice(value) {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string') return undefined
  const match = /^(\d{1,18})(?:\.(\d{1,40}))?(?:e([+-]?\d{1,2}))?$/i.exec(text.trim())
  if (match === null) return undefined
  const [, whole, fraction = '', exponent = '0'] = match
  const shift = DECIMALS + Number(exponent) - fraction.length
  const digits = BigInt(whole + fraction)
  const price = shift >= 0 ? digits * 10n ** BigInt(shift) : digits / 10n ** BigInt(-shift)
  return price > 0n && price < 10n ** 36n ? price : undefined
}

/** A price as decimal text. */
export function formatPrice(price) {
  const fraction = String(price % ONE)
    .padStart(DECIMALS, '0')
    .replace(/0+$/, '')
  return `${price / ONE}${fraction === '' ? '' : `.${fraction}`}`
}

/** Median, and the distance of the highest from the lowest in hundredths of a percent of it, rounded up. */
export function aggregate(prices) {
  const sorted = [...prices].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  const middle = Math.floor(sorted.length / 2)
  const median =
    sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2n
  const distance = sorted[sorted.length - 1] - sorted[0]
  return { median, spreadBps: Number((distance * 10_000n + median - 1n) / median) }
}

/** What a JSON pointer (RFC 6901) names; undefined where there is nothing. */
export function valueAt(document, pointer) {
  let value = document
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}
