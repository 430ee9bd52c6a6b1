// `wetee worker update ID`: capacity, endpoint, level, operator, open or closed.
import { Command } from 'commander'
import { planWorkerUpdate, requireAddress, showWorker, type WorkerChanges } from '@wetee/sdk'
import { parseCpus, parseId, parseMiB, parseTeeClasses } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { runIntent } from '../../intent.ts'
import { wholeNumber, withExample, withSigning, type SigningOptions } from '../../options.ts'

type Options = SigningOptions & {
  readonly operator?: string
  readonly endpoint?: string
  readonly region?: string
  readonly tee?: string
  readonly level?: string
  readonly cpus?: string
  readonly memory?: string
  readonly disk?: string
  readonly gpus?: string
  readonly open?: boolean
  readonly closed?: boolean
}

export function workerUpdateCommand(context: Context): Command {
  const command = new Command('update')
    .description('Change capacity, endpoint, level or operator of a worker')
    .argument('<worker>', 'its number')
    .option('--operator <address>', 'new hot account; its machines have to be proven again')
    .option('--endpoint <url>', 'where the daemon answers')
    .option('--region <name>', 'short name of where it stands')
    .option('--tee <classes>', 'TEE classes of its hardware, with commas')
    .option('--level <level>', 'security level that it promises')
    .option('--cpus <count>', 'CPUs for applications')
    .option('--memory <size>', 'memory for applications, for example 64GiB')
    .option('--disk <size>', 'disk for applications, for example 500GiB')
    .option('--gpus <count>', 'GPUs for applications')
    .option('--open', 'take new applications')
    .option('--closed', 'take no new applications')
    .action((worker: string, options: Options) => run(context, worker, options))
  return withExample(withSigning(command), 'wetee worker update 3 --memory 128GiB --open')
}

async function run(context: Context, worker: string, options: Options): Promise<void> {
  const workerId = parseId('worker', worker)
  if (options.open === true && options.closed === true)
    throw new CliError('usage', 'a worker is --open or --closed, not both')
  const { operator, endpoint, region, tee, level, cpus, memory, disk, gpus } = options
  await runIntent(context, options, async (network) => {
    const changes: WorkerChanges = {
      ...(operator === undefined ? {} : { operator: requireAddress('operator', operator) }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(region === undefined ? {} : { region }),
      ...(tee === undefined ? {} : { teeClasses: parseTeeClasses(tee) }),
      ...(level === undefined ? {} : { level: wholeNumber('--level', level, 0, 255) }),
      ...(options.open === true ? { open: true } : {}),
      ...(options.closed === true ? { open: false } : {}),
    }
    if ([cpus, memory, disk, gpus].every((given) => given === undefined))
      return planWorkerUpdate(network, workerId, changes)
    const { capacity } = await showWorker(network, workerId)
    return planWorkerUpdate(network, workerId, {
      ...changes,
      capacity: {
        cpuMilli: cpus === undefined ? capacity.cpuMilli : parseCpus('--cpus', cpus),
        memoryMiB: memory === undefined ? capacity.memoryMiB : parseMiB('--memory', memory),
        diskMiB: disk === undefined ? capacity.diskMiB : parseMiB('--disk', disk),
        gpu: gpus === undefined ? capacity.gpu : wholeNumber('--gpus', gpus, 0, 65_535),
      },
    })
  })
}
