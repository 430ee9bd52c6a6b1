// Development accounts of a devnet: made once, kept in files only their owner can read.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { Hex, PrivateKeyAccount } from 'viem'

/** Who acts in a devnet: the deployer, who stays admin beside the DAO; a developer, who holds the DAO's token; a provider; operators. */
export const roles = [
  'admin',
  'developer',
  'worker-owner',
  'worker-operator',
  'worker-2-operator',
  'dsecret-1',
  'dsecret-2',
  'dsecret-3',
] as const
export type AccountRole = (typeof roles)[number]
export type Accounts = Readonly<Record<AccountRole, PrivateKeyAccount>>

/** File that holds the private key of a role, 0x and 64 hex digits. */
export const keyFile = (stateDir: string, role: AccountRole): string =>
  join(stateDir, 'keys', `${role}.key`)

/** Loads the accounts of this devnet; makes those that are missing. */
export function openAccounts(stateDir: string): Accounts {
  mkdirSync(join(stateDir, 'keys'), { recursive: true, mode: 0o700 })
  const entries = roles.map((role) => {
    const path = keyFile(stateDir, role)
    if (!existsSync(path)) writeFileSync(path, generatePrivateKey(), { mode: 0o600, flag: 'wx' })
    return [role, privateKeyToAccount(readFileSync(path, 'utf8').trim() as Hex)] as const
  })
  return Object.fromEntries(entries) as unknown as Accounts
}
