// The operator's account, which pays for the transactions that carry this node's proofs. Reads a file.
import { readFileSync, statSync } from 'node:fs'
import { messageOf } from '@wetee/daemon'
import { privateKeyToAccount, type PrivateKeyAccount } from 'viem/accounts'
import { NodeError } from './node-error.ts'

const MAX_FILE_BYTES = 256

/** Opens a key file of mode 0600. Throws NodeError `operator.unreadable`, `operator.mode-open`; no message contains key material. */
export function openOperator(file: string): PrivateKeyAccount {
  let text: string
  try {
    const { size, mode } = statSync(file)
    if (size > MAX_FILE_BYTES) throw new Error(`larger than ${MAX_FILE_BYTES} bytes`)
    if ((mode & 0o077) !== 0)
      throw new NodeError(
        'operator.mode-open',
        `${file} can be read by others: run chmod 600 ${file}`,
        { status: 500 },
      )
    text = readFileSync(file, 'utf8').trim()
  } catch (cause) {
    if (cause instanceof NodeError) throw cause
    const message = `${file}: ${messageOf(cause)}`
    throw new NodeError('operator.unreadable', message, { status: 500, cause })
  }
  if (!/^0x[0-9a-fA-F]{64}$/.test(text))
    throw new NodeError('operator.unreadable', `${file}: expected 0x and 64 hex digits`, {
      status: 500,
    })
  return privateKeyToAccount(text as `0x${string}`)
}
