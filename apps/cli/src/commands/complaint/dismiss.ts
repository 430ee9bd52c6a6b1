// `wetee complaint dismiss ID`: ends a complaint without a slash.
import { Command } from 'commander'
import { planDismiss } from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

export function complaintDismissCommand(context: Context): Command {
  const command = new Command('dismiss')
    .description('End a complaint without a decision: the court, or anybody after its deadline')
    .argument('<complaint>', 'its number')
    .action((complaint: string, options: SigningOptions) =>
      runIntent(context, options, (network) =>
        planDismiss(network, parseId('complaint', complaint)),
      ),
    )
  return withExample(withSigning(command), 'wetee complaint dismiss 5')
}
