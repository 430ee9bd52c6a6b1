// `wetee dao delegate [ADDRESS]`: who votes with the account's tokens.
import { Command } from 'commander'
import { planDelegate } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

export function daoDelegateCommand(context: Context): Command {
  const command = new Command('delegate')
    .description('Let your tokens vote: by yourself, or by somebody else')
    .argument('[to]', 'address; default your own')
    .action((to: string | undefined, options: SigningOptions) =>
      runIntent(context, options, (network) => planDelegate(network, to)),
    )
  return withExample(withSigning(command), 'wetee dao delegate')
}
