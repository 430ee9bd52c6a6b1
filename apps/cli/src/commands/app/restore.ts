// `wetee app restore APP VOLUME`: a snapshot in the place of what a volume holds. Reads a file.
import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, printJson, printLine } from '../../output/print.ts'
import { readKeyOption } from './owned.ts'
import { replicaOf } from './snapshot.ts'

type Options = SharedOptions & {
  readonly key: string
  readonly file: string
  readonly replica?: string
  readonly unproven?: boolean
}

export function appRestoreCommand(context: Context): Command {
  const command = new Command('restore')
    .description(
      'Put a snapshot in the place of what a volume holds, where the manifest allows it (x-wetee.snapshots: true)',
    )
    .argument('<app>', 'id or name')
    .argument('<volume>', 'of the Compose file')
    .requiredOption('--file <file>', 'what `wetee app snapshot` has written')
    .requiredOption('--key <file>', 'that it was sealed to')
    .option('--replica <number>', 'which one; default 0')
    .option('--unproven', 'also one whose key never had a lease: it may be made up')
    .action((app: string, volume: string, options: Options) =>
      run(context, { app, volume }, options),
    )
  return withExample(
    withShared(command),
    'wetee app restore shop data --key log.key --file data.snapshot',
  )
}

async function run(
  context: Context,
  { app, volume }: { readonly app: string; readonly volume: string },
  options: Options,
): Promise<void> {
  const keys = await readKeyOption(context, options.key)
  const network = await openFor(context, options, true)
  const appId = await context.sdk.resolveApp(network, app)
  const info = await context.sdk.restoreVolume(network, appId, {
    ...replicaOf(context, options),
    ...{ keys, volume, file: resolve(context.cwd, options.file) },
    unproven: options.unproven === true,
  })
  if (options.json === true) printJson(context, { ...info, restored: volume })
  else
    printLine(
      context,
      clean(
        `volume ${volume} holds the ${info.bytes} bytes of ${new Date(info.atMs).toISOString()}`,
      ),
    )
}
