// An OpenAPI document as plain values, with local references followed. Pure.
import { parseDocument } from 'yaml'
import { ManifestError } from '../error.ts'

/** A part of the document. */
export type Part = { readonly [key: string]: unknown }

/** Larger documents are refused unread. */
const maxBytes = 2_097_152
const maxDepth = 64
const maxAliases = 100
const maxHops = 32
/** References followed in one document. */
const maxReferences = 20_000

/** Reads YAML or JSON. Throws ManifestError `openapi.invalid`, `openapi.too-large`. */
export function readOpenApi(text: string): Part {
  if (text.length > maxBytes || new TextEncoder().encode(text).length > maxBytes)
    throw problem('openapi.too-large', `expected at most ${maxBytes} bytes`)
  let value: unknown
  try {
    const document = parseDocument(text, { version: '1.2', logLevel: 'silent', strict: true })
    const [error] = document.errors
    if (error !== undefined) throw error
    value = document.toJS({ maxAliasCount: maxAliases })
  } catch (cause) {
    const said = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : ''
    throw problem('openapi.invalid', `expected YAML or JSON: ${said.slice(0, 200)}`, cause)
  }
  if (!isPart(value)) throw problem('openapi.invalid', 'expected an OpenAPI document')
  if (!isShallow(value, maxDepth))
    throw problem('openapi.invalid', `expected at most ${maxDepth} levels`)
  const version = value['openapi']
  if (typeof version !== 'string' || !/^3\.[01]\./.test(version))
    throw problem('openapi.invalid', 'expected openapi: 3.0 or 3.1')
  return value
}

/** Follows `$ref`s inside the document; those that lead outside of it are not followed. */
export class References {
  readonly #root: Part
  #followed = 0

  constructor(root: Part) {
    this.#root = root
  }

  /** The part itself, or what its reference names; a text where there is none: why. */
  resolve(value: unknown): Part | string {
    let part = value
    for (let hop = 0; hop < maxHops; hop++) {
      if (!isPart(part)) return 'a part is no mapping'
      const reference = Object.hasOwn(part, '$ref') ? part['$ref'] : undefined
      if (reference === undefined) return part
      if (typeof reference !== 'string') return 'a reference is no text'
      if (!reference.startsWith('#/'))
        return `the reference "${printable(reference)}" leads out of the document`
      if (++this.#followed > maxReferences) return 'too many references'
      part = this.#at(reference)
      if (part === undefined) return `the reference "${printable(reference)}" leads nowhere`
    }
    return 'a reference leads to itself'
  }

  #at(reference: string): unknown {
    let part: unknown = this.#root
    for (const step of reference.slice(2).split('/')) {
      const key = unescape(step)
      if (!isPart(part) || !Object.hasOwn(part, key)) return undefined
      part = part[key]
    }
    return part
  }
}

/** Whether a value is a mapping. */
export function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text for a message or a comment: one line, no control characters, at most 80 characters. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?').slice(0, 80)
}

function unescape(step: string): string {
  const plain = step.replaceAll('~1', '/').replaceAll('~0', '~')
  try {
    return decodeURIComponent(plain)
  } catch {
    return plain
  }
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1))
}

function problem(code: string, message: string, cause?: unknown): ManifestError {
  return new ManifestError([{ code, message, line: 0, column: 0, path: '' }], { cause })
}
