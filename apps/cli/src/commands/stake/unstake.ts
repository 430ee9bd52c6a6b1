// `wetee worker unstake ID [DOT]` and `wetee dsecret unstake`: asks for stake back, or takes that back.
import { Command } from 'commander'
import { parseDot, planWithdrawalCancel, planWithdrawalRequest } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { argumentOf, groupOf, holderOf, type Role } from './holder.ts'

type Options = SigningOptions & { readonly cancel?: boolean }

export function unstakeCommand(context: Context, role: Role): Command {
  const command = new Command('unstake')
    .description('Ask for stake back; `withdraw` pays it after the unbonding time')
    .argument(`<${argumentOf(role)}>`, 'its number')
    .argument('[dot]', 'DOT; default everything that may leave')
    .option('--cancel', 'bond again what was requested')
    .action((id: string, amount: string | undefined, options: Options) => {
      const holder = holderOf(role, id)
      if (options.cancel === true && amount !== undefined)
        throw new CliError('usage', '--cancel takes the whole request back: give no amount with it')
      const asked = amount === undefined || amount === 'all' ? 'all' : parseDot(amount)
      return runIntent(context, options, (network) =>
        options.cancel === true
          ? planWithdrawalCancel(network, holder)
          : planWithdrawalRequest(network, holder, asked),
      )
    })
  const name = `wetee ${groupOf(role)} unstake 3`
  return withExample(withSigning(command), name, `${name} 20`, `${name} --cancel`)
}
