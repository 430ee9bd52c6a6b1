// Which account a command acts as, and whether its key is needed. Reads keystore files.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { toAccount, type Account } from 'viem/accounts'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { CliError } from '../error.ts'
import type { SharedOptions } from '../options.ts'
import { keystoreFolder, listAccounts, unlockAccount, type StoredAccount } from './keystore.ts'
import { readPassword } from './password.ts'

/** The part of a profile that decides here, and where it was found. */
export type ProfileAt = { readonly path: string; readonly profile: { readonly kind: string } }

type Chosen = {
  readonly path: string
  readonly what: string
  readonly address?: `0x${string}`
  readonly passwordFile?: string
}

const entrySchema = z.object({ keystore: z.string().max(4096), passwordFile: z.string().max(4096) })
const accountFileSchema = z.union([z.object({ account: entrySchema }), entrySchema])

/**
 * `--account NAME`, `$WETEE_ACCOUNT`, on development networks the account beside the profile, the keystore's only or `default` one.
 * `unlock` false gives the address alone, without a password where the file names it. Throws `account.*`.
 */
export async function chooseAccount(
  context: Context,
  options: SharedOptions,
  found: ProfileAt,
  unlock: boolean,
): Promise<Account | undefined> {
  const chosen = choose(context, options, found)
  if (chosen === undefined) return undefined
  if (!unlock && chosen.address !== undefined) return toAccount(chosen.address)
  const password = await readPassword(context, {
    what: chosen.what,
    ...(options.passwordFile === undefined
      ? {}
      : { file: resolve(context.cwd, options.passwordFile) }),
    ...(chosen.passwordFile === undefined ? {} : { fallbackFile: chosen.passwordFile }),
  })
  return unlockAccount(chosen.path, password)
}

function choose(context: Context, options: SharedOptions, found: ProfileAt): Chosen | undefined {
  const accounts = listAccounts(keystoreFolder(context.env, context.homeDir))
  const named = options.account ?? context.env['WETEE_ACCOUNT']
  if (named !== undefined && named !== '') {
    const account = accounts.find((a) => a.name === named)
    if (account !== undefined) return fromKeystore(account)
    throw new CliError(
      'account.not-found',
      `there is no account "${named}" in the keystore: \`wetee account list\` shows them`,
    )
  }
  const development = found.profile.kind === 'development' ? besideProfile(found.path) : undefined
  if (development !== undefined) return development
  const usual = accounts.length === 1 ? accounts[0] : accounts.find((a) => a.name === 'default')
  return usual === undefined ? undefined : fromKeystore(usual)
}

function fromKeystore({ name, path, address }: StoredAccount): Chosen {
  const what = `account "${name}"`
  return address === undefined ? { path, what } : { path, what, address }
}

/** The development account that a devnet writes next to its profile. */
function besideProfile(profilePath: string): Chosen | undefined {
  const path = join(dirname(profilePath), 'account.json')
  if (!existsSync(path)) return undefined
  try {
    const value = accountFileSchema.parse(JSON.parse(readFileSync(path, 'utf8')))
    const entry = 'account' in value ? value.account : value
    return {
      path: resolve(dirname(path), entry.keystore),
      passwordFile: resolve(dirname(path), entry.passwordFile),
      what: 'the development account',
    }
  } catch (cause) {
    throw new CliError(
      'account.file-invalid',
      `${path} does not name a keystore and a password file`,
      { cause },
    )
  }
}
