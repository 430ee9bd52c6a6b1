// `wetee dao vote ID for|against|abstain`.
import { Command } from 'commander'
import { planVote, type Support } from '@wetee/sdk'
import { parseProposal } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

type Options = SigningOptions & { readonly reason?: string }
const supports: readonly string[] = ['for', 'against', 'abstain'] satisfies Support[]

export function daoVoteCommand(context: Context): Command {
  const command = new Command('vote')
    .description('Vote on a proposal')
    .argument('<proposal>', 'its number')
    .argument('<vote>', 'for, against or abstain')
    .option('--reason <text>', 'public for ever')
    .action((proposal: string, vote: string, options: Options) => {
      const proposalId = parseProposal(proposal)
      if (!supports.includes(vote))
        throw new CliError('usage', `the vote is "${vote}", expected ${supports.join(', ')}`)
      return runIntent(context, options, (network) =>
        planVote(network, proposalId, vote as Support, options.reason),
      )
    })
  return withExample(withSigning(command), 'wetee dao vote 4711 for --reason "needed"')
}
