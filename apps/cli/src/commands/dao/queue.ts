// `wetee dao queue ID`.
import { Command } from 'commander'
import { planQueue } from '@wetee/sdk'
import { parseProposal } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

export function daoQueueCommand(context: Context): Command {
  const command = new Command('queue')
    .description('Hand a proposal that won to its timelock; anybody may')
    .argument('<proposal>', 'its number')
    .action((proposal: string, options: SigningOptions) => {
      const proposalId = parseProposal(proposal)
      return runIntent(context, options, (network) => planQueue(network, proposalId))
    })
  return withExample(withSigning(command), 'wetee dao queue 4711')
}
