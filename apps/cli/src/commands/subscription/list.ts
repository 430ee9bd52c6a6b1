// `wetee subscription list`: subscriptions of your account, or to an application.
import { Command } from 'commander'
import {
  formatDot,
  listSubscriptions,
  requireAccount,
  resolveApp,
  type SubscriptionRecord,
} from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { printJson, printLine, table } from '../../output/print.ts'

type Options = SharedOptions & { readonly app?: string }

export function subscriptionListCommand(context: Context): Command {
  const command = new Command('list')
    .description('List subscriptions of your account that have not ended')
    .option('--app <app>', 'those to this application, of anybody')
    .action((options: Options) => run(context, options))
  return withExample(
    withShared(command),
    'wetee subscription list',
    'wetee subscription list --app oracle --json',
  )
}

async function run(context: Context, options: Options): Promise<void> {
  const network = await openFor(context, options, false)
  const of =
    options.app === undefined
      ? { subscriber: requireAccount(network).account.address }
      : { appId: await resolveApp(network, options.app) }
  const subscriptions = await listSubscriptions(network, of)
  if (options.json === true) return printJson(context, { subscriptions })
  if (subscriptions.length === 0) return printLine(context, 'No subscriptions.')
  const header = ['ID', 'APP', 'API', 'EVERY', 'NEXT BLOCK', 'BALANCE', 'AT MOST', 'SUBSCRIBER']
  for (const line of table(header, subscriptions.map(row))) printLine(context, line)
}

function row(one: SubscriptionRecord): string[] {
  return [
    String(one.subscriptionId),
    String(one.appId),
    String(one.apiId),
    String(one.everyBlocks),
    String(one.nextBlock),
    formatDot(one.balanceWei),
    formatDot(one.maxFeeWei),
    one.subscriber,
  ]
}
