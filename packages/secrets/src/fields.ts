// Fields that several formats here have. Pure.
import { hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { z } from 'zod'
import { SecretsError } from './error.ts'

/** Lower-case hex with `0x`. */
export type Hex = `0x${string}`

const U64_MAX = 2n ** 64n - 1n
/** Bytes of a derived key's path in UTF-8. */
const MAX_PATH_BYTES = 256

/** 32 bytes with `0x`, lower case. */
export const hex32 = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)])
/** 20 bytes with `0x`, lower case. */
export const hex20 = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{40}$/)])
/** Names a ciphertext: 32 bytes without `0x`, lower case. */
export const digestHex = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits')
/** An unsigned 64-bit number above zero, decimal, as text. */
export const positive64 = z
  .string()
  // One check: a second one would be asked about texts that the first has refused.
  .refine(
    (text) => /^[1-9][0-9]{0,19}$/.test(text) && BigInt(text) <= U64_MAX,
    'expected a decimal number above zero of 64 bits',
  )
/** An unsigned 64-bit number, decimal, as text. */
export const unsigned64 = z.union([z.literal('0'), positive64])
/** Name of a secret, as the contract takes it. */
export const secretName = z
  .string()
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/, 'expected 1 to 64 of a-z A-Z 0-9 . _ -')
/** Version of a secret, from 1. */
export const secretVersion = z.int().min(1).max(0xffff_ffff)
/** A compressed point S of a key of the network, 33 bytes with `0x`, lower case. */
export const verificationKey = z.templateLiteral([
  '0x',
  z.string().regex(/^0[23][0-9a-f]{64}$/, 'expected 33 bytes of a compressed point in hex'),
])
/** Path of a derived key. */
export const keyPath = z
  .string()
  .min(1)
  .max(MAX_PATH_BYTES)
  .refine(
    (text) => text.isWellFormed() && utf8ToBytes(text).length <= MAX_PATH_BYTES,
    `expected 1 to ${MAX_PATH_BYTES} bytes of UTF-8`,
  )

/** Bytes of hex with `0x`. Throws SecretsError `argument.invalid` for another length or none. */
export function bytesOf(what: string, hex: string, size: number): Uint8Array {
  if (hex.length !== 2 + 2 * size || !/^0x[0-9a-fA-F]*$/.test(hex))
    throw new SecretsError('argument.invalid', `${what}: expected 0x and ${size} bytes of hex`)
  return hexToBytes(hex.slice(2))
}

/** Whether each is greater than the one before. */
export function isAscending(texts: readonly string[]): boolean {
  return texts.every((text, at) => at === 0 || (texts[at - 1] ?? '') < text)
}
