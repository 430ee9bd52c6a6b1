// `wetee app update APP FILE`: a new version from a Compose file, with what changes and what it costs.
import { Command } from 'commander'
import {
  assetOf,
  deployIntent,
  parseAmount,
  planDeploy,
  showApp,
  type DeployPlan,
} from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { readText } from '../../file.ts'
import { withExample, withSigning, type SigningOptions } from '../../options.ts'
import { planFacts } from '../../output/plan.ts'
import { maxComposeBytes } from '../deploy.ts'
import { runApp } from './run-app.ts'

type Options = SigningOptions & {
  readonly deposit?: string
  readonly security?: boolean
  readonly allowCredentials?: boolean
}

export function appUpdateCommand(context: Context): Command {
  const command = new Command('update')
    .description('Start a new version beside the running one, from a Compose file')
    .argument('<app>', 'id or name')
    .argument('<file>', 'Compose file')
    .option('--deposit <amount>', 'added to the escrow; default what it lacks')
    .option('--security', 'a fix that must not be held back: at its deadline the old version ends')
    .option('--allow-credentials', 'publish values that look like credentials')
    .action((app: string, file: string, options: Options) => run(context, app, file, options))
  return withExample(
    withSigning(command),
    'wetee app update hello compose.yaml --dry-run',
    'wetee app update hello compose.yaml --security --yes',
  )
}

function run(context: Context, app: string, file: string, options: Options): Promise<void> {
  const composeText = readText(context, file, 'a Compose file', maxComposeBytes)
  return runApp(context, app, options, async (network, appId) => {
    const { name, owner, state } = await showApp(network, appId, { signal: context.signal })
    if (state === 'ended')
      throw new CliError('app.ended', `application ${appId} has ended: deploy it again`)
    const { deposit } = options
    const plan = await planDeploy(network, {
      composeText,
      file,
      name,
      owner,
      security: options.security === true,
      resolveImage: context.sdk.resolveImageFromRegistry,
      signal: context.signal,
      ...(deposit === undefined
        ? {}
        : { depositWei: parseAmount(deposit, await assetOf(network, appId)) }),
    })
    refuseUnchanged(plan)
    return deployIntent(network, plan, {
      allowCredentials: options.allowCredentials === true,
      facts: planFacts(plan),
    })
  })
}

function refuseUnchanged(plan: DeployPlan): void {
  if (plan.action === 'none')
    throw new CliError('app.unchanged', `"${plan.name}" is up to date: nothing to do`)
}
