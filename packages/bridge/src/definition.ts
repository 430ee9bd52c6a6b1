// The definition of an API: how arguments of a call become an HTTP request, and its answer becomes values. Pure.
import canonicalize from 'canonicalize'
import { sha256, stringToBytes } from 'viem'
import { z } from 'zod'
import { BridgeError } from './error.ts'
import { integerRange, parseType } from './types.ts'

/** First field of every definition. */
const FORMAT = 'wetee/api/v1'
/** Bytes of a definition's text at most, as the contract takes them. */
export const MAX_DEFINITION_BYTES = 4_096
const MAX_FIELDS = 32
const MAX_DECIMALS = 77
const PLACEHOLDER = /\{([^{}]*)\}/g

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,63}$/, 'expected a name')
const type = z
  .string()
  .max(16)
  .refine((text) => parseType(text) !== undefined, 'expected a type such as uint256 or string[]')
/** RFC 6901; `""` is the whole document. */
const pointer = z
  .string()
  .max(256)
  .regex(/^(\/([^~/]|~[01])*)*$/, 'expected a JSON pointer')

const parameter = z
  .strictObject({
    name,
    type,
    in: z.enum(['path', 'query', 'body', 'header']),
    /** In a body: an integer is written as a number instead of a text. */
    as: z.literal('number').optional(),
  })
  .refine(
    ({ as, in: place, type: of }) => as === undefined || (place === 'body' && isInteger(of)),
    {
      message: 'as "number" is for integers in a body',
    },
  )
  .refine(
    ({ in: place, type: of }) => place === 'body' || place === 'query' || !of.endsWith('[]'),
    {
      message: 'a list fits a query or a body',
    },
  )

const field = z
  .strictObject({
    name,
    type,
    /** `json`: the value that the pointer names; `body`: all of it, as text or bytes; `digest`: its SHA-256. */
    from: z.enum(['json', 'body', 'digest']).optional(),
    pointer: pointer.optional(),
    /** Of an integer: the answer's number is multiplied by 10 to this, further digits are cut off. */
    decimals: z.int().min(0).max(MAX_DECIMALS).optional(),
  })
  .superRefine((one, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message })
    const from = one.from ?? 'json'
    if ((from === 'json') !== (one.pointer !== undefined)) refuse('a pointer is for values of JSON')
    if (from === 'body' && one.type !== 'string' && one.type !== 'bytes')
      refuse('a body is a string or bytes')
    if (from === 'digest' && one.type !== 'bytes32') refuse('a digest is bytes32')
    if (one.decimals !== undefined && !isInteger(one.type)) refuse('decimals are for integers')
  })

const schema = z
  .strictObject({
    format: z.literal(FORMAT),
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'expected 1 to 31 of a-z 0-9 -'),
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
    /** Begins with a slash; `{name}` stands for a parameter of the path. */
    path: z
      .string()
      .max(512)
      .regex(/^\/[\x21-\x7e]*$/, 'expected a path')
      .refine((text) => !/[?#\\]|\/\/|\/\.{1,2}(\/|$)/.test(text), 'a path without query or dots'),
    /** Port of the application, as the manifest publishes it. */
    port: z.int().min(1).max(65_535),
    request: z.array(parameter).max(MAX_FIELDS),
    response: z.array(field).min(1).max(MAX_FIELDS),
  })
  .superRefine(({ method, path, request, response }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message })
    const placed = [...path.matchAll(PLACEHOLDER)].map(([, inner = '']) => inner)
    const inPath = request.filter((one) => one.in === 'path').map((one) => one.name)
    if (placed.toSorted().join() !== inPath.toSorted().join())
      refuse('the path names each parameter of the path once, and no other')
    if (/[{}]/.test(path.replace(PLACEHOLDER, ''))) refuse('a brace without its other')
    for (const list of [request, response])
      if (new Set(list.map((one) => one.name)).size !== list.length) refuse('a name is there twice')
    if (method === 'GET' && request.some((one) => one.in === 'body')) refuse('GET has no body')
    for (const one of request)
      if (one.in === 'header' && FORBIDDEN_HEADERS.test(one.name))
        refuse(`the header ${one.name} is not the caller's`)
  })

/** Headers that say where a message ends, whom it goes to or who asks: never from arguments. */
const FORBIDDEN_HEADERS =
  /^(host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|cookie|authorization|proxy-.*|forwarded|x-forwarded-.*|x-real-ip|wetee-.*|keep-alive)$/i

/** A definition. */
export type Definition = z.output<typeof schema>
/** What a definition takes. */
export type Parameter = Definition['request'][number]
/** What a definition gives. */
export type Field = Definition['response'][number]

/** The definition's RFC 8785 text. Throws BridgeError `definition.invalid` with what is wrong where. */
export function serializeDefinition(definition: z.input<typeof schema>): string {
  let text: string | undefined
  try {
    text = canonicalize(definition)
  } catch (cause) {
    throw new BridgeError('definition.invalid', 'a text is not well-formed', { cause })
  }
  if (text === undefined) throw invalid('expected an object')
  parseDefinition(text)
  return text
}

/** Reads a definition in its RFC 8785 form. Throws BridgeError `definition.invalid`. */
export function parseDefinition(text: string): Definition {
  if (text.length > MAX_DEFINITION_BYTES || stringToBytes(text).length > MAX_DEFINITION_BYTES)
    throw invalid(`expected at most ${MAX_DEFINITION_BYTES} bytes`)
  let value: unknown
  let canonical: string | undefined
  try {
    value = JSON.parse(text)
    canonical = canonicalize(value)
  } catch (cause) {
    throw new BridgeError('definition.invalid', 'expected one JSON document', { cause })
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'not as expected' }
    const where = path.length === 0 ? '' : `${path.map(String).join('.').slice(0, 100)}: `
    throw invalid(`${where}${message.slice(0, 200)}`)
  }
  if (canonical !== text) throw invalid('expected the RFC 8785 form of this document')
  return parsed.data
}

/** What the chain names a definition by: SHA-256 of its text. */
export function definitionDigest(text: string): `0x${string}` {
  return sha256(stringToBytes(text))
}

function isInteger(of: string): boolean {
  return integerRange(of.replace(/\[\]$/, '')) !== undefined
}

function invalid(message: string): BridgeError {
  return new BridgeError('definition.invalid', message)
}
