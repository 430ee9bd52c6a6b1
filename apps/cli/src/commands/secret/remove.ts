// `wetee secret rm APP NAME`: end the release of a secret.
import { Command } from 'commander'
import { planRemoveSecret } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { runApp } from '../app/run-app.ts'

export function secretRemoveCommand(context: Context): Command {
  const command = new Command('rm')
    .description('End the release of a secret, and every grant of it')
    .argument('<app>', 'id or name')
    .argument('<name>', 'of the secret')
    .action((app: string, name: string, options: SigningOptions) =>
      runApp(context, app, options, (network, appId) => planRemoveSecret(network, appId, name)),
    )
  return withExample(withSigning(command), 'wetee secret rm hello db_password')
}
