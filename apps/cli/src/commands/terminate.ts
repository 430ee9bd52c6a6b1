// `wetee terminate APP`: ends an application and brings back what is left.
import { Command } from 'commander'
import { formatAmount, planTermination, type Termination } from '@wetee/sdk'
import type { Context } from '../context.ts'
import { confirm, openFor, withExample, withSigning, type SigningOptions } from '../options.ts'
import { clean, facts, printJson, printLine } from '../output/print.ts'
import { runSteps } from '../output/progress.ts'
import { runApp } from './app/run-app.ts'

export function terminateCommand(context: Context): Command {
  const command = new Command('terminate')
    .description(
      'End an application for good: settled to the second, the rest refunded and withdrawn',
    )
    .argument('<app>', 'id or name')
    .action((app: string, options: SigningOptions) =>
      // Nothing is sent: what would be.
      options.dryRun === true || options.unsigned !== undefined
        ? runApp(context, app, options, planTermination)
        : run(context, app, options),
    )
  return withExample(withSigning(command), 'wetee terminate hello --yes')
}

async function run(context: Context, name: string, options: SigningOptions): Promise<void> {
  const network = await openFor(context, options, true)
  const appId = await context.sdk.resolveApp(network, name)
  await confirm(
    context,
    `End application ${appId} (${clean(name)}) and lose its volumes and keys?`,
    options.yes === true,
  )
  let result: Termination | undefined
  await runSteps(context, [
    {
      title: `End application ${appId}: settle, refund, withdraw`,
      run: async (show) => {
        result = await context.sdk.terminate(network, appId, {
          signal: context.signal,
          onSent: (txHash) => show(`sent: ${txHash}`),
        })
      },
    },
  ])
  if (result === undefined) return
  if (options.json === true) return printJson(context, result)
  printLine(context, `Application ${appId} has ended.`)
  const lines = facts([
    [
      'Rent',
      `${formatAmount(result.rentWei, result.asset)} for the last ${result.attestedSeconds} attested seconds`,
    ],
    [
      'Worker',
      `got ${formatAmount(result.paidToWorkerWei, result.asset)} of it, the platform ${formatAmount(result.feeWei, result.asset)}`,
    ],
    ['Refund', formatAmount(result.refundWei, result.asset)],
    ['Withdrawn', `${formatAmount(result.withdrawnWei, result.asset)} to your account`],
    ['Transaction', result.txHash],
  ])
  for (const line of lines) printLine(context, `  ${line}`)
}
