// `wetee api sync APP FILE`: makes the chain match `x-wetee.apis` of a Compose file, in one transaction.
import { Command } from 'commander'
import { planApiSync, readApiEntries, resolveApp } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { readText } from '../../file.ts'
import { runIntent } from '../../intent.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { maxComposeBytes } from '../deploy.ts'

type Options = SigningOptions & { readonly keep?: boolean }

export function apiSyncCommand(context: Context): Command {
  const command = new Command('sync')
    .description('Make the chain match x-wetee.apis of a Compose file; shows the difference first')
    .argument('<app>', 'id or name')
    .argument('<file>', 'Compose file')
    .option('--keep', 'leave APIs alone that the file does not have')
    .action((app: string, file: string, options: Options) => {
      const text = readText(context, file, 'a Compose file', maxComposeBytes)
      const entries = readApiEntries(text, { name: 'any', file })
      return runIntent(context, options, async (network) =>
        planApiSync(network, await resolveApp(network, app), entries, {
          remove: options.keep !== true,
        }),
      )
    })
  return withExample(
    withSigning(command),
    'wetee api sync oracle compose.yaml --dry-run',
    'wetee api sync oracle compose.yaml --yes',
  )
}
