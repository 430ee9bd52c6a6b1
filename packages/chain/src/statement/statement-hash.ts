// EIP-712 digests of statements, as viem has them, with what does not change from one to the next computed once. Pure.
import {
  domainSeparator,
  hashTypedData,
  hexToBytes,
  keccak256,
  stringToBytes,
  type Hex,
  type TypedDataDefinition,
} from 'viem'

type Field = { readonly name: string; readonly type: string }
type Types = Readonly<Record<string, readonly Field[]>>
type Domain = {
  readonly name?: string
  readonly version?: string
  readonly chainId?: number | bigint
  readonly verifyingContract?: Hex
}

const WORD = 32
/** Contracts of the networks that a process knows; the one kept longest goes first. */
const MAX_DOMAINS = 64
/** Characters of hex digits: 0, 9, the bit of small letters, and the `a` less ten. */
const [ZERO, NINE, LOWER_CASE, TEN] = [0x30, 0x39, 0x20, 0x57]
const MAX_UINT64 = 2n ** 64n - 1n
const FLAT = /^(address|bytes32|uint(8|16|32|64|128|256))$/
const domains = new Map<string, Uint8Array>()
/** Of the statement before: one program makes and checks those of one contract for the most part. */
let last: { readonly domain: Domain; readonly separator: Uint8Array } | undefined
/** Hashes of types by the objects that describe them, which are constants. */
const typeHashes = new WeakMap<readonly Field[], { name: string; hash: Uint8Array | undefined }>()

/**
 * What an account signs for typed data, 32 bytes: that of viem's `hashTypedData`, which also judges whatever is not a domain of
 * name, version, chain and contract and a struct of unsigned integers, addresses in lower case and words. Throws what viem throws.
 */
export function hashStatement(typedData: TypedDataDefinition): Hex {
  const { domain, types, primaryType, message } = typedData as {
    domain?: Domain
    types: Types
    primaryType: string
    message: Readonly<Record<string, unknown>>
  }
  const separator = separatorOf(domain)
  const struct = wordsOf(types, primaryType, message)
  if (separator === undefined || struct === undefined) return hashTypedData(typedData)
  const bytes = new Uint8Array(2 + 2 * WORD)
  bytes.set([0x19, 0x01])
  bytes.set(separator, 2)
  bytes.set(keccak256(struct, 'bytes'), 2 + WORD)
  return keccak256(bytes)
}

/** Undefined for a domain of other fields. */
function separatorOf(domain: Domain = {}): Uint8Array | undefined {
  const { name, version, chainId, verifyingContract, ...others } = domain
  if ([name, version, chainId, verifyingContract].includes(undefined)) return undefined
  if (Object.keys(others).length > 0) return undefined
  if (
    name === last?.domain.name &&
    version === last?.domain.version &&
    chainId === last?.domain.chainId &&
    verifyingContract === last?.domain.verifyingContract
  )
    return last?.separator
  const copy = { name, version, chainId, verifyingContract } as Domain
  const separator = knownSeparator(copy)
  last = { domain: copy, separator }
  return separator
}

function knownSeparator(domain: Domain): Uint8Array {
  const { name, version, chainId, verifyingContract } = domain
  const key = JSON.stringify([name, version, String(chainId), verifyingContract])
  const known = domains.get(key)
  if (known !== undefined) return known
  const made = hexToBytes(domainSeparator({ domain }))
  domains.set(key, made)
  const [oldest] = domains.keys()
  if (domains.size > MAX_DOMAINS && oldest !== undefined) domains.delete(oldest)
  return made
}

/** The type's hash and every field in a word of its own; undefined for what viem has to look at. */
function wordsOf(
  types: Types,
  primaryType: string,
  message: Readonly<Record<string, unknown>>,
): Uint8Array | undefined {
  const fields = types[primaryType] ?? []
  const typeHash = typeHashOf(primaryType, fields)
  if (typeHash === undefined) return undefined
  const words = new Uint8Array(WORD * (1 + fields.length))
  words.set(typeHash)
  for (const [index, { name, type }] of fields.entries()) {
    const start = WORD * (1 + index)
    if (!writeWord(words.subarray(start, start + WORD), type, message[name])) return undefined
  }
  return words
}

/** Undefined for a struct with other fields than words. */
function typeHashOf(name: string, fields: readonly Field[]): Uint8Array | undefined {
  let known = typeHashes.get(fields)
  if (known?.name !== name) {
    const isFlat = fields.length > 0 && fields.every(({ type }) => FLAT.test(type))
    const text = `${name}(${fields.map((field) => `${field.type} ${field.name}`).join(',')})`
    known = { name, hash: isFlat ? keccak256(stringToBytes(text), 'bytes') : undefined }
    typeHashes.set(fields, known)
  }
  return known.hash
}

/** Whether the value was written: false for a type or a form that is not read here. */
function writeWord(word: Uint8Array, type: string, value: unknown): boolean {
  if (type === 'address') return writeHex(word, value, /^0x[0-9a-f]{40}$/)
  if (type === 'bytes32') return writeHex(word, value, /^0x[0-9a-fA-F]{64}$/)
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) return false
  const number = BigInt(value as bigint | number)
  if (number < 0n || number >> BigInt(type.slice('uint'.length)) !== 0n) return false
  const view = new DataView(word.buffer, word.byteOffset, WORD)
  for (let at = WORD - 8, rest = number; rest > 0n; at -= 8, rest >>= 64n)
    view.setBigUint64(at, rest & MAX_UINT64)
  return true
}

/** Hex of a known length, at the end of a word. */
function writeHex(word: Uint8Array, value: unknown, form: RegExp): boolean {
  if (typeof value !== 'string' || !form.test(value)) return false
  for (let at = WORD - 1, end = value.length - 1; end > 1; at--, end -= 2)
    word[at] = (digitOf(value.charCodeAt(end - 1)) << 4) | digitOf(value.charCodeAt(end))
  return true
}

/** Of a character that is a hex digit. */
function digitOf(character: number): number {
  return character <= NINE ? character - ZERO : (character | LOWER_CASE) - TEN
}
