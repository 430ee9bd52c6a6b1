// Encrypted keys in files: Web3 secret storage version 3, scrypt. Reads and writes the keystore folder.
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as Keystore from 'ox/Keystore'
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import { z } from 'zod'
import { CliError } from '../error.ts'

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

/** An account in the keystore; the address is in the clear, the key is not. */
export type StoredAccount = {
  readonly name: string
  readonly address?: `0x${string}`
  readonly path: string
}

const maxFileBytes = 16_384
const namePattern = /^[a-z0-9][a-z0-9-]{0,31}$/

/** The folder of keystore files: `$WETEE_HOME/keystore` or `~/.config/wetee/keystore`. */
export function keystoreFolder(
  env: Readonly<Record<string, string | undefined>>,
  homeDir: string,
): string {
  const home = env['WETEE_HOME']
  return join(
    home === undefined || home === '' ? join(homeDir, '.config', 'wetee') : home,
    'keystore',
  )
}

/** The accounts in a folder, by name. */
export function listAccounts(folder: string): StoredAccount[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .slice(0, 1000)
    .map((file) => {
      const path = join(folder, file)
      const address = addressIn(path)
      const name = file.slice(0, -'.json'.length)
      return address === undefined ? { name, path } : { name, path, address }
    })
}

/** Encrypts a key under a name; never overwrites. Throws `account.exists`, `account.name-invalid`, `account.password-weak`. */
export function storeAccount(
  folder: string,
  name: string,
  privateKey: `0x${string}`,
  password: string,
  scryptN = 262_144,
): StoredAccount {
  if (!namePattern.test(name))
    throw new CliError(
      'account.name-invalid',
      `"${name}" is not an account name: use 1 to 32 of a-z, 0-9 and -, starting with a letter or digit`,
    )
  if (password.length < 8)
    throw new CliError('account.password-weak', 'the password has fewer than 8 characters')
  const path = join(folder, `${name}.json`)
  if (existsSync(path))
    throw new CliError('account.exists', `there is an account "${name}" already (${path})`)
  const { address } = privateKeyToAccount(privateKey)
  const [key, derivation] = Keystore.scrypt({ password, n: scryptN })
  const encrypted = Keystore.encrypt(privateKey, key, { ...derivation, id: randomUUID() })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const text = JSON.stringify({ ...encrypted, address }, null, 2)
  writeFileSync(path, `${text}\n`, { mode: 0o600, flag: 'wx' })
  return { name, path, address }
}

/** Decrypts a keystore file. Throws `account.password-wrong`, `account.keystore-invalid`. */
export function unlockAccount(path: string, password: string): PrivateKeyAccount {
  const stored = readKeystore(path)
  let privateKey: `0x${string}`
  try {
    const key = Keystore.toKey(stored, { password })
    privateKey = Keystore.decrypt(stored, key)
  } catch (cause) {
    throw new CliError('account.password-wrong', `the password does not open ${path}`, { cause })
  }
  return privateKeyToAccount(privateKey)
}

function readKeystore(path: string): Keystore.Keystore {
  const invalid = (why: string, cause?: unknown) =>
    new CliError('account.keystore-invalid', `${path} is not a keystore file: ${why}`, { cause })
  let value: unknown
  try {
    if (statSync(path).size > maxFileBytes) throw new Error(`larger than ${maxFileBytes} bytes`)
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw invalid(cause instanceof Error ? cause.message : String(cause), cause)
  }
  const parsed = fileSchema.safeParse(value)
  if (!parsed.success) throw invalid('expected version 3 with scrypt and aes-128-ctr')
  return parsed.data
}

/** The address that a file names; undefined when it names none or cannot be read. */
function addressIn(path: string): `0x${string}` | undefined {
  try {
    const { address } = fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
    if (address === undefined) return undefined
    return `0x${address.replace(/^0x/, '')}`
  } catch {
    return undefined
  }
}
