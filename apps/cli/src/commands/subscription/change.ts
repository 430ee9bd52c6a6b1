// `wetee subscription top-up|cancel|trigger ID`: what is done with one that there is.
import { Command } from 'commander'
import { parseDot, planSubscriptionEnd, planSubscriptionTopUp, planTrigger } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { runIntent } from '../../intent.ts'
import { wholeNumber, withExample, withSigning, type SigningOptions } from '../../options.ts'

const idOf = (text: string) =>
  BigInt(wholeNumber('the subscription', text, 1, Number.MAX_SAFE_INTEGER))

export function subscriptionTopUpCommand(context: Context): Command {
  const command = new Command('top-up')
    .description('Add to the balance of a subscription; anybody may')
    .argument('<id>', 'number of the subscription')
    .argument('<dot>', 'amount of DOT, for example 2.5')
    .action((id: string, dot: string, options: SigningOptions) => {
      const [subscriptionId, amountWei] = [idOf(id), parseDot(dot)]
      return runIntent(context, options, (network) =>
        planSubscriptionTopUp(network, subscriptionId, amountWei),
      )
    })
  return withExample(withSigning(command), 'wetee subscription top-up 3 2.5')
}

export function subscriptionCancelCommand(context: Context): Command {
  const command = new Command('cancel')
    .description('End a subscription of yours; the rest is credited to you')
    .argument('<id>', 'number of the subscription')
    .action((id: string, options: SigningOptions) => {
      const subscriptionId = idOf(id)
      return runIntent(context, options, (network) => planSubscriptionEnd(network, subscriptionId))
    })
  return withExample(withSigning(command), 'wetee subscription cancel 3')
}

type TriggerOptions = SigningOptions & { readonly arguments?: string }

export function subscriptionTriggerCommand(context: Context): Command {
  const command = new Command('trigger')
    .description('Make the call of a subscription that is due; you are paid for it')
    .argument('<id>', 'number of the subscription')
    .option('--arguments <0x>', 'its ABI encoded arguments, where a contract has ordered it')
    .action((id: string, options: TriggerOptions) => {
      const subscriptionId = idOf(id)
      const args = options.arguments
      if (args !== undefined && !/^0x([0-9a-fA-F]{2})*$/.test(args))
        throw new CliError('usage', '--arguments is not 0x and hex digits')
      return runIntent(context, options, (network) =>
        planTrigger(network, subscriptionId, args as `0x${string}` | undefined),
      )
    })
  return withExample(withSigning(command), 'wetee subscription trigger 3 --yes')
}
