// `wetee app exceptions APP`: exceptions in its logs, grouped.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, paint, printJson, printLine } from '../../output/print.ts'
import { ownerOptions } from './owned.ts'

type Options = SharedOptions & { readonly replica?: string; readonly samples?: boolean }

export function appExceptionsCommand(context: Context): Command {
  const command = new Command('exceptions')
    .description('Show exceptions in its logs: of which kind, how often, first and last')
    .argument('<app>', 'id or name')
    .option('--replica <number>', 'one replica only')
    .option('--samples', 'with the lines of the last one of each kind')
    .action((app: string, options: Options) => run(context, app, options))
  return withExample(withShared(command), 'wetee app exceptions hello --samples')
}

async function run(context: Context, app: string, options: Options): Promise<void> {
  const owner = ownerOptions(context, options)
  const network = await openFor(context, options, true)
  const appId = await context.sdk.resolveApp(network, app)
  const exceptions = await context.sdk.instanceExceptions(network, appId, owner)
  if (options.json === true) {
    printJson(context, { appId, exceptions })
    return
  }
  if (exceptions.length === 0)
    printLine(context, 'no exceptions in the logs since the agents began')
  for (const { service, version, replica, type, message, frame, count, ...rest } of exceptions) {
    printLine(context, clean(`${type}: ${message}`))
    const where = frame === '' ? '' : ` in ${frame}`
    printLine(
      context,
      paint(
        context,
        'grey',
        clean(
          `  ${count} times, first ${rest.first}, last ${rest.last}; ${service} v${version}/${replica}${where}`,
        ),
      ),
    )
    if (options.samples === true)
      for (const line of rest.sample.split('\n')) printLine(context, clean(`    ${line}`))
  }
}
