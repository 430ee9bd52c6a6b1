// `wetee worker withdraw ID` and `wetee dsecret withdraw ID`: pays out stake that is due.
import { Command } from 'commander'
import { planStakeWithdrawal, requireAddress } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { argumentOf, groupOf, holderOf, type Role } from './holder.ts'

type Options = SigningOptions & { readonly to?: string }

export function stakeWithdrawCommand(context: Context, role: Role): Command {
  const command = new Command('withdraw')
    .description('Pay out stake that was asked back and is due')
    .argument(`<${argumentOf(role)}>`, 'its number')
    .option('--to <address>', 'who gets it; default the owner')
    .action((id: string, options: Options) => {
      const holder = holderOf(role, id)
      const to = options.to === undefined ? undefined : requireAddress('receiver', options.to)
      return runIntent(context, options, (network) => planStakeWithdrawal(network, holder, to))
    })
  return withExample(withSigning(command), `wetee ${groupOf(role)} withdraw 3`)
}
