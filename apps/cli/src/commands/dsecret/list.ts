// `wetee dsecret list`: all dsecret nodes.
import { Command } from 'commander'
import { formatDot, listNodes } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, printJson, printLine, table } from '../../output/print.ts'

export function dsecretListCommand(context: Context): Command {
  const command = new Command('list')
    .description('List the dsecret nodes')
    .action((options: SharedOptions) => run(context, options))
  return withExample(withShared(command), 'wetee dsecret list')
}

async function run(context: Context, options: SharedOptions): Promise<void> {
  const network = await openFor(context, options, false)
  const nodes = await listNodes(network)
  if (options.json === true) return printJson(context, { nodes })
  if (nodes.length === 0) return printLine(context, 'No nodes. `wetee dsecret register` makes one.')
  const rows = nodes.map((node) => [
    String(node.nodeId),
    node.status,
    node.seated ? 'yes' : 'no',
    formatDot(node.stakeWei),
    node.provenUntil === 0n ? 'no' : 'yes',
    clean(node.endpoint),
  ])
  for (const line of table(['ID', 'STATE', 'SEATED', 'STAKE', 'PROVEN', 'ENDPOINT'], rows))
    printLine(context, line)
}
