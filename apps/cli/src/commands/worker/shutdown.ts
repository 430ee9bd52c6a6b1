// `wetee worker shutdown ID`: ends a worker for good.
import { Command } from 'commander'
import { planShutdown } from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

export function workerShutdownCommand(context: Context): Command {
  const command = new Command('shutdown')
    .description('End a worker for good, once no application is there')
    .argument('<worker>', 'its number')
    .action((worker: string, options: SigningOptions) =>
      runIntent(context, options, (network) => planShutdown(network, parseId('worker', worker))),
    )
  return withExample(withSigning(command), 'wetee worker shutdown 3')
}
