// `wetee secret grant` and `wetee secret revoke`: who else may read a secret.
import { Command } from 'commander'
import { planGrant, planRevoke, readerOf, type Network, type SecretReader } from '@wetee/sdk'
import { parseId } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { runApp } from '../app/run-app.ts'

type Options = SigningOptions & {
  readonly to?: string
  readonly manifest?: string
  readonly owner?: string
}

export function secretGrantCommand(context: Context): Command {
  const command = readerOptions(new Command('grant'))
    .description('Let another application, or all of an owner, read a secret')
    .action((app: string, name: string, options: Options) =>
      runApp(context, app, options, async (network, appId) =>
        planGrant(network, appId, name, await chosenReader(network, options)),
      ),
    )
  return withExample(
    withSigning(command),
    'wetee secret grant hello db_password --to 12',
    'wetee secret grant hello db_password --owner 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
  )
}

export function secretRevokeCommand(context: Context): Command {
  const command = readerOptions(new Command('revoke'))
    .description('End a grant; what was released before stays known to its reader')
    .action((app: string, name: string, options: Options) =>
      runApp(context, app, options, async (network, appId) =>
        planRevoke(network, appId, name, await chosenReader(network, options)),
      ),
    )
  return withExample(withSigning(command), 'wetee secret revoke hello db_password --to 12')
}

function readerOptions(command: Command): Command {
  return command
    .argument('<app>', 'id or name of the application that has the secret')
    .argument('<name>', 'of the secret')
    .option('--to <app>', 'number of the application that reads')
    .option(
      '--manifest <digest>',
      'with --to: the very manifest that may read; else that of its current version',
    )
    .option('--owner <address>', 'every application of this account instead')
}

async function chosenReader(network: Network, options: Options): Promise<SecretReader> {
  const { to, manifest, owner } = options
  if ((to === undefined) === (owner === undefined))
    throw new CliError('usage', 'give --to APP or --owner ADDRESS')
  if (owner !== undefined) {
    if (manifest !== undefined) throw new CliError('usage', '--manifest goes with --to')
    return readerOf(network, { owner })
  }
  const appId = parseId('application', to ?? '')
  if (manifest === undefined) return readerOf(network, { appId })
  if (!/^0x[0-9a-fA-F]{64}$/.test(manifest))
    throw new CliError('usage', `--manifest is "${manifest}", expected 0x and 64 hex digits`)
  return { appId, manifestDigest: manifest.toLowerCase() as `0x${string}` }
}
