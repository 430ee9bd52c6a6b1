// JSON whose numbers keep every digit that was sent, and pointers into it (RFC 6901). Pure.
import { BridgeError } from './error.ts'

/** A number as it was written. */
export class JsonNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A value. */
export type Json =
  | JsonNumber
  | string
  | boolean
  | null
  | readonly Json[]
  | { readonly [name: string]: Json }

/** Nesting of a document at most. */
const MAX_DEPTH = 64

type Reviver = (
  this: unknown,
  key: string,
  value: unknown,
  context?: { source?: string },
) => unknown

/** Reads a document of UTF-8. Throws BridgeError `answer.not-json`, also for one that is nested deeper than 64. */
export function readJson(body: Uint8Array): Json {
  const keep: Reviver = (_key, value, context) => {
    if (typeof value !== 'number') return value
    if (context?.source === undefined) throw new Error('this engine does not keep digits (Node 22)')
    return new JsonNumber(context.source)
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body)
    if (depthOf(text) > MAX_DEPTH) throw new Error(`nested deeper than ${MAX_DEPTH}`)
    return JSON.parse(text, keep) as Json
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.slice(0, 100) : ''
    throw new BridgeError('answer.not-json', `not JSON: ${reason}`, { cause })
  }
}

/** What a pointer names, undefined where there is nothing. */
export function valueAt(document: Json, pointer: string): Json | undefined {
  let value: Json | undefined = document
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(value)) {
      value = /^(0|[1-9]\d{0,8})$/.test(name)
        ? (value[Number(name)] as Json | undefined)
        : undefined
    } else if (isObject(value) && Object.hasOwn(value, name)) {
      value = value[name]
    } else {
      return undefined
    }
  }
  return value
}

function isObject(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !(value instanceof JsonNumber)
}

/** The deepest nesting of a text that may be JSON: brackets outside of strings. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const c = text[at]
    if (inString) {
      if (c === '\\') at++
      else if (c === '"') inString = false
    } else if (c === '"') inString = true
    else if (c === '[' || c === '{') deepest = Math.max(deepest, ++depth)
    else if (c === ']' || c === '}') depth--
  }
  return deepest
}
