// `wetee api update APP FILE NAME`: makes one API what a Compose file says.
import { Command } from 'commander'
import { planApiUpdate } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { runEntry } from './entry.ts'

export function apiUpdateCommand(context: Context): Command {
  const command = new Command('update')
    .description('Make one API what a Compose file says: definition, price, limits, callers')
    .argument('<app>', 'id or name')
    .argument('<file>', 'Compose file')
    .argument('<name>', 'its name in x-wetee.apis')
    .action((app: string, file: string, name: string, options: SigningOptions) =>
      runEntry(context, options, { app, file, name }, planApiUpdate),
    )
  return withExample(withSigning(command), 'wetee api update oracle compose.yaml price')
}
