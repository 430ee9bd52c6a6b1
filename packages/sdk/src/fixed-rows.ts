// Reads answers that are an array of structs of a fixed size, such as the Lens' pages of applications. Pure.
// viem's decoder, made for any type, takes most of the time that a page needs for a long list; a test compares the two.
import { checksumAddress, type Abi, type AbiParameter, type Address, type Hex } from 'viem'

/** A word of the ABI in hexadecimal digits. */
const word = 64
/** ABI: offset of the array, then its length. */
const headWords = 2

/** Reads what begins at a digit of an answer. */
type Read = (digits: string, at: number) => unknown
type Struct = { readonly components: readonly AbiParameter[] }
type Field = { readonly words: number; readonly read: Read }

/** Reads a whole answer. Throws a RangeError for anything but such an array, to its last digit. */
export type FixedRows = (answer: Hex) => unknown[]

/** For a function that returns one array of structs in which nothing has a size of its own; undefined for any other. */
export function fixedRows(abi: Abi, functionName: string): FixedRows | undefined {
  const described = abi.find((item) => item.type === 'function' && item.name === functionName)
  const outputs = described?.type === 'function' ? described.outputs : []
  const [rows] = outputs
  if (rows === undefined || outputs.length !== 1 || rows.type !== 'tuple[]') return undefined
  const row = fieldOf({ ...rows, type: 'tuple' })
  return row && ((answer) => readRows(row, answer.slice(2)))
}

function readRows({ words, read }: Field, digits: string): unknown[] {
  const count = numberAt(digits, word)
  if (numberAt(digits, 0) !== word / 2 || digits.length !== (headWords + count * words) * word)
    throw new RangeError(
      `expected ${count} rows of ${words} words, got ${digits.length / word} words in all`,
    )
  return Array.from({ length: count }, (_, index) =>
    read(digits, (headWords + index * words) * word),
  )
}

/** Undefined for types without a fixed size, and for those that no list has. */
function fieldOf(parameter: AbiParameter): Field | undefined {
  const { type } = parameter
  if (type === 'tuple') return structOf((parameter as Struct).components)
  if (type === 'bool') return { words: 1, read: flagAt }
  if (type === 'address') return { words: 1, read: addressAt }
  const [, kind, size] = /^(uint|bytes)(\d+)$/.exec(type) ?? []
  if (kind === 'bytes') return { words: 1, read: bytesAt(Number(size) * 2) }
  if (kind === 'uint') return { words: 1, read: uintAt(Number(size)) }
  return undefined
}

function structOf(components: readonly AbiParameter[]): Field | undefined {
  const fields: [name: string, digitsBefore: number, read: Read][] = []
  let words = 0
  for (const component of components) {
    const field = fieldOf(component)
    if (field === undefined) return undefined
    fields.push([component.name ?? '', words * word, field.read])
    words += field.words
  }
  const read: Read = (digits, at) => {
    const value: Record<string, unknown> = {}
    for (const [name, before, readField] of fields) value[name] = readField(digits, at + before)
    return value
  }
  return { words, read }
}

const zeros = '0'.repeat(word)

/** Digits of a word that have to be zero, as nothing of its type reaches there. */
function expectZeros(digits: string, from: number, count: number): void {
  if (!digits.startsWith(zeros.slice(0, count), from))
    throw new RangeError(`a word holds more than its type: ${digits.slice(from, from + count)}`)
}

/** Numbers of at most 48 bits are safe integers. */
const safeDigits = 12

function numberAt(digits: string, at: number): number {
  expectZeros(digits, at, word - safeDigits)
  const text = digits.slice(at + word - safeDigits, at + word)
  const value = Number(`0x${text}`)
  if (text.length !== safeDigits || Number.isNaN(value)) throw new RangeError('a word is missing')
  return value
}

function flagAt(digits: string, at: number): boolean {
  const value = numberAt(digits, at)
  if (value > 1) throw new RangeError(`a flag is ${value}, expected 0 or 1`)
  return value === 1
}

function addressAt(digits: string, at: number): Address {
  expectZeros(digits, at, word - 40)
  return checksumAddress(`0x${digits.slice(at + word - 40, at + word)}`)
}

function bytesAt(size: number): Read {
  return (digits, at) => {
    expectZeros(digits, at + size, word - size)
    return `0x${digits.slice(at, at + size)}`
  }
}

/** As viem has it: up to 48 bits a number, above a bigint. */
function uintAt(bits: number): Read {
  const size = bits / 4
  return (digits, at) => {
    expectZeros(digits, at, word - size)
    const value = digits.slice(at + word - size, at + word)
    return bits > 48 ? BigInt(`0x${value}`) : Number(`0x${value}`)
  }
}
