// `wetee worker drain ID`: no new applications; those that are there go on.
import { Command } from 'commander'
import { planDrain } from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

type Options = SigningOptions & { readonly undo?: boolean }

export function workerDrainCommand(context: Context): Command {
  const command = new Command('drain')
    .description('Take no new applications, before a shutdown')
    .argument('<worker>', 'its number')
    .option('--undo', 'take new applications again; the owner alone may')
    .action((worker: string, options: Options) =>
      runIntent(context, options, (network) =>
        planDrain(network, parseId('worker', worker), options.undo !== true),
      ),
    )
  return withExample(withSigning(command), 'wetee worker drain 3', 'wetee worker drain 3 --undo')
}
