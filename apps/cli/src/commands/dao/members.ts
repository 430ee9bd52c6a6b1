// `wetee dao members`: who has joined; joining and leaving.
import { Command } from 'commander'
import { listMembers, planMembership } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { runIntent } from '../../intent.ts'
import { openFor, withExample, withSigning, type SigningOptions } from '../../options.ts'
import { printJson, printLine } from '../../output/print.ts'

type Options = SigningOptions & { readonly join?: boolean; readonly leave?: boolean }

export function daoMembersCommand(context: Context): Command {
  const command = new Command('members')
    .description('List the members of the DAO, join while that is open, or leave')
    .option('--join', 'join')
    .option('--leave', 'leave')
    .action((options: Options) => run(context, options))
  return withExample(withSigning(command), 'wetee dao members', 'wetee dao members --join')
}

async function run(context: Context, options: Options): Promise<void> {
  if (options.join === true && options.leave === true)
    throw new CliError('usage', 'give --join or --leave, not both')
  if (options.join === true || options.leave === true)
    return runIntent(context, options, (network) =>
      planMembership(network, options.join === true ? 'join' : 'resign'),
    )
  const network = await openFor(context, options, false)
  const { publicJoin, members } = await listMembers(network)
  if (options.json === true) return printJson(context, { publicJoin, members })
  for (const member of members) printLine(context, member)
  printLine(
    context,
    `${members.length} members; joining is ${publicJoin ? 'open' : 'by proposal only'}.`,
  )
}
