// `wetee worker stake ID DOT` and `wetee dsecret stake ID DOT`: more stake.
import { Command } from 'commander'
import { parseDot, planBond } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { argumentOf, groupOf, holderOf, type Role } from './holder.ts'

export function stakeCommand(context: Context, role: Role): Command {
  const command = new Command('stake')
    .description('Add to the stake; anybody may')
    .argument(`<${argumentOf(role)}>`, 'its number')
    .argument('<dot>', 'DOT to add, for example 50')
    .action((id: string, amount: string, options: SigningOptions) => {
      const holder = holderOf(role, id)
      const amountWei = parseDot(amount)
      return runIntent(context, options, (network) => planBond(network, holder, amountWei))
    })
  return withExample(withSigning(command), `wetee ${groupOf(role)} stake 3 50`)
}
