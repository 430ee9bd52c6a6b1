// `wetee api add APP FILE NAME`: adds one API of a Compose file.
import { Command } from 'commander'
import { planApiAdd } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { runEntry } from './entry.ts'

export function apiAddCommand(context: Context): Command {
  const command = new Command('add')
    .description('Add one API of a Compose file')
    .argument('<app>', 'id or name')
    .argument('<file>', 'Compose file')
    .argument('<name>', 'its name in x-wetee.apis')
    .action((app: string, file: string, name: string, options: SigningOptions) =>
      runEntry(context, options, { app, file, name }, planApiAdd),
    )
  return withExample(withSigning(command), 'wetee api add oracle compose.yaml price')
}
