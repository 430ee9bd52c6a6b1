// A command line in one string to its arguments, as Compose splits it: quotes and backslashes, no
// expansion. Pure.

/** Arguments of `command: node "my app.js"`; undefined for an unfinished quote or escape. */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = []
  let word: string | undefined
  let quote: string | undefined
  for (let i = 0; i < line.length; i++) {
    const character = line.charAt(i)
    if (quote === "'") {
      if (character === quote) quote = undefined
      else word = (word ?? '') + character
    } else if (character === '\\') {
      const next = line[++i]
      if (next === undefined) return undefined
      const literal = quote === '"' && next !== '"' && next !== '\\' && next !== '$'
      word = (word ?? '') + (literal ? `\\${next}` : next)
    } else if (quote === '"') {
      if (character === quote) quote = undefined
      else word = (word ?? '') + character
    } else if (character === '"' || character === "'") {
      quote = character
      word ??= ''
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + character
  }
  if (quote !== undefined) return undefined
  if (word !== undefined) words.push(word)
  return words
}
