// `wetee logs APP`: log lines, as one document or followed line by line.
import { Command } from 'commander'
import type { LogLine } from '@wetee/sdk'
import type { Context } from '../context.ts'
import { openFor, wholeNumber, withExample, withShared, type SharedOptions } from '../options.ts'
import { clean, printJson, printLine, toJson } from '../output/print.ts'

type Options = SharedOptions & { follow?: boolean; tail: string; service?: string }

export function logsCommand(context: Context): Command {
  const command = new Command('logs')
    .description('Show log lines of an application; only its owner gets them')
    .argument('<app>', 'id or name')
    .option(
      '-f, --follow',
      'go on with new lines until Ctrl-C; with --json one line is one document',
    )
    .option('--tail <lines>', 'lines from before now', '100')
    .option('--service <name>', 'one service only')
    .action((app: string, options: Options) => run(context, app, options))
  return withExample(withShared(command), 'wetee logs hello -f --tail 20')
}

async function run(context: Context, app: string, options: Options): Promise<void> {
  const tail = wholeNumber('--tail', options.tail, 0, 10_000)
  const network = await openFor(context, options, true)
  const appId = await context.sdk.resolveApp(network, app)
  const follow = options.follow === true
  const collected: Omit<LogLine, 'raw'>[] = []
  const lines = context.sdk.logs(network, appId, {
    tail,
    follow,
    signal: context.signal,
    ...(options.service === undefined ? {} : { service: options.service }),
  })
  for await (const { raw: _raw, ...line } of lines) {
    if (options.json !== true) {
      const from = line.service === undefined ? '' : `${line.service} | `
      printLine(context, clean(from + line.text))
    } else if (follow) printLine(context, toJson(line))
    else collected.push(line)
  }
  if (options.json === true && !follow) printJson(context, { appId, lines: collected })
}
