// `wetee failures APP`: bundles of what there was when something failed, from the agents' memory or, with the key, as they were kept.
import { Command } from 'commander'
import type { FailureBundle } from '@wetee/sdk'
import type { Network } from '@wetee/sdk'
import type { Context } from '../context.ts'
import { CliError } from '../error.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../options.ts'
import { clean, printJson, printLine, table } from '../output/print.ts'
import { ownerOptions, readKeyOption, sayProblem } from './app/owned.ts'

type Options = SharedOptions & {
  readonly key?: string
  readonly unproven?: boolean
  readonly replica?: string
}
type Entry = Pick<FailureBundle, 'id' | 'time' | 'version' | 'replica' | 'hostsWord'>

export function failuresCommand(context: Context): Command {
  const command = new Command('failures')
    .description('List failure bundles of an application, or show one')
    .argument('<app>', 'id or name')
    .argument('[show]', '`show`, then the id of a bundle')
    .argument('[id]', 'of a bundle')
    .option('--key <file>', 'open those that were sealed and kept (see `wetee logs key`)')
    .option('--unproven', 'with --key: also what keys without any lease have signed')
    .option('--replica <number>', 'one replica only, of the agents that run now')
    .action(
      async (app: string, show: string | undefined, id: string | undefined, options: Options) => {
        if (show !== undefined && (show !== 'show' || id === undefined))
          throw new CliError(
            'usage',
            'expected `wetee failures APP` or `wetee failures APP show ID`',
          )
        await run(context, app, id, options)
      },
    )
  return withExample(
    withShared(command),
    'wetee failures hello --key log.key',
    'wetee failures hello show 0123456789abcdef --key log.key',
  )
}

async function run(
  context: Context,
  app: string,
  id: string | undefined,
  options: Options,
): Promise<void> {
  const network = await openFor(context, options, true)
  const appId = await context.sdk.resolveApp(network, app)
  const found = await find(context, { network, appId }, options)
  if (id !== undefined) {
    const bundle = found.bundles.find((each) => each.id === id)
    const shown = bundle ?? (await found.show(id))
    if (shown === undefined)
      throw new CliError('bundle.not-found', `there is no bundle ${id}: \`wetee failures ${app}\``)
    if (options.json === true) printJson(context, shown)
    else printBundle(context, shown)
    return
  }
  if (options.json === true) {
    printJson(context, { appId, failures: found.entries })
    return
  }
  const rows = found.entries.map(({ time, id: of, version, replica, hostsWord }) => [
    ...[time, of, `v${version}/${replica}`, hostsWord.service ?? '', hostsWord.reason],
    hostsWord.exitCode === undefined
      ? ''
      : `exit code ${hostsWord.exitCode}${hostsWord.outOfMemory === true ? ', out of memory' : ''}`,
  ])
  for (const line of table(['TIME', 'ID', 'INSTANCE', 'SERVICE', 'REASON', 'HOST SAYS'], rows))
    printLine(context, clean(line))
}

type Found = {
  readonly entries: readonly Entry[]
  readonly bundles: readonly FailureBundle[]
  readonly show: (id: string) => Promise<FailureBundle | undefined>
}

/** With the key as they were kept, else what the agents have in memory. */
async function find(
  context: Context,
  { network, appId }: { readonly network: Network; readonly appId: bigint },
  options: Options,
): Promise<Found> {
  if (options.key !== undefined) {
    const bundles = await context.sdk.sealedBundles(network, appId, {
      keys: await readKeyOption(context, options.key),
      onProblem: sayProblem(context),
      signal: context.signal,
      unproven: options.unproven === true,
    })
    return { entries: bundles, bundles, show: () => Promise.resolve(undefined) }
  }
  const owner = ownerOptions(context, options)
  const entries = await context.sdk.instanceFailures(network, appId, owner)
  const show = (id: string) => context.sdk.instanceFailure(network, appId, id, owner)
  return { entries, bundles: [], show }
}

function printBundle(context: Context, bundle: FailureBundle): void {
  const { id, time, version, replica, hostsWord, logs, events, ...rest } = bundle
  printLine(context, clean(`bundle ${id} of ${time}, version ${version}, replica ${replica}`))
  printLine(context, clean(`the worker says: ${JSON.stringify(hostsWord)}`))
  printLine(context, clean(`state: ${JSON.stringify({ ...rest, exceptions: undefined })}`))
  for (const event of list(events)) printLine(context, clean(`event ${JSON.stringify(event)}`))
  for (const line of list(logs)) {
    const { service, text } = line as { service?: unknown; text?: unknown }
    printLine(context, clean(`${String(service)} | ${String(text)}`))
  }
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : []
}
