// `wetee dsecret show ID`: a node with its keys, seat and stake.
import { Command } from 'commander'
import { formatTime, showNode } from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, facts, printJson, printLine } from '../../output/print.ts'
import { stakeFacts } from '../stake/stake-facts.ts'

export function dsecretShowCommand(context: Context): Command {
  const command = new Command('show')
    .description('Show a dsecret node: keys, seat, stake')
    .argument('<node>', 'its number')
    .action((node: string, options: SharedOptions) => run(context, node, options))
  return withExample(withShared(command), 'wetee dsecret show 2')
}

async function run(context: Context, text: string, options: SharedOptions): Promise<void> {
  const nodeId = parseId('node', text)
  const network = await openFor(context, options, false)
  const node = await showNode(network, nodeId)
  if (options.json === true)
    return printJson(context, { ...node, simulated: network.profile.simulated })
  const proven =
    node.provenUntil === 0n ? 'no live proof' : `proven until ${formatTime(node.provenUntil)}`
  const lines = facts([
    ['Node', `${node.nodeId} at ${node.endpoint}`],
    ['State', `${node.status}, ${node.seated ? 'in a committee' : 'in no committee'}`],
    ['Machine', proven],
    ['Owner', node.owner],
    ['Operator', node.operator],
    ['Statement key', node.statementKey],
    ['TLS key', node.tlsKeyHash],
    ...stakeFacts(node.stake),
  ])
  for (const line of lines) printLine(context, clean(line))
}
