// `wetee dsecret terminate ID`: a node leaves; its stake follows once no committee seats it.
import { Command } from 'commander'
import { planNodeTermination } from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

export function dsecretTerminateCommand(context: Context): Command {
  const command = new Command('terminate')
    .description('Leave for good; refused while the committee would fall below its threshold')
    .argument('<node>', 'its number')
    .action((node: string, options: SigningOptions) =>
      runIntent(context, options, (network) => planNodeTermination(network, parseId('node', node))),
    )
  return withExample(withSigning(command), 'wetee dsecret terminate 2')
}
