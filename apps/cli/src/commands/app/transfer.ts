// `wetee app transfer APP`: offer an application to another account, or take one that was offered.
import { Command } from 'commander'
import { planTake, planTransfer } from '@wetee/sdk'
import { CliError } from '../../error.ts'
import type { Context } from '../../context.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { runApp } from './run-app.ts'

type Options = SigningOptions & { readonly take?: boolean; readonly cancel?: boolean }

export function appTransferCommand(context: Context): Command {
  const command = new Command('transfer')
    .description('Offer an application to another account, or take one that was offered')
    .argument('<app>', 'id or name')
    .argument('[to]', 'address of the new owner, who has to take it')
    .option('--take', 'take over what was offered to you; name it by its number')
    .option('--cancel', 'take the offer back')
    .action((app: string, to: string | undefined, options: Options) => {
      const chosen = [to !== undefined, options.take === true, options.cancel === true]
      if (chosen.filter(Boolean).length !== 1)
        throw new CliError('usage', 'name the new owner, or give --take or --cancel')
      return runApp(context, app, options, (network, appId) =>
        options.take === true ? planTake(network, appId) : planTransfer(network, appId, to),
      )
    })
  return withExample(
    withSigning(command),
    'wetee app transfer hello 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
    'wetee app transfer 17 --take',
  )
}
