// `wetee app scale APP`: change how many replicas run, without a new version.
import { Command } from 'commander'
import { assetOf, parseAmount, planScale } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { wholeNumber, withExample, withSigning, type SigningOptions } from '../../options.ts'
import { runApp } from './run-app.ts'

type Options = SigningOptions & { readonly deposit?: string }

export function appScaleCommand(context: Context): Command {
  const command = new Command('scale')
    .description('Change how many replicas run, without a new version')
    .argument('<app>', 'id or name')
    .argument('<replicas>', 'how many, for example 3')
    .option('--deposit <amount>', 'added to the escrow; default what it lacks')
    .action((app: string, count: string, options: Options) => {
      const replicas = wholeNumber('the number of replicas', count, 1, 255)
      return runApp(context, app, options, async (network, appId) => {
        const { deposit } = options
        if (deposit === undefined) return planScale(network, appId, replicas)
        const asset = await assetOf(network, appId)
        return planScale(network, appId, replicas, parseAmount(deposit, asset))
      })
    })
  return withExample(withSigning(command), 'wetee app scale hello 3 --dry-run')
}
