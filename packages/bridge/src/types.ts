// ABI types that an API may take and give. Pure.

const ELEMENT = /^(bool|string|address|bytes|bytes([1-9]|[12]\d|3[0-2])|u?int(\d{1,3}))$/

/** A type of a value: an element, or a list of them (`uint256[]`). */
export type ValueType = {
  /** As Solidity writes it, `uint` and `int` as `uint256` and `int256` excluded: they have to be written out. */
  readonly element: string
  readonly isList: boolean
}

/** Reads `uint256`, `string[]` ...; undefined for what is none: tuples, fixed lists, lists of lists, sizes that there are not. */
export function parseType(text: string): ValueType | undefined {
  const isList = text.endsWith('[]')
  const element = isList ? text.slice(0, -2) : text
  const match = ELEMENT.exec(element)
  if (match === null) return undefined
  const bits = match[3] === undefined ? undefined : Number(match[3])
  if (bits !== undefined && (bits % 8 !== 0 || bits < 8 || bits > 256 || /int0/.test(element)))
    return undefined
  return { element, isList }
}

/** Range of an integer type, undefined for every other one. */
export function integerRange(element: string): { min: bigint; max: bigint } | undefined {
  const match = /^(u?)int(\d+)$/.exec(element)
  if (match === null) return undefined
  const bits = BigInt(match[2] ?? '')
  return match[1] === 'u'
    ? { min: 0n, max: 2n ** bits - 1n }
    : { min: -(2n ** (bits - 1n)), max: 2n ** (bits - 1n) - 1n }
}
