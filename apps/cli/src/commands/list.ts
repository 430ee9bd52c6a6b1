// `wetee list`: the applications of an account.
import { Command } from 'commander'
import { formatAmount, formatDuration } from '@wetee/sdk'
import type { Context } from '../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../options.ts'
import { clean, printJson, printLine, table } from '../output/print.ts'

export function listCommand(context: Context): Command {
  const command = new Command('list')
    .description('List your applications')
    .option('--all', 'ended ones too')
    .action((options: SharedOptions & { all?: boolean }) => run(context, options))
  return withExample(withShared(command), 'wetee list', 'wetee list --all --json')
}

async function run(context: Context, options: SharedOptions & { all?: boolean }): Promise<void> {
  const network = await openFor(context, options, false)
  const all = await context.sdk.listApps(network)
  const apps = options.all === true ? all : all.filter((app) => app.state !== 'ended')
  if (options.json === true) return printJson(context, { apps })
  if (apps.length === 0)
    return printLine(context, 'No applications. `wetee deploy compose.yaml` makes one.')
  const rows = apps.map((app) => [
    String(app.appId),
    clean(app.name),
    app.state,
    `${app.currentVersion}${app.pendingVersion === 0 ? '' : ` (${app.pendingVersion} pending)`}`,
    String(app.workerId),
    `${app.liveReplicas}/${app.replicas}`,
    formatAmount(app.weiPerDay, app.asset),
    app.lastsSeconds === undefined ? '-' : formatDuration(app.lastsSeconds),
  ])
  const header = ['ID', 'NAME', 'STATE', 'VERSION', 'WORKER', 'ATTESTED', 'PER DAY', 'LASTS']
  for (const line of table(header, rows)) printLine(context, line)
}
