// `wetee app update APP FILE`: a new version from a Compose file, with what changes and what it costs.
import { Command } from 'commander'
import {
  assetOf,
  deployIntent,
  parseAmount,
  planDeploy,
  showApp,
  type DeployPlan,
  type Network,
} from '@wetee/sdk'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import { readText } from '../../file.ts'
import { wholeNumber, withExample, withSigning, type SigningOptions } from '../../options.ts'
import { planFacts } from '../../output/plan.ts'
import type { Follow } from '../../intent.ts'
import { maxComposeBytes, progressText } from '../deploy.ts'
import { runApp } from './run-app.ts'

type Options = SigningOptions & {
  readonly deposit?: string
  readonly security?: boolean
  readonly allowCredentials?: boolean
  readonly wait?: boolean
  readonly timeout: string
}

export function appUpdateCommand(context: Context): Command {
  const command = new Command('update')
    .description('Start a new version beside the running one, from a Compose file')
    .argument('<app>', 'id or name')
    .argument('<file>', 'Compose file')
    .option('--deposit <amount>', 'added to the escrow; default what it lacks')
    .option('--security', 'a fix that must not be held back: at its deadline the old version ends')
    .option('--allow-credentials', 'publish values that look like credentials')
    .option('--wait', 'wait until it has taken over and the version before is gone')
    .option('--timeout <seconds>', 'longest wait', '600')
    .action((app: string, file: string, options: Options) => run(context, app, file, options))
  return withExample(
    withSigning(command),
    'wetee app update hello compose.yaml --dry-run',
    'wetee app update hello compose.yaml --wait',
    'wetee app update hello compose.yaml --security --yes',
  )
}

function run(context: Context, app: string, file: string, options: Options): Promise<void> {
  const timeoutMs = wholeNumber('--timeout', options.timeout, 1, 86_400) * 1_000
  let updated: bigint | undefined
  const composeText = readText(context, file, 'a Compose file', maxComposeBytes)
  const plan = async (network: Network, appId: bigint) => {
    updated = appId
    const { name, owner, state } = await showApp(network, appId, { signal: context.signal })
    if (state === 'ended')
      throw new CliError('app.ended', `application ${appId} has ended: deploy it again`)
    const { deposit } = options
    const planned = await planDeploy(network, {
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
    refuseUnchanged(planned)
    return deployIntent(network, planned, {
      allowCredentials: options.allowCredentials === true,
      facts: planFacts(planned),
    })
  }
  const follow: Follow = {
    title: 'Active, and the version before has handed its clients over',
    run: async (network, line) => {
      if (updated === undefined) throw new Error('the plan came first')
      const { version } = (await showApp(network, updated)).pending ?? {}
      const ready = await context.sdk.waitForApp(network, updated, {
        ...(version === undefined ? {} : { version }),
        ...{ drained: true, timeoutMs, signal: context.signal },
        onProgress: (progress) => line(progressText(progress, true)),
      })
      return { urls: ready.urls }
    },
    unsigned: () => `\`wetee show ${app}\` tells when it is the current version.`,
  }
  return runApp(context, app, options, plan, options.wait === true ? follow : undefined)
}

function refuseUnchanged(plan: DeployPlan): void {
  if (plan.action === 'none')
    throw new CliError('app.unchanged', `"${plan.name}" is up to date: nothing to do`)
}
