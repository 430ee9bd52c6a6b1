// `wetee worker list`: all workers of the network.
import { Command } from 'commander'
import { formatDot, listWorkers, teeClassNames } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, printJson, printLine, table } from '../../output/print.ts'

export function workerListCommand(context: Context): Command {
  const command = new Command('list')
    .description('List the workers')
    .option('--all', 'those that shut down too')
    .action((options: SharedOptions & { all?: boolean }) => run(context, options))
  return withExample(withShared(command), 'wetee worker list', 'wetee worker list --all --json')
}

async function run(context: Context, options: SharedOptions & { all?: boolean }): Promise<void> {
  const network = await openFor(context, options, false)
  const all = await listWorkers(network)
  const workers = options.all === true ? all : all.filter((worker) => worker.status !== 'shutdown')
  if (options.json === true) return printJson(context, { workers })
  if (workers.length === 0)
    return printLine(context, 'No workers. `wetee worker register` makes one.')
  const rows = workers.map((worker) => [
    String(worker.workerId),
    worker.status === 'active' && !worker.open ? 'closed' : worker.status,
    clean(worker.region),
    `${teeClassNames(worker.teeClasses)} level ${worker.level}`,
    `${free(worker, 'cpuMilli')} milli-CPU, ${free(worker, 'memoryMiB')} MiB`,
    formatDot(worker.stakeWei),
    worker.provenUntil === 0n ? 'no' : 'yes',
    clean(worker.endpoint),
  ])
  const header = ['ID', 'STATE', 'REGION', 'TEE', 'FREE', 'STAKE', 'PROVEN', 'ENDPOINT']
  for (const line of table(header, rows)) printLine(context, line)
}

type Worker = Awaited<ReturnType<typeof listWorkers>>[number]

function free({ capacity, reserved }: Worker, name: 'cpuMilli' | 'memoryMiB'): number {
  return capacity[name] - reserved[name]
}
