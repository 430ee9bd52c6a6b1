// What every `wetee app` command does first: find the application by number or name.
import { resolveApp, type Intent, type Network } from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { runIntent } from '../../intent.ts'
import type { SigningOptions } from '../../options.ts'

/** Carries out what `plan` makes of the application. */
export function runApp(
  context: Context,
  app: string,
  options: SigningOptions,
  plan: (network: Network, appId: bigint) => Promise<Intent>,
): Promise<void> {
  return runIntent(context, options, async (network) =>
    plan(network, await resolveApp(network, app)),
  )
}
