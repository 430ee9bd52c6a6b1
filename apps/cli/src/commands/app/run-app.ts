// What every `wetee app` command does first: find the application by number or name.
import { resolveApp, type Intent, type Network } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { runIntent, type Follow } from '../../intent.ts'
import type { SigningOptions } from '../../options.ts'

/** Carries out what `plan` makes of the application. */
export function runApp(
  context: Context,
  app: string,
  options: SigningOptions,
  plan: (network: Network, appId: bigint) => Promise<Intent>,
  follow?: Follow,
): Promise<void> {
  const planned = async (network: Network) => plan(network, await resolveApp(network, app))
  return runIntent(context, options, planned, follow)
}
