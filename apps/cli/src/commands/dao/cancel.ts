// `wetee dao cancel ID`.
import { Command } from 'commander'
import { planCancel } from '@wetee/sdk'
import { parseProposal } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

export function daoCancelCommand(context: Context): Command {
  const command = new Command('cancel')
    .description('Cancel a proposal: its proposer before voting, the guardian while it may')
    .argument('<proposal>', 'its number')
    .action((proposal: string, options: SigningOptions) => {
      const proposalId = parseProposal(proposal)
      return runIntent(context, options, (network) => planCancel(network, proposalId))
    })
  return withExample(withSigning(command), 'wetee dao cancel 4711')
}
