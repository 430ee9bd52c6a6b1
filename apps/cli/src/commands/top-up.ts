// `wetee top-up APP DOT`: more escrow for an application.
import { Command } from 'commander'
import { formatAmount, formatDuration, parseAmount } from '@wetee/sdk'
import type { Context } from '../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../options.ts'
import { printJson, printLine } from '../output/print.ts'
import { runSteps } from '../output/progress.ts'

export function topUpCommand(context: Context): Command {
  const command = new Command('top-up')
    .description('Add to the escrow of an application; anybody may')
    .argument('<app>', 'id or name')
    .argument('<amount>', 'amount of DOT, or of the asset that it is paid in, for example 2.5')
    .action((app: string, amount: string, options: SharedOptions) =>
      run(context, app, amount, options),
    )
  return withExample(withShared(command), 'wetee top-up hello 2.5')
}

async function run(
  context: Context,
  name: string,
  amount: string,
  options: SharedOptions,
): Promise<void> {
  const network = await openFor(context, options, true)
  const appId = await context.sdk.resolveApp(network, name)
  const asset = await context.sdk.assetOf(network, appId)
  const amountWei = parseAmount(amount, asset)
  let done: Awaited<ReturnType<Context['sdk']['topUp']>> | undefined
  await runSteps(context, [
    {
      title: `Send ${formatAmount(amountWei, asset)} to application ${appId}`,
      run: async (show) => {
        done = await context.sdk.topUp(network, appId, amountWei, {
          signal: context.signal,
          onSent: (txHash) => show(`sent: ${txHash}`),
        })
      },
    },
  ])
  if (done === undefined) return
  const { app, txHash } = done
  if (options.json === true) return printJson(context, { appId, amountWei, txHash, app })
  const lasts =
    app.lastsSeconds === undefined ? '' : `, which lasts ${formatDuration(app.lastsSeconds)}`
  printLine(
    context,
    `Application ${appId} has ${formatAmount(app.escrowWei, app.asset)} in escrow${lasts}.`,
  )
}
