// `wetee top-up APP DOT`: more escrow for an application.
import { Command } from 'commander'
import { parseAmount, planTopUp } from '@wetee/sdk'
import type { Context } from '../context.ts'
import { runIntent } from '../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../options.ts'

export function topUpCommand(context: Context): Command {
  const command = new Command('top-up')
    .description('Add to the escrow of an application; anybody may')
    .argument('<app>', 'id or name')
    .argument('<amount>', 'amount of DOT, or of the asset that it is paid in, for example 2.5')
    .action((app: string, amount: string, options: SigningOptions) =>
      runIntent(context, options, async (network) => {
        const appId = await context.sdk.resolveApp(network, app)
        const asset = await context.sdk.assetOf(network, appId)
        return planTopUp(network, appId, parseAmount(amount, asset))
      }),
    )
  return withExample(withSigning(command), 'wetee top-up hello 2.5')
}
