// `wetee app resume APP`: go on after a pause.
import { Command } from 'commander'
import { planResume } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { runApp } from './run-app.ts'

export function appResumeCommand(context: Context): Command {
  const command = new Command('resume')
    .description('Go on after a pause')
    .argument('<app>', 'id or name')
    .action((app: string, options: SigningOptions) =>
      runApp(context, app, options, (network, appId) => planResume(network, appId)),
    )
  return withExample(withSigning(command), 'wetee app resume hello')
}
