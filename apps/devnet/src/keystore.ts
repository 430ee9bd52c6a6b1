// Hands a development account to the command line tools as an encrypted keystore beside network.json.
import { existsSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import * as Keystore from 'ox/Keystore'
import { readFileSync } from 'node:fs'
import { keyFile, type AccountRole } from './accounts.ts'
import type { DevnetState } from './state.ts'

/** Writes `<role>.keystore.json` and its password file once; returns their paths. */
export function writeKeystore(
  state: DevnetState,
  role: AccountRole,
): { keystore: string; passwordFile: string } {
  const keystore = state.path('keys', `${role}.keystore.json`)
  const passwordFile = state.path('keys', `${role}.password`)
  if (!existsSync(keystore)) {
    const password = randomBytes(24).toString('base64url')
    const privateKey = readFileSync(keyFile(state.folder, role), 'utf8').trim() as `0x${string}`
    const [key, options] = Keystore.scrypt({ password, n: 8192 })
    const encrypted = Keystore.encrypt(privateKey, key, options)
    writeFileSync(passwordFile, password, { mode: 0o600 })
    writeFileSync(keystore, JSON.stringify(encrypted), { mode: 0o600 })
  }
  return { keystore, passwordFile }
}
