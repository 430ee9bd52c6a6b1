// `wetee worker show ID`: a worker with its stake, prices and applications.
import { Command } from 'commander'
import {
  describePrices,
  formatTime,
  showWorker,
  teeClassNames,
  type WorkerDetails,
} from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, facts, printJson, printLine } from '../../output/print.ts'
import { stakeFacts } from '../stake/stake-facts.ts'

export function workerShowCommand(context: Context): Command {
  const command = new Command('show')
    .description('Show a worker: stake, prices, room, applications')
    .argument('<worker>', 'its number')
    .action((worker: string, options: SharedOptions) => run(context, worker, options))
  return withExample(withShared(command), 'wetee worker show 3')
}

async function run(context: Context, worker: string, options: SharedOptions): Promise<void> {
  const workerId = parseId('worker', worker)
  const network = await openFor(context, options, false)
  const details = await showWorker(network, workerId)
  if (options.json === true)
    return printJson(context, { ...details, simulated: network.profile.simulated })
  for (const line of facts(describe(details))) printLine(context, clean(line))
}

function describe(worker: WorkerDetails): [string, string][] {
  const { capacity, reserved } = worker
  return [
    ['Worker', `${worker.workerId} at ${worker.endpoint}, ${worker.region}`],
    [
      'State',
      worker.status === 'active' ? (worker.open ? 'active' : 'active, closed') : worker.status,
    ],
    ['Owner', worker.owner],
    ['Operator', worker.operator],
    ['TEE', `${teeClassNames(worker.teeClasses)}, level ${worker.level}`],
    [
      'Machine',
      worker.provenUntil === 0n
        ? 'no live proof'
        : `proven until ${formatTime(worker.provenUntil)}`,
    ],
    ['CPU', `${reserved.cpuMilli} of ${capacity.cpuMilli} milli-CPU reserved`],
    ['Memory', `${reserved.memoryMiB} of ${capacity.memoryMiB} MiB reserved`],
    ['Disk', `${reserved.diskMiB} of ${capacity.diskMiB} MiB reserved`],
    ['GPU', `${reserved.gpu} of ${capacity.gpu} reserved`],
    ...describePrices(worker.prices),
    ...stakeFacts(worker.stake),
    ['Applications', worker.apps.length === 0 ? 'none' : worker.apps.join(', ')],
  ]
}
