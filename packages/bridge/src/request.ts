// An HTTP request from the arguments of a call. Pure.
import { decodeAbiParameters, encodeAbiParameters, type Hex } from 'viem'
import type { Definition, Parameter } from './definition.ts'
import { BridgeError } from './error.ts'
import { parseType } from './types.ts'

/** What is sent to the application. */
export type HttpRequest = {
  readonly method: Definition['method']
  /** With query, in ASCII. */
  readonly path: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

type Value = string | bigint | number | boolean | readonly Value[]

const MAX_PATH_LENGTH = 8_192
const MAX_BODY_LENGTH = 16_384
const MAX_LIST = 256
/** What a header's value may hold: no line may begin in it (RFC 9110, section 5.5). */
const HEADER_VALUE = /^[\x20-\x7e]*$/

/** The arguments' ABI encoding, as a contract would write `abi.encode(...)`. Throws BridgeError `arguments.invalid`. */
export function encodeArguments(definition: Definition, values: readonly unknown[]): Hex {
  try {
    return encodeAbiParameters(typesOf(definition), values)
  } catch (cause) {
    throw new BridgeError('arguments.invalid', `${textOf(cause)}`, { cause })
  }
}

/**
 * Decodes arguments and writes the request. Throws BridgeError `arguments.invalid` for bytes that are not exactly the encoding of the
 * definition's types, and for values that have no place in a path or header.
 */
export function buildRequest(definition: Definition, args: Hex): HttpRequest {
  const values = decodeArguments(definition, args)
  const of = (place: Parameter['in']) =>
    definition.request.flatMap((parameter, index) =>
      parameter.in === place ? [{ parameter, value: values[index] ?? '' }] : [],
    )
  let path = definition.path
  for (const { parameter, value } of of('path'))
    path = path.replace(`{${parameter.name}}`, () => segmentOf(parameter.name, value))
  const query = of('query').flatMap(({ parameter, value }) =>
    (Array.isArray(value) ? value : [value]).map(
      (one: Value) => `${encodeURIComponent(parameter.name)}=${escaped(textOfValue(one))}`,
    ),
  )
  if (query.length > 0) path += `?${query.join('&')}`
  if (path.length > MAX_PATH_LENGTH) throw refused('the path is too long')
  const headers: Record<string, string> = { accept: 'application/json' }
  for (const { parameter, value } of of('header'))
    headers[parameter.name.toLowerCase()] = headerOf(parameter.name, value)
  const fields = of('body')
  if (fields.length === 0) return { method: definition.method, path, headers, body: undefined }
  const body = `{${fields
    .map(({ parameter, value }) => `${JSON.stringify(parameter.name)}:${jsonOf(parameter, value)}`)
    .join(',')}}`
  if (body.length > MAX_BODY_LENGTH) throw refused('the body is too long')
  headers['content-type'] = 'application/json'
  return { method: definition.method, path, headers, body }
}

function decodeArguments(definition: Definition, args: Hex): readonly Value[] {
  const types = typesOf(definition)
  let values: readonly Value[]
  let again: Hex
  try {
    values = types.length === 0 ? [] : (decodeAbiParameters(types, args) as readonly Value[])
    again = types.length === 0 ? '0x' : encodeAbiParameters(types, values)
  } catch (cause) {
    throw new BridgeError('arguments.invalid', 'the arguments are not of the types', { cause })
  }
  // One encoding of each value: what was paid for is what everybody reads.
  if (again !== args.toLowerCase()) throw refused('the arguments are not as abi.encode writes them')
  if (values.some((value) => Array.isArray(value) && value.length > MAX_LIST))
    throw refused(`a list is longer than ${MAX_LIST}`)
  return values
}

function typesOf({ request }: Definition): { name: string; type: string }[] {
  return request.map(({ name, type }) => ({ name, type }))
}

/** One segment of a path, whatever is in the value: it can neither end the path nor climb out of it. */
function segmentOf(name: string, value: Value): string {
  const text = textOfValue(value)
  if (text === '' || text === '.' || text === '..')
    throw refused(`${name}: ${JSON.stringify(text)} is no segment of a path`)
  return escaped(text)
}

function headerOf(name: string, value: Value): string {
  const text = textOfValue(value)
  if (!HEADER_VALUE.test(text)) throw refused(`${name}: not a value of a header`)
  return text.trim()
}

function jsonOf({ as, type }: Parameter, value: Value): string {
  if (Array.isArray(value)) {
    const element = parseType(type)?.element ?? type
    return `[${value.map((one: Value) => jsonOf({ as, type: element } as Parameter, one)).join(',')}]`
  }
  if (typeof value === 'boolean') return String(value)
  const text = textOfValue(value)
  return as === 'number' ? text : JSON.stringify(text)
}

function textOfValue(value: Value): string {
  return typeof value === 'string' ? value : String(value)
}

function escaped(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch (cause) {
    throw new BridgeError('arguments.invalid', 'a text is not well-formed', { cause })
  }
}

function refused(message: string): BridgeError {
  return new BridgeError('arguments.invalid', message)
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '').slice(0, 200) : 'invalid'
}
