// `wetee complaint uphold ID`: the court slashes the worker; the DAO does it by proposal.
import { Command } from 'commander'
import { parseDot, planUphold } from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

type Options = SigningOptions & { readonly slash: string; readonly loss: string }

export function complaintUpholdCommand(context: Context): Command {
  const command = new Command('uphold')
    .description('Slash the worker and compensate the complainant; the court alone may')
    .argument('<complaint>', 'its number')
    .requiredOption('--slash <dot>', 'DOT of the locked stake to take')
    .requiredOption(
      '--loss <dot>',
      'DOT of that for the complainant, or 0; the rest is for the treasury',
    )
    .action((complaint: string, options: Options) => {
      const complaintId = parseId('complaint', complaint)
      const slashedWei = parseDot(options.slash)
      const lossWei = options.loss === '0' ? 0n : parseDot(options.loss)
      return runIntent(context, options, (network) =>
        planUphold(network, complaintId, slashedWei, lossWei),
      )
    })
  return withExample(
    withSigning(command),
    'wetee complaint uphold 5 --slash 12.5 --loss 10 --unsigned - | wetee dao propose --title "Uphold complaint 5" --file -',
  )
}
