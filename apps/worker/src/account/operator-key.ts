// The operator's key: an encrypted keystore with a password file, or in development a plain file of mode 0600. Reads files.
import { readFileSync, statSync } from 'node:fs'
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import { ChainError, openKeystore } from '@wetee/chain'
import type { WorkerConfig } from '../config.ts'
import { WorkerError } from '../worker-error.ts'

const MAX_FILE_BYTES = 16_384
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
  const text = read(keystoreFile)
  const password = readSecret(passwordFile).replace(/\r?\n$/, '')
  try {
    return openKeystore(text, password)
  } catch (error) {
    // No cause: what a library says could quote key material.
    if (error instanceof ChainError && error.code === 'account.keystore-invalid')
      throw new WorkerError('account.unreadable', `${keystoreFile}: ${error.message}`)
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

/** Text of a file that nobody else may read, at most 16 KB. Throws WorkerError `account.unreadable`, `account.mode-open`. */
export function readSecret(path: string): string {
  const text = read(path)
  if ((statSync(path).mode & 0o077) !== 0)
    throw new WorkerError(
      'account.mode-open',
      `${path} can be read by others: run chmod 600 ${path}`,
    )
  return text
}
