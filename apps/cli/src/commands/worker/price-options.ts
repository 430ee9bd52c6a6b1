// The price options of `wetee worker register`, `update` and `price`.
import type { Command } from 'commander'
import type { DayPrices } from '@wetee/sdk'

/** Amounts per day as given. */
export type PriceOptions = {
  readonly perCpu?: string
  readonly perMemory?: string
  readonly perDisk?: string
  readonly perGpu?: string
}

/** Adds --per-cpu, --per-memory, --per-disk and --per-gpu. */
export function withPrices(command: Command): Command {
  return command
    .option('--per-cpu <amount>', 'price of one CPU per day')
    .option('--per-memory <amount>', 'price of one GiB of memory per day')
    .option('--per-disk <amount>', 'price of one GiB of disk per day')
    .option('--per-gpu <amount>', 'price of one GPU per day')
}

/** The given prices by the names of the contract. */
export function dayPricesOf(options: PriceOptions): DayPrices {
  const { perCpu, perMemory, perDisk, perGpu } = options
  return { cpuMilli: perCpu, memoryMiB: perMemory, diskMiB: perDisk, gpu: perGpu }
}
