// Intel's `{"name":{...},"signature":"hex"}`: the exact text that was signed, cut out and never
// written anew. Verifies nothing. Pure.
import { EndorsementError } from '../error.ts'

/** The signed text, its signature (r||s, 128 hex digits) and what a cache reads of it. */
export type SignedJson = {
  readonly text: string
  readonly signature: string
  /** The parsed text. */
  readonly value: Readonly<Record<string, unknown>>
  readonly issuedAtMs: number
  readonly nextUpdateMs: number
}

const MAX_DEPTH = 16
const SIGNATURE = /^[0-9a-fA-F]{128}$/
const DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/
const ASCII = /^[\t\n\r\x20-\x7e]*$/

/**
 * Cuts the member `name` and the signature out of a body. Throws EndorsementError
 * `answer.malformed` unless the body is ASCII JSON of exactly these two members, each once.
 */
export function cutSignedJson(body: Uint8Array, name: string): SignedJson {
  const whole = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')
  if (!ASCII.test(whole)) throw malformed(name, 'expected ASCII text')
  const members = cutMembers(whole, name)
  const text = members.get(name)
  const signature = parse(members.get('signature') ?? 'null', name)
  if (text === undefined || members.size !== 2)
    throw malformed(name, 'expected exactly this member and a signature')
  if (typeof signature !== 'string' || !SIGNATURE.test(signature))
    throw malformed(name, 'expected a signature of 128 hex digits')
  const value = parse(text, name)
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed(name, 'expected an object')
  const record = value as Record<string, unknown>
  const issuedAtMs = date(record['issueDate'], name)
  const nextUpdateMs = date(record['nextUpdate'], name)
  if (issuedAtMs > nextUpdateMs) throw malformed(name, 'nextUpdate is before issueDate')
  return { text, signature, value: record, issuedAtMs, nextUpdateMs }
}

/** The exact text of each member of the outermost object. */
function cutMembers(whole: string, what: string): ReadonlyMap<string, string> {
  // What is cut below is only cut from text that a JSON parser took.
  parse(whole, what)
  const members = new Map<string, string>()
  let at = skipSpace(whole, 0)
  if (whole[at] !== '{') throw malformed(what, 'expected an object')
  for (at = skipSpace(whole, at + 1); whole[at] === '"';) {
    const keyEnd = endOfString(whole, at)
    const key = parse(whole.slice(at, keyEnd), what) as string
    // The parser made sure of the colon.
    const start = skipSpace(whole, skipSpace(whole, keyEnd) + 1)
    const end = endOfValue(whole, start, what)
    if (members.has(key) || members.size === 4) throw malformed(what, 'member twice, or too many')
    members.set(key, whole.slice(start, end))
    at = skipSpace(whole, end)
    if (whole[at] === ',') at = skipSpace(whole, at + 1)
  }
  return members
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at++
  return at
}

function endOfString(text: string, from: number): number {
  let at = from + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at + 1
}

/** Index behind the value that begins at `from`, for text that is known to be JSON. */
function endOfValue(text: string, from: number, what: string): number {
  let depth = 0
  let at = from
  while (at < text.length) {
    const character = text.charAt(at)
    if (character === '"') at = endOfString(text, at)
    else {
      if (depth === 0 && ',}] \t\n\r'.includes(character)) return at
      if (character === '{' || character === '[') depth++
      if (character === '}' || character === ']') depth--
      if (depth > MAX_DEPTH) throw malformed(what, `deeper than ${MAX_DEPTH}`)
      at++
    }
    if (depth === 0 && '"}]'.includes(text.charAt(at - 1))) return at
  }
  return at
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed(what, 'expected JSON')
  }
}

function date(value: unknown, what: string): number {
  const atMs = typeof value === 'string' && DATE.test(value) ? Date.parse(value) : Number.NaN
  if (Number.isNaN(atMs)) throw malformed(what, 'expected issueDate and nextUpdate in UTC')
  return atMs
}

function malformed(what: string, message: string): EndorsementError {
  return new EndorsementError('answer.malformed', `${what}: ${message}`)
}
