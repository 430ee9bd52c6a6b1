// `wetee app guardian APP`: name who may veto new versions, or nobody.
import { Command } from 'commander'
import { planGuardian } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { runApp } from './run-app.ts'

export function appGuardianCommand(context: Context): Command {
  const command = new Command('guardian')
    .description('Name who may veto new versions, or nobody')
    .argument('<app>', 'id or name')
    .argument('<guardian>', 'address, or none')
    .action((app: string, guardian: string, options: SigningOptions) =>
      runApp(context, app, options, (network, appId) =>
        planGuardian(network, appId, guardian === 'none' ? undefined : guardian),
      ),
    )
  return withExample(
    withSigning(command),
    'wetee app guardian hello 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
    'wetee app guardian hello none',
  )
}
