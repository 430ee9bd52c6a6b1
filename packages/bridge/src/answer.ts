// What a contract is given of an HTTP answer: values by the definition's types, or status and text. Pure.
import { encodeAbiParameters, getAddress, isAddress, sha256, size, type Hex } from 'viem'
import type { Definition, Field } from './definition.ts'
import { BridgeError } from './error.ts'
import { JsonNumber, readJson, valueAt, type Json } from './json.ts'
import { integerRange, parseType } from './types.ts'

/** Statuses beside those of HTTP: why there is no answer of the application. */
export const callStatus = {
  /** It did not take the connection, or closed it. */
  unreachable: 601,
  /** It did not answer in time. */
  timedOut: 602,
  /** Its answer is longer than the agent takes. */
  tooLarge: 603,
  /** It answered 2xx, but not what the definition says. */
  unexpected: 604,
  /** The call's arguments are not those of the definition. */
  badArguments: 605,
  /** The definition on chain is none: every call of this version of the API fails. */
  badDefinition: 606,
} as const

/** What goes on chain. */
export type Answer = { readonly status: number; readonly payload: Hex }

/** Bytes of a list's elements and of text at most: what is longer fits no payload. */
const MAX_LIST = 512
/** Of `abi.encode(string)` beside the text itself. */
const TEXT_OVERHEAD_BYTES = 64
const WORD_BYTES = 32

/**
 * The payload of an answer with status 2xx. Throws BridgeError `answer.not-json`, `answer.field-missing`, `answer.field-wrong`,
 * `answer.too-large`.
 * @param body of the answer, its content encoding undone
 * @param maxPayloadBytes as the call has it
 */
export function encodeAnswer(
  { response }: Definition,
  body: Uint8Array,
  maxPayloadBytes: number,
): Hex {
  let document: Json | undefined
  const values = response.map((field) => {
    if (field.from === 'digest') return sha256(body)
    if (field.from === 'body')
      return field.type === 'bytes' ? hexOf(body) : textOf(body, field.name)
    document ??= readJson(body)
    const found = valueAt(document, field.pointer ?? '')
    if (found === undefined)
      throw new BridgeError('answer.field-missing', `${field.name}: nothing at ${field.pointer}`)
    return convert(field, found)
  })
  const payload = encodeAbiParameters(
    response.map(({ name, type }) => ({ name, type })),
    values,
  )
  if (size(payload) > maxPayloadBytes)
    throw new BridgeError(
      'answer.too-large',
      `${size(payload)} bytes of payload, at most ${maxPayloadBytes}`,
    )
  return payload
}

/** `abi.encode(string)` of a text, cut so that it fits; valid UTF-8 whatever comes in. */
export function encodeText(text: string, maxPayloadBytes: number): Hex {
  const room = Math.max(0, maxPayloadBytes - TEXT_OVERHEAD_BYTES)
  const bytes = new TextEncoder().encode(text).subarray(0, room - (room % WORD_BYTES))
  // A character that is cut in two goes.
  const whole = new TextDecoder('utf-8', { fatal: false }).decode(bytes).replace(/\uFFFD+$/u, '')
  return encodeAbiParameters([{ type: 'string' }], [whole])
}

function convert(field: Field, value: Json): unknown {
  const type = parseType(field.type)
  if (type === undefined) throw wrong(field, 'a type that is known')
  if (!type.isList) return convertOne(field, type.element, value)
  if (!Array.isArray(value) || value.length > MAX_LIST) throw wrong(field, `a list of ${MAX_LIST}`)
  return value.map((one: Json) => convertOne(field, type.element, one))
}

function convertOne(field: Field, element: string, value: Json): unknown {
  const range = integerRange(element)
  if (range !== undefined) {
    const number = integerOf(value, field.decimals ?? 0)
    if (number === undefined) throw wrong(field, 'a decimal number')
    if (number < range.min || number > range.max)
      throw wrong(field, `a number that fits ${element}`)
    return number
  }
  if (element === 'bool') {
    if (typeof value !== 'boolean') throw wrong(field, 'true or false')
    return value
  }
  if (typeof value !== 'string') throw wrong(field, 'a text')
  if (element === 'string') {
    if (!value.isWellFormed()) throw wrong(field, 'well-formed text')
    return value
  }
  if (element === 'address') {
    if (!isAddress(value, { strict: false })) throw wrong(field, 'an address')
    return getAddress(value)
  }
  if (!/^0x([0-9a-fA-F]{2})*$/.test(value)) throw wrong(field, 'hex digits after 0x')
  const fixed = /^bytes(\d+)$/.exec(element)
  if (fixed !== null && value.length !== 2 + 2 * Number(fixed[1]))
    throw wrong(field, `${fixed[1]} bytes`)
  return value.toLowerCase()
}

/** A JSON number or a decimal text, times 10 to `decimals`, without rounding: what is finer is cut off. */
function integerOf(value: Json, decimals: number): bigint | undefined {
  const text = value instanceof JsonNumber ? value.text : value
  if (typeof text !== 'string') return undefined
  const match = /^(-?)(\d{1,100})(?:\.(\d{1,400}))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text)
  if (match === null) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  const shift = decimals + Number(exponent)
  const digits = whole + fraction
  // Digits before the point of the result.
  const kept = whole.length + shift
  if (kept > 200) return /^0+$/.test(digits) ? 0n : undefined
  const result = kept <= 0 ? '0' : digits.slice(0, kept).padEnd(kept, '0')
  const magnitude = BigInt(result)
  return sign === '-' ? -magnitude : magnitude
}

function textOf(body: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch (cause) {
    throw new BridgeError('answer.field-wrong', `${name}: expected UTF-8 text`, { cause })
  }
}

function hexOf(bytes: Uint8Array): Hex {
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

function wrong({ name, pointer }: Field, expected: string): BridgeError {
  return new BridgeError('answer.field-wrong', `${name} at ${pointer}: expected ${expected}`)
}
