// For tests: whether an API server has kept what it was sent. Pure.

const QUANTITY = /^([0-9]+)(m|Ki|Mi|Gi|Ti|)$/
const UNITS: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/**
 * Paths where what is stored is not what was sent. The server may add fields, fill or leave out empty ones, and write quantities in
 * other units.
 */
export function lost(sent: unknown, stored: unknown, path = ''): string[] {
  if (sent === false && stored === undefined) return []
  if (Array.isArray(sent)) {
    if (sent.length === 0) return []
    const found: unknown[] = Array.isArray(stored) ? stored : []
    if (found.length !== sent.length) return [`${path}.length`]
    return sent.flatMap((one, index) => lost(one, found[index], `${path}[${index}]`))
  }
  if (typeof sent === 'object' && sent !== null) {
    const found = (stored ?? {}) as Readonly<Record<string, unknown>>
    return Object.entries(sent).flatMap(([key, value]) => lost(value, found[key], `${path}.${key}`))
  }
  return sent === stored || isSameQuantity(sent, stored) ? [] : [path]
}

function isSameQuantity(a: unknown, b: unknown): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return false
  const [one, other] = [amountOf(a), amountOf(b)]
  return one !== undefined && one === other
}

function amountOf(text: string): number | undefined {
  const match = QUANTITY.exec(text)
  return match === null ? undefined : Number(match[1]) * (UNITS[match[2] ?? ''] ?? 1)
}
