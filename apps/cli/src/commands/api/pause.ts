// `wetee api pause|resume APP`: refuses new calls of an application, or takes them again.
import { Command } from 'commander'
import { planApiPause, resolveApp } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'

export function apiPauseCommand(context: Context, name: 'pause' | 'resume'): Command {
  const command = new Command(name)
    .description(
      name === 'pause'
        ? 'Refuse new calls; open ones may still be answered'
        : 'Take calls again after a pause',
    )
    .argument('<app>', 'id or name')
    .action((app: string, options: SigningOptions) =>
      runIntent(context, options, async (network) =>
        planApiPause(network, await resolveApp(network, app), name === 'pause'),
      ),
    )
  return withExample(withSigning(command), `wetee api ${name} oracle`)
}
