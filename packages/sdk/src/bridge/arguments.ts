// Arguments of calls as people write them, and values of answers by name. Pure.
import { encodeArguments, type Definition } from '@wetee/bridge'
import { decodeAbiParameters, getAddress, isAddress, type Hex } from 'viem'
import { SdkError } from '../error.ts'

/** Longest text of one argument. */
const maxTextLength = 16_384

/**
 * The ABI encoding of arguments that are texts: numbers decimal or 0x, `true` and `false`, bytes as 0x, lists as JSON (`["a","b"]`).
 * Throws `api.arguments-invalid` with what was expected.
 */
export function encodeTexts({ name, request }: Definition, texts: readonly string[]): Hex {
  if (texts.length !== request.length)
    throw invalid(
      `${name} takes ${request.length} arguments (${request.map((one) => `${one.type} ${one.name}`).join(', ')}), ${texts.length} were given`,
    )
  const values = request.map((parameter, index) => {
    const text = texts[index] ?? ''
    if (text.length > maxTextLength) throw invalid(`${parameter.name} is too long`)
    if (!parameter.type.endsWith('[]')) return valueOf(parameter.name, parameter.type, text)
    const element = parameter.type.slice(0, -2)
    return listOf(parameter.name, text).map((one) => valueOf(parameter.name, element, one))
  })
  return encodeValues({ name, request }, values)
}

/** The ABI encoding of arguments as JavaScript has them. Throws `api.arguments-invalid`. */
export function encodeValues(
  definition: Pick<Definition, 'name' | 'request'>,
  values: readonly unknown[],
): Hex {
  try {
    return encodeArguments(definition as Definition, values)
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : 'they do not fit their types', cause)
  }
}

/** Values of a payload by name; a contract was given the same. Throws `api.answer-invalid` for what is not of the types. */
export function valuesOf(
  { name, response }: Pick<Definition, 'name' | 'response'>,
  payload: Hex,
): Readonly<Record<string, unknown>> {
  try {
    const types = response.map((field) => ({ name: field.name, type: field.type }))
    const values: readonly unknown[] = decodeAbiParameters(types, payload)
    return Object.fromEntries(response.map((field, index) => [field.name, values[index]]))
  } catch (cause) {
    throw new SdkError('api.answer-invalid', `the answer is not of the types of ${name}`, { cause })
  }
}

function valueOf(name: string, type: string, text: string): unknown {
  const refuse = (expected: string) =>
    invalid(`${name} is "${text.slice(0, 80)}", expected ${expected} (${type})`)
  if (type === 'string') return text
  if (type === 'bool') {
    if (text === 'true' || text === 'false') return text === 'true'
    throw refuse('true or false')
  }
  if (type === 'address') {
    if (isAddress(text)) return getAddress(text)
    throw refuse('an address with a right checksum')
  }
  if (type.startsWith('bytes')) {
    if (/^0x([0-9a-fA-F]{2})*$/.test(text)) return text
    throw refuse('0x and hex digits')
  }
  if (!/^(-?\d{1,78}|0x[0-9a-fA-F]{1,64})$/.test(text)) throw refuse('a whole number')
  // viem takes numbers where they are exact: bigints are right for every width.
  return BigInt(text)
}

function listOf(name: string, text: string): string[] {
  let list: unknown
  try {
    // Numbers keep their digits: `[1, 2]` is read as `["1", "2"]`.
    list = JSON.parse(text.replace(/(?<=[[,]\s*)-?\d+(?=\s*[,\]])/g, '"$&"'))
  } catch (cause) {
    throw invalid(`${name} is no JSON list such as ["a","b"]`, cause)
  }
  if (Array.isArray(list) && list.every((one) => ['string', 'boolean'].includes(typeof one)))
    return list.map(String)
  throw invalid(`${name} is no JSON list such as ["a","b"]`)
}

function invalid(message: string, cause?: unknown): SdkError {
  return new SdkError('api.arguments-invalid', message, { cause })
}
