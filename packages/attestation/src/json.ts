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

/** Above this many keys of one object a set is quicker than looking through a list. */
const MAX_LISTED_KEYS = 16

/** Keys of one object; most have a few. */
class Keys {
  readonly #listed: string[] = []
  #all: Set<string> | undefined

  /** False for a key that is there already. */
  add(key: string): boolean {
    if (this.#all !== undefined) {
      const before = this.#all.size
      return this.#all.add(key).size > before
    }
    if (this.#listed.includes(key)) return false
    this.#listed.push(key)
    if (this.#listed.length > MAX_LISTED_KEYS) this.#all = new Set(this.#listed)
    return true
  }
}

/** Walks strings and brackets of a text that is known to be JSON; a string before `:` is a key. */
function checkKeys(text: string, code: AttestationErrorCode): void {
  const open: (Keys | undefined)[] = []
  const isPlain = !text.includes('\\')
  let string = ''
  for (let at = 0; at < text.length; at++) {
    const character = text.charCodeAt(at)
    if (character === QUOTE) {
      const end = isPlain ? text.indexOf('"', at + 1) : stringEnd(text, at)
      string = text.slice(at, end + 1)
      at = end
    } else if (character === COLON) {
      // Two spellings of one key are one key.
      const key = string.includes('\\') ? (JSON.parse(string) as string) : string.slice(1, -1)
      if (open.at(-1)?.add(key) === false)
        throw new AttestationError(code, 'JSON that repeats a key')
    } else if (character === OPEN_OBJECT || character === OPEN_LIST) {
      if (open.length === MAX_DEPTH)
        throw new AttestationError(code, `JSON deeper than ${MAX_DEPTH} levels`)
      open.push(character === OPEN_OBJECT ? new Keys() : undefined)
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
