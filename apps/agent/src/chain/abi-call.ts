// Calls of contracts as an application writes them, to calldata and back: `balanceOf(address) returns (uint256)` with JSON values. Pure.
import { refusal } from '@wetee/tee-device'
import {
  decodeFunctionResult,
  encodeFunctionData,
  getAddress,
  isAddress,
  isHex,
  parseAbiItem,
  type AbiFunction,
  type AbiParameter,
  type Hex,
} from 'viem'

/** Longest signature, characters. */
export const MAX_SIGNATURE_LENGTH = 1_024
/** Elements of one list. */
const MAX_LIST = 1_024
const CHARACTERS = /^[A-Za-z0-9_$(),[\] ]+$/

/**
 * Reads a function as Solidity writes it, with or without `function` in front; tuples in parentheses. Throws a refusal `request.invalid`.
 */
export function parseFunction(text: string): AbiFunction {
  const signature = text.trim().replace(/^function /, '')
  const sizes = [...signature.matchAll(/\[(\d+)\]/g)].map(([, size]) => Number(size))
  const isBounded =
    signature.length <= MAX_SIGNATURE_LENGTH &&
    CHARACTERS.test(signature) &&
    sizes.every((size) => size >= 1 && size <= MAX_LIST)
  try {
    if (isBounded) {
      const item: unknown = parseAbiItem(`function ${signature}` as never)
      if (isFunction(item)) return item
    }
  } catch {
    // Said below, in the same words whatever is wrong.
  }
  throw invalid('function: expected one such as "balanceOf(address) returns (uint256)"')
}

/** Calldata of a call with these values. Throws a refusal `request.invalid` that names the value. */
export function encodeCall(fragment: AbiFunction, args: readonly unknown[]): Hex {
  const { inputs, name } = fragment
  if (args.length !== inputs.length)
    throw invalid(`args: ${name} takes ${inputs.length} values, ${args.length} were given`)
  const values = inputs.map((input, index) => valueOf(input, args[index], `args[${index}]`))
  try {
    return encodeFunctionData({ abi: [fragment], functionName: name, args: values })
  } catch {
    throw invalid('args: they are not of the types of the function')
  }
}

/**
 * The values that a function has returned, as JSON has them: integers as decimal text, bytes in hex, tuples whose members all have names
 * as objects. Throws a refusal `contract.answer-invalid` for bytes that are not of the types.
 */
export function decodeAnswer(fragment: AbiFunction, data: Hex): readonly unknown[] {
  const { outputs, name } = fragment
  if (outputs.length === 0) return []
  try {
    const value: unknown = decodeFunctionResult({ abi: [fragment], functionName: name, data })
    return (outputs.length === 1 ? [value] : (value as readonly unknown[])).map(jsonOf)
  } catch {
    throw refusal(502, 'contract.answer-invalid', 'the answer is not of the types of the function')
  }
}

function isFunction(item: unknown): item is AbiFunction {
  return typeof item === 'object' && item !== null && 'type' in item && item.type === 'function'
}

function valueOf(parameter: AbiParameter, value: unknown, where: string): unknown {
  const { type } = parameter
  const [, inner, size] = /^(.*)\[(\d*)\]$/.exec(type) ?? []
  if (inner !== undefined) {
    if (!Array.isArray(value) || value.length > MAX_LIST) throw wrong(where, 'a list', type)
    if (size !== '' && value.length !== Number(size)) throw wrong(where, `${size} values`, type)
    const element = { ...parameter, type: inner }
    return value.map((one, index) => valueOf(element, one, `${where}[${index}]`))
  }
  if ('components' in parameter) return tupleOf(parameter.components, value, where)
  if (type === 'bool') {
    if (typeof value === 'boolean') return value
    throw wrong(where, 'true or false', type)
  }
  if (type === 'string') {
    if (typeof value === 'string' && value.isWellFormed()) return value
    throw wrong(where, 'a text', type)
  }
  if (type === 'address') {
    if (typeof value === 'string' && isAddress(value, { strict: false })) return getAddress(value)
    throw wrong(where, 'an address', type)
  }
  if (type.startsWith('bytes')) {
    if (isHex(value) && value.length % 2 === 0) return value
    throw wrong(where, '0x and pairs of hex digits', type)
  }
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  if (typeof value === 'string' && /^(-?\d{1,78}|0x[0-9a-fA-F]{1,64})$/.test(value))
    return BigInt(value)
  throw wrong(where, 'a whole number, as text where it is beyond 2^53', type)
}

/** Members in their order, or by their names. */
function tupleOf(components: readonly AbiParameter[], value: unknown, where: string): unknown {
  const members: Readonly<Record<string, unknown>> | undefined =
    typeof value === 'object' && value !== null ? { ...value } : undefined
  const keys = components.map(({ name }, at) => (Array.isArray(value) ? String(at) : (name ?? '')))
  const isWhole =
    members !== undefined &&
    Object.keys(members).length === keys.length &&
    keys.every((key) => Object.hasOwn(members, key))
  if (!isWhole) throw wrong(where, `${keys.length} members`, 'tuple')
  const values = components.map((component, at) =>
    valueOf(component, members[keys[at]!], `${where}.${keys[at]}`),
  )
  // viem takes members by name where all have one.
  const isNamed = components.every(({ name }) => name !== undefined && name !== '')
  if (!isNamed) return values
  return Object.fromEntries(components.map(({ name = '' }, at) => [name, values[at]]))
}

function jsonOf(value: unknown): unknown {
  if (typeof value === 'bigint' || typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.map(jsonOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, jsonOf(one)]))
}

function wrong(where: string, expected: string, type: string) {
  return invalid(`${where}: expected ${expected} (${type})`)
}

function invalid(message: string) {
  return refusal(400, 'request.invalid', message.slice(0, 300))
}
