// `wetee complaint list`: complaints, open ones by default.
import { Command } from 'commander'
import { formatDot, formatTime, listComplaints } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { printJson, printLine, table } from '../../output/print.ts'

type Options = SharedOptions & { readonly all?: boolean }

export function complaintListCommand(context: Context): Command {
  const command = new Command('list')
    .description('List complaints')
    .option('--all', 'closed ones too')
    .action((options: Options) => run(context, options))
  return withExample(withShared(command), 'wetee complaint list', 'wetee complaint list --all')
}

async function run(context: Context, options: Options): Promise<void> {
  const network = await openFor(context, options, false)
  const all = await listComplaints(network)
  const complaints = options.all === true ? all : all.filter(({ status }) => status === 'open')
  if (options.json === true) return printJson(context, { complaints })
  if (complaints.length === 0) return printLine(context, 'No complaints.')
  const rows = complaints.map((one) => [
    String(one.complaintId),
    one.status,
    String(one.appId),
    String(one.workerId),
    formatDot(one.claimedWei),
    one.answeredAt === 0n ? 'no' : 'yes',
    formatTime(one.filedAt),
  ])
  for (const line of table(['ID', 'STATE', 'APP', 'WORKER', 'CLAIMED', 'ANSWERED', 'FILED'], rows))
    printLine(context, line)
}
