// `wetee app drop APP`: drop the version that is being started; a guardian’s veto.
import { Command } from 'commander'
import { planDrop } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { runApp } from './run-app.ts'

export function appDropCommand(context: Context): Command {
  const command = new Command('drop')
    .description('Drop the version that is being started; a guardian’s veto')
    .argument('<app>', 'id or name')
    .action((app: string, options: SigningOptions) =>
      runApp(context, app, options, (network, appId) => planDrop(network, appId)),
    )
  return withExample(withSigning(command), 'wetee app drop hello')
}
