// `wetee app events APP`: what the agents of an application have seen.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, printJson, printLine, table } from '../../output/print.ts'
import { ownerOptions } from './owned.ts'

type Options = SharedOptions & { readonly replica?: string }

export function appEventsCommand(context: Context): Command {
  const command = new Command('events')
    .description('Show what has happened to its instances, as their agents saw it')
    .argument('<app>', 'id or name')
    .option('--replica <number>', 'one replica only')
    .action((app: string, options: Options) => run(context, app, options))
  return withExample(withShared(command), 'wetee app events hello')
}

async function run(context: Context, app: string, options: Options): Promise<void> {
  const owner = ownerOptions(context, options)
  const network = await openFor(context, options, true)
  const appId = await context.sdk.resolveApp(network, app)
  const events = await context.sdk.instanceEvents(network, appId, owner)
  if (options.json === true) {
    printJson(context, { appId, events })
    return
  }
  const rows = events.map(({ time, version, replica, code, detail = '', hostsWord }) => [
    time,
    `v${version}/${replica}`,
    code,
    hostsWord === true ? `${detail} (the worker says)` : detail,
  ])
  for (const line of table(['TIME', 'INSTANCE', 'EVENT', 'DETAIL'], rows))
    printLine(context, clean(line))
}
