// `wetee worker price ID`: new prices, in DOT or in an asset.
import { Command } from 'commander'
import {
  noPrices,
  planAssetPrices,
  planWorkerUpdate,
  pricesPerSecond,
  requireAddress,
  showWorker,
} from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { dayPricesOf, withPrices, type PriceOptions } from './price-options.ts'

type Options = SigningOptions & PriceOptions & { readonly asset?: string; readonly none?: boolean }

export function workerPriceCommand(context: Context): Command {
  const command = new Command('price')
    .description('Set prices; they bind new versions of applications only')
    .argument('<worker>', 'its number')
    .option('--asset <address>', 'prices in this ERC20; default in DOT')
    .option('--none', 'take no more applications in that asset')
    .action((worker: string, options: Options) => run(context, worker, options))
  return withExample(
    withSigning(withPrices(command)),
    'wetee worker price 3 --per-cpu 0.12',
    'wetee worker price 3 --asset 0x1111111111111111111111111111111111111111 --per-cpu 0.9 --per-memory 0.2 --per-disk 0.01',
  )
}

async function run(context: Context, worker: string, options: Options): Promise<void> {
  const workerId = parseId('worker', worker)
  const given = dayPricesOf(options)
  const named = Object.values(given).some((price) => price !== undefined)
  if (options.none === true && (options.asset === undefined || named))
    throw new CliError(
      'usage',
      '--none takes back the prices of an asset: give --asset, and no price',
    )
  if (options.none !== true && !named)
    throw new CliError('usage', 'name a price: --per-cpu, --per-memory, --per-disk or --per-gpu')
  const asset = options.asset === undefined ? undefined : requireAddress('asset', options.asset)
  await runIntent(context, options, async (network) => {
    if (asset === undefined) {
      const { prices } = await showWorker(network, workerId)
      return planWorkerUpdate(network, workerId, { prices: pricesPerSecond(given, prices) })
    }
    const token = await network.reader.asset(asset)
    return planAssetPrices(network, workerId, asset, pricesPerSecond(given, noPrices, token))
  })
}
