// `wetee secret rollback APP NAME VERSION`: make an older version the current one.
import { Command } from 'commander'
import { planRollBack } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { wholeNumber, withExample, withSigning, type SigningOptions } from '../../options.ts'
import { runApp } from '../app/run-app.ts'

export function secretRollBackCommand(context: Context): Command {
  const command = new Command('rollback')
    .description('Make an older version of a secret the current one')
    .argument('<app>', 'id or name')
    .argument('<name>', 'of the secret')
    .argument('<version>', 'its number')
    .action((app: string, name: string, version: string, options: SigningOptions) =>
      runApp(context, app, options, (network, appId) =>
        planRollBack(network, appId, name, wholeNumber('version', version, 1, 0xffff_ffff)),
      ),
    )
  return withExample(withSigning(command), 'wetee secret rollback hello db_password 1')
}
