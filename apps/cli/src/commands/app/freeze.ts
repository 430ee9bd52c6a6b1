// `wetee app freeze APP`: allow no new code before a time; it can only be put off.
import { Command } from 'commander'
import { foreverSeconds, planFreeze } from '@wetee/sdk'
import { parseTime } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { runApp } from './run-app.ts'

export function appFreezeCommand(context: Context): Command {
  const command = new Command('freeze')
    .description('Allow no new code before a time; it can only be put off')
    .argument('<app>', 'id or name')
    .argument('<until>', '2027-01-31, an ISO time, a span such as 30d, or forever')
    .action((app: string, until: string, options: SigningOptions) => {
      const seconds = until === 'forever' ? foreverSeconds : parseTime('the end', until, Date.now())
      return runApp(context, app, options, (network, appId) => planFreeze(network, appId, seconds))
    })
  return withExample(
    withSigning(command),
    'wetee app freeze hello 90d',
    'wetee app freeze hello forever',
  )
}
