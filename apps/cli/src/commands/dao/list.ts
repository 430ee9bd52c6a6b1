// `wetee dao list`: proposals of both tracks.
import { Command } from 'commander'
import { formatTime, listProposals } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, printJson, printLine, table } from '../../output/print.ts'

type Options = SharedOptions & { readonly open?: boolean }
const closed = ['canceled', 'defeated', 'expired', 'executed']

export function daoListCommand(context: Context): Command {
  const command = new Command('list')
    .description('List proposals')
    .option('--open', 'only those that are not decided or done')
    .action((options: Options) => run(context, options))
  return withExample(withShared(command), 'wetee dao list --open')
}

async function run(context: Context, options: Options): Promise<void> {
  const network = await openFor(context, options, false)
  const all = await listProposals(network)
  const proposals = options.open === true ? all.filter(({ state }) => !closed.includes(state)) : all
  if (options.json === true) return printJson(context, { proposals })
  if (proposals.length === 0) return printLine(context, 'No proposals.')
  const rows = proposals.map((one) => [
    one.state,
    one.track,
    formatTime(one.deadline),
    clean(one.title),
    String(one.proposalId),
  ])
  for (const line of table(['STATE', 'TRACK', 'VOTING ENDS', 'TITLE', 'PROPOSAL'], rows))
    printLine(context, line)
}
