// `wetee dao execute ID`.
import { Command } from 'commander'
import { planExecute } from '@wetee/sdk'
import { parseProposal } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

export function daoExecuteCommand(context: Context): Command {
  const command = new Command('execute')
    .description('Execute a proposal whose delay is over; anybody may')
    .argument('<proposal>', 'its number')
    .action((proposal: string, options: SigningOptions) => {
      const proposalId = parseProposal(proposal)
      return runIntent(context, options, (network) => planExecute(network, proposalId))
    })
  return withExample(withSigning(command), 'wetee dao execute 4711')
}
