// `wetee dao treasury`: what the DAO holds and is owed.
import { Command } from 'commander'
import { formatAmount, formatDot, formatVotes, readTreasury, requireAddress } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, facts, printJson, printLine } from '../../output/print.ts'

type Options = SharedOptions & { readonly asset: string[] }

export function daoTreasuryCommand(context: Context): Command {
  const command = new Command('treasury')
    .description('Show what the DAO holds, and what the contracts owe it')
    .option(
      '--asset <address>',
      'this ERC20 too; repeatable',
      (one, all: string[]) => [...all, one],
      [],
    )
    .action((options: Options) => run(context, options))
  return withExample(withShared(command), 'wetee dao treasury')
}

async function run(context: Context, options: Options): Promise<void> {
  const assets = options.asset.map((asset) => requireAddress('asset', asset))
  const network = await openFor(context, options, false)
  const treasury = await readTreasury(network, assets)
  if (options.json === true) return printJson(context, treasury)
  const { credits } = treasury
  const lines = facts([
    ['Treasury', treasury.address],
    ['Holds', formatDot(treasury.balanceWei)],
    ...treasury.assets.map((one): [string, string] => ['', formatAmount(one.amount, one.asset)]),
    ['Own votes', formatVotes(treasury.ownTokens)],
    ...credits.cloud.map((one): [string, string] => [
      'Owed, fees',
      formatAmount(one.amount, one.asset),
    ]),
    ['Owed, slashes', formatDot(credits.subnetWei)],
    ['Owed, complaints', formatDot(credits.complaintsWei)],
    ['Owed, calls', formatDot(credits.bridgeWei)],
  ])
  for (const line of lines) printLine(context, clean(line))
  printLine(
    context,
    `What is owed is collected by proposal: wetee withdraw --from ${treasury.address} --unsigned - | wetee dao propose --title "Collect" --file -`,
  )
}
