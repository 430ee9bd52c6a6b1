// `wetee subscription order APP API ARGUMENTS`: an API called again and again from a balance.
import { Command } from 'commander'
import {
  encodeTexts,
  findCallableApi,
  parseDot,
  planSubscription,
  readApis,
  resolveApp,
} from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { wholeNumber, withExample, withSigning, type SigningOptions } from '../../options.ts'

type Options = SigningOptions & {
  readonly every: string
  readonly deposit: string
  readonly maxFee?: string
}

const maxEveryBlocks = 4_294_967_295

export function subscriptionOrderCommand(context: Context): Command {
  const command = new Command('order')
    .description('Have an API called every so many blocks, from a deposit')
    .argument('<app>', 'id or name')
    .argument('<api>', 'name or number')
    .argument('[arguments...]', 'in their order; lists as JSON, bytes as 0x')
    .requiredOption('--every <blocks>', 'least distance of two calls')
    .requiredOption('--deposit <dot>', 'paid now; what is left comes back')
    .option('--max-fee <dot>', 'no call that costs more; default twice what it costs now')
    .action((app: string, api: string, texts: readonly string[], options: Options) =>
      run(context, app, api, texts, options),
    )
  return withExample(
    withSigning(command),
    'wetee subscription order oracle price DOT --every 300 --deposit 2',
  )
}

function run(
  context: Context,
  app: string,
  idOrName: string,
  texts: readonly string[],
  options: Options,
): Promise<void> {
  const everyBlocks = wholeNumber('--every', options.every, 1, maxEveryBlocks)
  const depositWei = parseDot(options.deposit)
  const maxFee = options.maxFee === undefined ? {} : { maxFeeWei: parseDot(options.maxFee) }
  return runIntent(context, options, async (network) => {
    const appId = await resolveApp(network, app)
    const api = findCallableApi(await readApis(network, appId), idOrName)
    const order = { everyBlocks, depositWei, ...maxFee }
    return planSubscription(network, appId, api, encodeTexts(api.definition, texts), order)
  })
}
