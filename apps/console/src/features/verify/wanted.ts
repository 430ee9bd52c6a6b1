// What somebody types to name an application. Pure.

/** `3`, `#3`, or an address of this console that ends in one; undefined for anything else. */
export function parseWanted(text: string): bigint | undefined {
  const found = /(?:^|[#/])([1-9]\d{0,18})\s*$/.exec(text.trim())
  return found?.[1] === undefined ? undefined : BigInt(found[1])
}
