// JSON (RFC 8259) that means one thing only: no key twice, bounded depth. Pure.
import { AttestationError, type AttestationErrorCode } from './error.ts'

const MAX_DEPTH = 32
/**
 * A string, or one character that opens, closes or separates. Values between them do not matter
 * here.
 */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]/g

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

/** Walks the tokens of a text that is known to be JSON. */
function checkKeys(text: string, code: AttestationErrorCode): void {
  const open: (Set<string> | undefined)[] = []
  let last = ''
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      if (open.length === MAX_DEPTH)
        throw new AttestationError(code, `JSON deeper than ${MAX_DEPTH} levels`)
      open.push(token === '{' ? new Set() : undefined)
    } else if (token === '}' || token === ']') open.pop()
    else if (token === ':') {
      const key = JSON.parse(last) as string
      const keys = open.at(-1)
      if (keys?.has(key)) throw new AttestationError(code, 'JSON that repeats a key')
      keys?.add(key)
    }
    last = token
  }
}
