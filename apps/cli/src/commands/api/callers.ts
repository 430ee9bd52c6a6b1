// `wetee api callers APP API`: who may call an API; --allow and --remove change the list.
import { Command } from 'commander'
import { planApiCallers, readApiCallers, requireAddress, resolveApp } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { runIntent } from '../../intent.ts'
import { openFor, withExample, withSigning, type SigningOptions } from '../../options.ts'
import { printJson, printLine } from '../../output/print.ts'

type Options = SigningOptions & {
  readonly allow?: readonly string[]
  readonly remove?: readonly string[]
}

export function apiCallersCommand(context: Context): Command {
  const command = new Command('callers')
    .description('Show who may call an API, or change the list')
    .argument('<app>', 'id or name')
    .argument('<api>', 'name or number')
    .option('--allow <addresses...>', 'put these on the list')
    .option('--remove <addresses...>', 'take these off it')
    .action((app: string, api: string, options: Options) => run(context, app, api, options))
  return withExample(
    withSigning(command),
    'wetee api callers oracle price',
    'wetee api callers oracle price --allow 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --dry-run',
  )
}

async function run(context: Context, app: string, api: string, options: Options): Promise<void> {
  const { allow, remove } = options
  if (allow !== undefined && remove !== undefined)
    throw new CliError('usage', 'give --allow or --remove, one at a time')
  const given = allow ?? remove
  if (given === undefined) return list(context, app, api, options)
  const callers = given.map((address) => requireAddress('caller', address))
  await runIntent(context, options, async (network) =>
    planApiCallers(network, await resolveApp(network, app), api, callers, allow !== undefined),
  )
}

async function list(context: Context, app: string, api: string, options: Options): Promise<void> {
  const network = await openFor(context, options, false)
  const found = await readApiCallers(network, await resolveApp(network, app), api)
  if (options.json === true) return printJson(context, found)
  printLine(
    context,
    found.restricted
      ? `Only callers on its list may call "${found.name}":`
      : `Anybody may call "${found.name}": its list does not count.`,
  )
  for (const caller of found.callers) printLine(context, `  ${caller}`)
}
