// The operator's key: an encrypted keystore with a password file, or in development a plain file of mode 0600. Reads files.
import { readFileSync, statSync } from 'node:fs'
import * as Keystore from 'ox/Keystore'
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import { z } from 'zod'
import type { WorkerConfig } from '../config.ts'
import { WorkerError } from '../worker-error.ts'

const MAX_FILE_BYTES = 16_384
const hexText = z
  .string()
  .regex(/^(0x)?[0-9a-fA-F]*$/)
  .max(512)

/** Web3 secret storage, version 3, scrypt; the cost is bounded, since a file could ask for any memory. */
const keystoreSchema = z.object({
  version: z.literal(3),
  id: z.string().max(64),
  crypto: z.object({
    cipher: z.literal('aes-128-ctr'),
    ciphertext: hexText,
    cipherparams: z.object({ iv: hexText }),
    mac: hexText,
    kdf: z.literal('scrypt'),
    kdfparams: z.object({
      dklen: z.literal(32),
      n: z.int().min(2).max(1_048_576),
      r: z.int().min(1).max(16),
      p: z.int().min(1).max(16),
      salt: hexText,
    }),
  }),
})

/**
 * Opens the operator's account. `development` allows a plain key file. Throws WorkerError `account.unreadable`,
 * `account.mode-open`, `account.password-wrong`; no message contains key material.
 */
export function openOperator(
  operator: WorkerConfig['operator'],
  options: { readonly development: boolean },
): PrivateKeyAccount {
  if ('privateKeyFile' in operator) {
    if (!options.development)
      throw new WorkerError(
        'account.unreadable',
        'operator.privateKeyFile is for development networks: use keystoreFile and passwordFile',
      )
    const text = readSecret(operator.privateKeyFile).trim()
    if (!/^0x[0-9a-fA-F]{64}$/.test(text))
      throw new WorkerError(
        'account.unreadable',
        `${operator.privateKeyFile}: expected 0x and 64 hex digits`,
      )
    return privateKeyToAccount(text as `0x${string}`)
  }
  const { keystoreFile, passwordFile } = operator
  let value: unknown
  try {
    value = JSON.parse(read(keystoreFile))
  } catch (cause) {
    throw cause instanceof WorkerError
      ? cause
      : new WorkerError('account.unreadable', `${keystoreFile}: not JSON`)
  }
  const stored = keystoreSchema.safeParse(value)
  if (!stored.success)
    throw new WorkerError(
      'account.unreadable',
      `${keystoreFile}: expected a version 3 keystore with scrypt and aes-128-ctr`,
    )
  const password = readSecret(passwordFile).replace(/\r?\n$/, '')
  try {
    const key = Keystore.toKey(stored.data, { password })
    return privateKeyToAccount(Keystore.decrypt(stored.data, key))
  } catch {
    // No cause: what the library says could quote key material.
    throw new WorkerError(
      'account.password-wrong',
      `the password in ${passwordFile} does not open ${keystoreFile}`,
    )
  }
}

function read(path: string): string {
  try {
    if (statSync(path).size > MAX_FILE_BYTES) throw new Error(`larger than ${MAX_FILE_BYTES} bytes`)
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new WorkerError('account.unreadable', `${path}: ${why}`, { cause })
  }
}

function readSecret(path: string): string {
  const text = read(path)
  if ((statSync(path).mode & 0o077) !== 0)
    throw new WorkerError(
      'account.mode-open',
      `${path} can be read by others: run chmod 600 ${path}`,
    )
  return text
}
