// `wetee dsecret alerts [ID]`: leases and machines that were cut off, as a node saw it.
import { Command } from 'commander'
import { followAlerts, formatTime, readAlerts, type AlertRecord } from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, printJson, printLine, toJson } from '../../output/print.ts'

type Options = SharedOptions & { readonly follow?: boolean }

export function dsecretAlertsCommand(context: Context): Command {
  const command = new Command('alerts')
    .description('Show which leases and machines were cut off, and why')
    .argument('[node]', 'whose view; default a member of the committee that answers')
    .option(
      '-f, --follow',
      'go on with new ones until Ctrl-C; with --json one line is one document',
    )
    .action((node: string | undefined, options: Options) => run(context, node, options))
  return withExample(withShared(command), 'wetee dsecret alerts', 'wetee dsecret alerts 2 -f')
}

async function run(context: Context, node: string | undefined, options: Options): Promise<void> {
  const network = await openFor(context, options, false)
  const { signal } = context
  const asked = { ...(node === undefined ? {} : { nodeId: parseId('node', node) }), signal }
  const isJson = options.json === true
  if (options.follow === true)
    return followAlerts(
      network,
      ({ alerts }) => {
        for (const alert of alerts) printLine(context, isJson ? toJson(alert) : lineOf(alert))
      },
      asked,
    )
  const { nodeId, last, alerts, pinned } = await readAlerts(network, asked)
  if (isJson) return printJson(context, { nodeId, last, alerts, pinned })
  if (alerts.length === 0) return printLine(context, `Node ${nodeId} saw nothing cut off.`)
  for (const alert of alerts) printLine(context, lineOf(alert))
}

function lineOf({ number, kind, subject, state, cause, causeAt, delayMs }: AlertRecord): string {
  const seconds = (delayMs / 1_000).toFixed(1)
  const what = `${kind} ${subject} ${state}: ${cause}`
  return clean(`${number}  ${formatTime(BigInt(causeAt))}  ${what}, seen after ${seconds} s`)
}
