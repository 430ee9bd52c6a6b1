// `wetee app pause APP`: stop an application and keep its disk for the grace.
import { Command } from 'commander'
import { planPause } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { runApp } from './run-app.ts'

export function appPauseCommand(context: Context): Command {
  const command = new Command('pause')
    .description('Stop an application and keep its disk for the grace')
    .argument('<app>', 'id or name')
    .action((app: string, options: SigningOptions) =>
      runApp(context, app, options, (network, appId) => planPause(network, appId)),
    )
  return withExample(withSigning(command), 'wetee app pause hello')
}
