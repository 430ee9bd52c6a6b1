// `wetee app cap APP`: cap what later versions, scaling and migrations may cost.
import { Command } from 'commander'
import { assetOf, parseAmount, planCap } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { runApp } from './run-app.ts'

export function appCapCommand(context: Context): Command {
  const command = new Command('cap')
    .description('Cap what later versions, scaling and migrations may cost')
    .argument('<app>', 'id or name')
    .argument('<per-day>', 'DOT (or its asset) per day for all replicas, or none')
    .action((app: string, perDay: string, options: SigningOptions) =>
      runApp(context, app, options, async (network, appId) => {
        if (perDay === 'none') return planCap(network, appId, 0n)
        return planCap(network, appId, parseAmount(perDay, await assetOf(network, appId)))
      }),
    )
  return withExample(withSigning(command), 'wetee app cap hello 2.5', 'wetee app cap hello none')
}
