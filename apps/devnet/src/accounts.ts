// Development accounts of a devnet: made once, kept in files only their owner can read.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { Hex, PrivateKeyAccount } from 'viem'

/** Who acts in a devnet: the deployer, who stays admin beside the DAO; a developer, who holds the DAO's token; a provider; operators. */
const roles = [
  'admin',
  'developer',
  'worker-owner',
  'worker-operator',
  'worker-2-operator',
] as const
/** A dsecret node, by its number from 1; also the name of its machine, process, folder and log. */
export type NodeName = `dsecret-${number}`
export type AccountRole = (typeof roles)[number] | NodeName
export type Accounts = Readonly<Record<(typeof roles)[number], PrivateKeyAccount>> & {
  readonly [name: NodeName]: PrivateKeyAccount
}

/** Names of the first dsecret nodes. */
export const nodeNames = (count: number): readonly NodeName[] =>
  Array.from({ length: count }, (_, index): NodeName => `dsecret-${index + 1}`)

/** File that holds the private key of a role, 0x and 64 hex digits. */
export const keyFile = (stateDir: string, role: AccountRole): string =>
  join(stateDir, 'keys', `${role}.key`)

/** Loads the accounts of a devnet with so many dsecret nodes; makes those that are missing. */
export function openAccounts(stateDir: string, nodes: number): Accounts {
  mkdirSync(join(stateDir, 'keys'), { recursive: true, mode: 0o700 })
  const entries = [...roles, ...nodeNames(nodes)].map((role) => {
    const path = keyFile(stateDir, role)
    if (!existsSync(path)) writeFileSync(path, generatePrivateKey(), { mode: 0o600, flag: 'wx' })
    return [role, privateKeyToAccount(readFileSync(path, 'utf8').trim() as Hex)] as const
  })
  return Object.fromEntries(entries) as unknown as Accounts
}

/** The account of a role. Throws for a node that this devnet does not have. */
export function accountOf(accounts: Accounts, role: AccountRole): PrivateKeyAccount {
  const account = accounts[role]
  if (account === undefined) throw new Error(`this devnet has no account of ${role}`)
  return account
}
