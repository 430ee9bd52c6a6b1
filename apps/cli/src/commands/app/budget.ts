// `wetee app budget APP`: what an application may spend on transactions of its own.
import { Command } from 'commander'
import { formatDot, parseDot, planBudget, readBudget, resolveApp } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { openFor, withExample, withSigning, type SigningOptions } from '../../options.ts'
import { printJson, printLine } from '../../output/print.ts'
import { runApp } from './run-app.ts'

type Options = SigningOptions & {
  readonly fund?: string
  readonly take?: string
  readonly dayCap?: string
}

export function appBudgetCommand(context: Context): Command {
  const command = new Command('budget')
    .description('Show or change what an application may spend on transactions of its own')
    .argument('<app>', 'id or name')
    .option('--fund <amount>', 'DOT to add; anybody may')
    .option('--day-cap <amount>', 'DOT that a day may cost, or none')
    .option('--take <amount>', 'DOT to take back, as a credit')
    .action((app: string, options: Options) => run(context, app, options))
  return withExample(
    withSigning(command),
    'wetee app budget hello',
    'wetee app budget hello --fund 1 --day-cap 0.1',
  )
}

async function run(context: Context, app: string, options: Options): Promise<void> {
  const { fund, take, dayCap } = options
  if ([fund, take, dayCap].every((option) => option === undefined))
    return show(context, app, options)
  await runApp(context, app, options, (network, appId) =>
    planBudget(network, appId, {
      ...(fund === undefined ? {} : { fundWei: parseDot(fund) }),
      ...(take === undefined ? {} : { releaseWei: parseDot(take) }),
      ...(dayCap === undefined ? {} : { dayCapWei: dayCap === 'none' ? 0n : parseDot(dayCap) }),
    }),
  )
}

async function show(context: Context, app: string, options: Options): Promise<void> {
  const network = await openFor(context, options, false)
  const appId = await resolveApp(network, app)
  const budget = await readBudget(network, appId)
  if (options.json === true) return printJson(context, { appId, ...budget })
  const { balanceWei, dayCapWei, spentTodayWei } = budget
  printLine(context, `Application ${appId} has ${formatDot(balanceWei)} for transactions.`)
  printLine(context, `A day may cost ${formatDot(dayCapWei)}, today ${formatDot(spentTodayWei)}.`)
}
