// `wetee worker notice ID`: tells applications that the worker will end them.
import { Command } from 'commander'
import { planNotice } from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

export function workerNoticeCommand(context: Context): Command {
  const command = new Command('notice')
    .description('Give notice to applications; once it is over the worker may end them')
    .argument('<worker>', 'its number')
    .argument('[apps...]', 'numbers of applications; default the first 64 that are there')
    .action((worker: string, apps: string[], options: SigningOptions) =>
      runIntent(context, options, (network) =>
        planNotice(
          network,
          parseId('worker', worker),
          apps.length === 0 ? undefined : apps.map((app) => parseId('application', app)),
        ),
      ),
    )
  return withExample(withSigning(command), 'wetee worker notice 3 17 21')
}
