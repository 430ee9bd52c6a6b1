// Opens an encrypted key: Web3 secret storage version 3 with scrypt and aes-128-ctr. Pure.
import * as Keystore from 'ox/Keystore'
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import { z } from 'zod'
import { ChainError } from '../chain-error.ts'

/** Longest file that is taken, UTF-16 code units. */
const maxTextLength = 16_384

const hexText = z
  .string()
  .regex(/^(0x)?[0-9a-fA-F]*$/)
  .max(512)
const fileSchema = z.object({
  version: z.literal(3),
  id: z.string().max(64),
  address: z
    .string()
    .regex(/^(0x)?[0-9a-fA-F]{40}$/)
    .optional(),
  crypto: z.object({
    cipher: z.literal('aes-128-ctr'),
    ciphertext: hexText,
    cipherparams: z.object({ iv: hexText }),
    mac: hexText,
    kdf: z.literal('scrypt'),
    kdfparams: z.object({
      dklen: z.literal(32),
      // Bounded: what a foreign file asks for in memory is 128 * n * r bytes.
      n: z.int().min(2).max(1_048_576),
      r: z.int().min(1).max(16),
      p: z.int().min(1).max(16),
      salt: hexText,
    }),
  }),
})

/**
 * Decrypts the text of a keystore file. Throws ChainError `account.keystore-invalid`, `account.password-wrong`; no message
 * and no cause carries key material.
 */
export function openKeystore(text: string, password: string): PrivateKeyAccount {
  const stored = parse(text)
  try {
    return privateKeyToAccount(Keystore.decrypt(stored, Keystore.toKey(stored, { password })))
  } catch {
    throw new ChainError('account.password-wrong', 'the password does not open the keystore')
  }
}

/** The address that the text of a keystore file names; undefined when it names none. Throws `account.keystore-invalid`. */
export function keystoreAddress(text: string): `0x${string}` | undefined {
  const { address } = parse(text)
  return address === undefined ? undefined : `0x${address.replace(/^0x/, '')}`
}

function parse(text: string): z.infer<typeof fileSchema> {
  let value: unknown
  try {
    value = text.length > maxTextLength ? undefined : JSON.parse(text)
  } catch {
    value = undefined
  }
  const parsed = fileSchema.safeParse(value)
  if (!parsed.success)
    throw new ChainError(
      'account.keystore-invalid',
      'not a keystore: expected version 3 with scrypt and aes-128-ctr, at most 16 KiB',
    )
  return parsed.data
}
