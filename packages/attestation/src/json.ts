// JSON (RFC 8259) that means one thing only: no key twice, bounded depth. Pure.
import { AttestationError, type AttestationErrorCode } from './error.ts'

const MAX_DEPTH = 32

/**
 * The value of a JSON text. Throws AttestationError `code` when it is not JSON, repeats a key or
 * nests too deep.
 */
export function parseJson(text: string, code: AttestationErrorCode): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new AttestationError(code, 'not a JSON text')
  }
  checkKeys(text, code)
  return value
}

const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Walks strings and brackets of a text that is known to be JSON; a string before `:` is a key. */
function checkKeys(text: string, code: AttestationErrorCode): void {
  const open: (Set<string> | undefined)[] = []
  let string = ''
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === QUOTE) {
      const end = stringEnd(text, at)
      string = text.slice(at, end + 1)
      at = end
    } else if (character === COLON) {
      const keys = open.at(-1)
      // Two spellings of one key are one key.
      const key = string.includes('\\') ? (JSON.parse(string) as string) : string.slice(1, -1)
      if (keys?.has(key)) throw new AttestationError(code, 'JSON that repeats a key')
      keys?.add(key)
    } else if (character === OPEN_OBJECT || character === OPEN_LIST) {
      if (open.length === MAX_DEPTH)
        throw new AttestationError(code, `JSON deeper than ${MAX_DEPTH} levels`)
      open.push(character === OPEN_OBJECT ? new Set() : undefined)
    } else if (character === CLOSE_OBJECT || character === CLOSE_LIST) open.pop()
  }
}

/** Where the string that begins at `start` ends. */
function stringEnd(text: string, start: number): number {
  let end = start + 1
  while (end < text.length && text.charCodeAt(end) !== QUOTE)
    end += text.charCodeAt(end) === BACKSLASH ? 2 : 1
  return end
}
