// Options that most commands have, and opening the network they name.
import type { Command } from 'commander'
import { requireAddress, type Network } from '@wetee/sdk'
import { toAccount } from 'viem/accounts'
import { chooseAccount } from './account/choose.ts'
import type { Context } from './context.ts'
import { CliError } from './error.ts'

/** Options of every command that talks to a network. */
export type SharedOptions = {
  readonly network?: string
  readonly account?: string
  readonly passwordFile?: string
  readonly json?: boolean
}

/** Adds --network, --account, --password-file and --json. */
export function withShared(command: Command): Command {
  return command
    .option(
      '--network <file>',
      'network profile; else $WETEE_NETWORK, else the devnet above this folder',
    )
    .option('--account <name>', 'account of the keystore; else $WETEE_ACCOUNT')
    .option(
      '--password-file <file>',
      'file with its password; else $WETEE_PASSWORD_FILE, else asked',
    )
    .option('--json', 'one JSON document on stdout, progress on stderr')
}

/** Options of every command that signs something. */
export type SigningOptions = SharedOptions & {
  readonly dryRun?: boolean
  readonly unsigned?: string
  readonly from?: string
  readonly yes?: boolean
}

/** Adds the shared options and --dry-run, --unsigned, --from and --yes. */
export function withSigning(command: Command): Command {
  return withShared(
    command
      .option('--dry-run', 'show what would happen and what it would cost, and stop')
      .option(
        '--unsigned <file>',
        'write the transactions for another signer to a file, or to stdout with -',
      )
      .option('--from <address>', 'who will sign them: a multisig, a DAO, a hardware wallet')
      .option('--yes', 'do not ask'),
  )
}

/** Adds an example below the help text. */
export function withExample(command: Command, ...lines: readonly string[]): Command {
  const title = lines.length === 1 ? 'Example' : 'Examples'
  return command.addHelpText(
    'after',
    `\n${title}:\n${lines.map((line) => `  $ ${line}`).join('\n')}`,
  )
}

/** Opens the network that the options name. `unlock`: the command signs, so the key is needed. */
export async function openFor(
  context: Context,
  options: SharedOptions & { readonly from?: string },
  unlock: boolean,
): Promise<Network> {
  const found = context.sdk.findNetwork({
    env: context.env,
    cwd: context.cwd,
    ...(options.network === undefined ? {} : { file: options.network }),
  })
  const account =
    options.from === undefined
      ? await chooseAccount(context, options, found, unlock)
      : toAccount(requireAddress('signer', options.from))
  return context.sdk.openNetwork(found.profile, {
    transport: context.sdk.nodeTransport(),
    signal: context.signal,
    ...(account === undefined ? {} : { account }),
  })
}

/** Asks on a terminal; elsewhere `yes` has to be given. Throws `confirm.required`, `confirm.declined`. */
export async function confirm(context: Context, question: string, yes: boolean): Promise<void> {
  if (yes) return
  if (!context.interactive)
    throw new CliError(
      'confirm.required',
      'nothing was done: this costs or ends something, so give --yes where nobody can be asked',
    )
  const answer = await context.ask(`${question} [y/N] `)
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new CliError('confirm.declined', 'nothing was done: not confirmed')
}

/** A whole number in a range, for commander. Throws CliError `usage`. */
export function wholeNumber(name: string, text: string, minimum: number, maximum: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN
  if (value >= minimum && value <= maximum) return value
  throw new CliError(
    'usage',
    `${name} is "${text}", expected a whole number from ${minimum} to ${maximum}`,
  )
}
