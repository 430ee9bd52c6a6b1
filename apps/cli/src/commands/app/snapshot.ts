// `wetee app snapshot APP [VOLUME]`: what a volume holds, sealed inside the TEE to the owner's key. Writes a file.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Network } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { openFor, wholeNumber, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, paint, printJson, printLine } from '../../output/print.ts'
import { readKeyOption } from './owned.ts'

type Options = SharedOptions & {
  readonly key: string
  readonly out: string
  readonly replica?: string
  readonly tries?: string
}

export function appSnapshotCommand(context: Context): Command {
  const command = new Command('snapshot')
    .description(
      'Save a volume, sealed to your key, where the manifest allows it (x-wetee.snapshots: true)',
    )
    .argument('<app>', 'id or name')
    .argument('[volume]', 'of the Compose file; may be left out where there is one')
    .requiredOption('--out <file>', 'where the sealed snapshot goes (new)')
    .requiredOption('--key <file>', 'made by `wetee logs key`')
    .option('--replica <number>', 'which one; default 0')
    .option('--tries <number>', 'while the volume is written to; default 5')
    .action((app: string, volume: string | undefined, options: Options) =>
      run(context, { app, volume }, options),
    )
  return withExample(
    withShared(command),
    'wetee app snapshot shop data --key log.key --out data.snapshot',
  )
}

async function run(
  context: Context,
  { app, volume }: { readonly app: string; readonly volume: string | undefined },
  options: Options,
): Promise<void> {
  const file = resolve(context.cwd, options.out)
  if (existsSync(file))
    throw new CliError('file.unwritable', `${options.out} is there already: choose another name`)
  const keys = await readKeyOption(context, options.key)
  const own = replicaOf(context, options)
  const network = await openFor(context, options, true)
  const appId = await context.sdk.resolveApp(network, app)
  const name = volume ?? (await onlyVolume(context, network, appId, own))
  const info = await context.sdk.snapshotVolume(network, appId, {
    ...{ ...own, keys, file, volume: name },
    ...(options.tries === undefined
      ? {}
      : { tries: wholeNumber('--tries', options.tries, 1, 100) }),
    onRetry: (left) => {
      const text = `written to while it was read: trying again, at most ${left} times more`
      context.stderr.write(`${paint(context, 'yellow', text)}\n`)
    },
  })
  if (options.json === true) printJson(context, { ...info, file: options.out })
  else printLine(context, clean(`volume ${name}, ${info.bytes} bytes, sealed in ${options.out}`))
}

/** Which replica, and until when. */
export function replicaOf({ signal }: Context, { replica }: { readonly replica?: string }) {
  return {
    signal,
    ...(replica === undefined ? {} : { replica: wholeNumber('--replica', replica, 0, 65_535) }),
  }
}

async function onlyVolume(
  context: Context,
  network: Network,
  appId: bigint,
  own: ReturnType<typeof replicaOf>,
): Promise<string> {
  const all = await context.sdk.volumes(network, appId, own)
  const [first] = all
  if (first === undefined) throw new CliError('usage', 'the application has no volume')
  if (all.length > 1)
    throw new CliError('usage', clean(`which volume: ${all.map(({ name }) => name).join(', ')}`))
  return first.name
}
