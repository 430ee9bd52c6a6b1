// `wetee complaint reject ID`: ends a complaint without a slash.
import { Command } from 'commander'
import { planReject } from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

export function complaintRejectCommand(context: Context): Command {
  const command = new Command('reject')
    .description(
      'Reject a complaint as frivolous; the court alone may, the bond goes to the worker',
    )
    .argument('<complaint>', 'its number')
    .action((complaint: string, options: SigningOptions) =>
      runIntent(context, options, (network) =>
        planReject(network, parseId('complaint', complaint)),
      ),
    )
  return withExample(withSigning(command), 'wetee complaint reject 5')
}
