// `wetee worker register`: a new worker with its first stake.
import { Command } from 'commander'
import {
  noPrices,
  parseDot,
  planWorkerRegistration,
  pricesPerSecond,
  requireAddress,
} from '@wetee/sdk'
import { parseCpus, parseMiB, parseTeeClasses } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { wholeNumber, withExample, withSigning, type SigningOptions } from '../../options.ts'
import { dayPricesOf, withPrices, type PriceOptions } from './price-options.ts'

type Options = SigningOptions &
  PriceOptions & {
    readonly operator: string
    readonly endpoint: string
    readonly region: string
    readonly tee: string
    readonly level: string
    readonly cpus: string
    readonly memory: string
    readonly disk: string
    readonly gpus: string
    readonly stake?: string
  }

export function workerRegisterCommand(context: Context): Command {
  const command = new Command('register')
    .description('Register a worker that you own, with its first stake')
    .requiredOption('--operator <address>', "the hot account of the worker's daemon")
    .requiredOption('--endpoint <url>', 'where the daemon answers')
    .requiredOption('--cpus <count>', 'CPUs for applications, for example 16')
    .requiredOption('--memory <size>', 'memory for applications, for example 64GiB')
    .requiredOption('--disk <size>', 'disk for applications, for example 500GiB')
    .option('--gpus <count>', 'GPUs for applications', '0')
    .option('--tee <classes>', 'TEE classes of its hardware, with commas', 'tdx')
    .option('--level <level>', 'security level that it promises; more takes more stake', '1')
    .option('--region <name>', 'short name of where it stands', 'unknown')
    .option('--stake <dot>', 'DOT; default the minimum of its level')
    .action((options: Options) => run(context, options))
  return withExample(
    withSigning(withPrices(command)),
    'wetee worker register --operator 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC --endpoint https://w.example \\\n' +
      '      --cpus 16 --memory 64GiB --disk 500GiB --per-cpu 0.1 --per-memory 0.02 --per-disk 0.0005 --dry-run',
  )
}

async function run(context: Context, options: Options): Promise<void> {
  const offer = {
    operator: requireAddress('operator', options.operator),
    endpoint: options.endpoint,
    region: options.region,
    teeClasses: parseTeeClasses(options.tee),
    level: wholeNumber('--level', options.level, 0, 255),
    capacity: {
      cpuMilli: parseCpus('--cpus', options.cpus),
      memoryMiB: parseMiB('--memory', options.memory),
      diskMiB: parseMiB('--disk', options.disk),
      gpu: wholeNumber('--gpus', options.gpus, 0, 65_535),
    },
    prices: pricesPerSecond(dayPricesOf(options), noPrices),
  }
  const stakeWei = options.stake === undefined ? undefined : parseDot(options.stake)
  await runIntent(context, options, (network) => planWorkerRegistration(network, offer, stakeWei))
}
