// `wetee account`: the local encrypted keystore. Keys come from a file or a hidden prompt and are never printed.
import { resolve } from 'node:path'
import { Command } from 'commander'
import { generatePrivateKey } from 'viem/accounts'
import {
  keystoreFolder,
  listAccounts,
  storeAccount,
  unlockAccount,
  type StoredAccount,
} from '../account/keystore.ts'
import { readPassword, readSecretFile } from '../account/password.ts'
import type { Context } from '../context.ts'
import { CliError } from '../error.ts'
import { withExample } from '../options.ts'
import { printJson, printLine, table } from '../output/print.ts'

type Options = { json?: boolean; passwordFile?: string; keyFile?: string }

export function accountCommand(context: Context): Command {
  const account = new Command('account').description('Keep accounts in an encrypted local keystore')
  const add = (name: string, description: string, example: string) =>
    withExample(
      account
        .command(name)
        .description(description)
        .option('--json', 'one JSON document on stdout'),
      example,
    )
  add('create', 'Make a new account', 'wetee account create default')
    .argument('[name]', 'name of the account', 'default')
    .option(
      '--password-file <file>',
      'file with the password; else $WETEE_PASSWORD_FILE, else asked',
    )
    .action((name: string, options: Options) => store(context, name, options, generatePrivateKey))
  add('import', 'Encrypt an existing private key', 'wetee account import main --key-file key.txt')
    .argument('[name]', 'name of the account', 'default')
    .option('--key-file <file>', 'file with the private key in hex; else asked, hidden')
    .option(
      '--password-file <file>',
      'file with the password; else $WETEE_PASSWORD_FILE, else asked',
    )
    .action(async (name: string, options: Options) => {
      const key = await readKey(context, options.keyFile)
      await store(context, name, options, () => key)
    })
  add('show', 'Show the address of an account', 'wetee account show default')
    .argument('[name]', 'name of the account', 'default')
    .option('--password-file <file>', 'needed only when the file names no address')
    .action((name: string, options: Options) => show(context, name, options))
  add('list', 'List the accounts', 'wetee account list').action((options: Options) =>
    list(context, options),
  )
  return withExample(account, 'wetee account create', 'wetee account list')
}

async function store(
  context: Context,
  name: string,
  options: Options,
  makeKey: () => `0x${string}`,
): Promise<void> {
  const folder = keystoreFolder(context.env, context.homeDir)
  if (listAccounts(folder).some((account) => account.name === name))
    throw new CliError(
      'account.exists',
      `there is an account "${name}" already: choose another name`,
    )
  const password = await readPassword(context, {
    what: `account "${name}"`,
    confirm: true,
    ...passwordFile(context, options),
  })
  const stored = storeAccount(folder, name, makeKey(), password)
  if (options.json === true) return printJson(context, stored)
  printLine(context, `Account "${stored.name}" ${stored.address}`)
  printLine(context, `Its encrypted key is in ${stored.path}: keep a copy, nobody can restore it.`)
}

async function readKey(context: Context, file: string | undefined): Promise<`0x${string}`> {
  if (file === undefined && !context.interactive)
    throw new CliError(
      'account.key-missing',
      'give --key-file FILE (there is no terminal to ask on)',
    )
  const text =
    file === undefined
      ? await context.readSecret('Private key (hex, hidden): ')
      : readSecretFile(resolve(context.cwd, file), 'key')
  const digits = /^(?:0x)?([0-9a-fA-F]{64})$/.exec(text.trim())?.[1]
  if (digits === undefined)
    throw new CliError(
      'account.key-invalid',
      'the private key is not 64 hex digits (its text is not shown)',
    )
  return `0x${digits}`
}

async function show(context: Context, name: string, options: Options): Promise<void> {
  const stored = listAccounts(keystoreFolder(context.env, context.homeDir)).find(
    (account) => account.name === name,
  )
  if (stored === undefined)
    throw new CliError(
      'account.not-found',
      `there is no account "${name}": \`wetee account list\` shows them`,
    )
  const address = stored.address ?? (await unlock(context, stored, options))
  if (options.json === true) return printJson(context, { ...stored, address })
  printLine(context, address)
}

async function unlock(context: Context, stored: StoredAccount, options: Options) {
  const what = `account "${stored.name}"`
  const password = await readPassword(context, { what, ...passwordFile(context, options) })
  return unlockAccount(stored.path, password).address
}

function list(context: Context, options: Options): void {
  const accounts = listAccounts(keystoreFolder(context.env, context.homeDir))
  if (options.json === true) return printJson(context, { accounts })
  if (accounts.length === 0)
    return printLine(context, 'No accounts. `wetee account create` makes one.')
  const rows = accounts.map(({ name, address }) => [name, address ?? '-'])
  for (const line of table(['NAME', 'ADDRESS'], rows)) printLine(context, line)
}

function passwordFile(context: Context, options: Options): { file?: string } {
  return options.passwordFile === undefined
    ? {}
    : { file: resolve(context.cwd, options.passwordFile) }
}
