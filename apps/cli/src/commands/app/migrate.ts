// `wetee app migrate APP`: move to another worker; the application id stays.
import { Command } from 'commander'
import { assetOf, parseAmount, planMigration } from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { runApp } from './run-app.ts'

type Options = SigningOptions & { readonly deposit?: string; readonly worker?: string }

export function appMigrateCommand(context: Context): Command {
  const command = new Command('migrate')
    .description('Move to another worker; the application id stays')
    .argument('<app>', 'id or name')
    .option('--worker <id>', 'default the cheapest other one that fits')
    .option('--deposit <amount>', 'added to the escrow; default what it lacks')
    .action((app: string, options: Options) => {
      const { deposit, worker } = options
      const choice = worker === undefined ? {} : { workerId: parseId('worker', worker) }
      return runApp(context, app, options, async (network, appId) => {
        if (deposit === undefined) return planMigration(network, appId, choice)
        const amountWei = parseAmount(deposit, await assetOf(network, appId))
        return planMigration(network, appId, { ...choice, amountWei })
      })
    })
  return withExample(
    withSigning(command),
    'wetee app migrate hello',
    'wetee app migrate hello --worker 4 --yes',
  )
}
