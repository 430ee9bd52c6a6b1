// `wetee withdraw`: what the contracts owe the account.
import { Command } from 'commander'
import { planWithdrawal, requireAddress } from '@wetee/sdk'
import type { Context } from '../context.ts'
import { runIntent } from '../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../options.ts'

type Options = SigningOptions & { readonly asset: string[]; readonly to?: string }

export function withdrawCommand(context: Context): Command {
  const command = new Command('withdraw')
    .description('Pay out refunds, rents, bonds and compensation that the contracts owe you')
    .option('--asset <address>', 'credits in this ERC20 too; repeatable', collect, [])
    .option('--to <address>', 'who gets it; default your account')
    .action((options: Options) => run(context, options))
  return withExample(withSigning(command), 'wetee withdraw', 'wetee withdraw --dry-run --json')
}

function collect(value: string, all: string[]): string[] {
  return [...all, value]
}

async function run(context: Context, options: Options): Promise<void> {
  const assets = options.asset.map((asset) => requireAddress('asset', asset))
  const to = options.to === undefined ? {} : { to: requireAddress('receiver', options.to) }
  await runIntent(context, options, (network) => planWithdrawal(network, { assets, ...to }))
}
