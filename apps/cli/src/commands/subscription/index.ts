// `wetee subscription`: the group of commands about calls that come again and again.
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { withExample } from '../../options.ts'
import {
  subscriptionCancelCommand,
  subscriptionTopUpCommand,
  subscriptionTriggerCommand,
} from './change.ts'
import { subscriptionListCommand } from './list.ts'
import { subscriptionOrderCommand } from './order.ts'

export function subscriptionCommand(context: Context): Command {
  const command = new Command('subscription')
    .description('Calls of an API again and again, from a balance')
    .addCommand(subscriptionListCommand(context))
    .addCommand(subscriptionOrderCommand(context))
    .addCommand(subscriptionTopUpCommand(context))
    .addCommand(subscriptionCancelCommand(context))
    .addCommand(subscriptionTriggerCommand(context))
  return withExample(
    command,
    'wetee subscription order oracle price DOT --every 300 --deposit 2',
    'wetee subscription list',
  )
}
