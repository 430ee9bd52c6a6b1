// `wetee api rm APP API`: removes one API.
import { Command } from 'commander'
import { planApiRemoval, resolveApp } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

export function apiRemoveCommand(context: Context): Command {
  const command = new Command('rm')
    .description('Remove an API; open calls of it may still be answered')
    .argument('<app>', 'id or name')
    .argument('<api>', 'name or number')
    .action((app: string, api: string, options: SigningOptions) =>
      runIntent(context, options, async (network) =>
        planApiRemoval(network, await resolveApp(network, app), api),
      ),
    )
  return withExample(withSigning(command), 'wetee api rm oracle price')
}
