// `wetee app deploy-key add|list|revoke`: keys that may propose new code of an application, within limits.
import { Command } from 'commander'
import {
  assetOf,
  formatAmount,
  formatTime,
  parseAmount,
  planDeployKey,
  planRevokeDeployKey,
  type DeployKeyLimits,
} from '@wetee/sdk'
import { parseId, parseTime } from '../../arguments.ts'
import type { Context } from '../../context.ts'
import { CliError } from '../../error.ts'
import {
  openFor,
  wholeNumber,
  withExample,
  withShared,
  withSigning,
  type SharedOptions,
  type SigningOptions,
} from '../../options.ts'
import { clean, printJson, printLine, table } from '../../output/print.ts'
import { runApp } from './run-app.ts'

type AddOptions = SigningOptions & {
  readonly until: string
  readonly minInterval: string
  readonly maxRent?: string
  readonly builder?: string
  readonly repository?: string
}

const secondsOfDay = 86_400n

export function appDeployKeyCommand(context: Context): Command {
  const command = new Command('deploy-key')
    .description('Let a key propose new versions within limits, or no longer')
    .addCommand(addCommand(context))
    .addCommand(listCommand(context))
    .addCommand(revokeCommand(context))
  return withExample(command, `wetee app deploy-key add hello ${sample} --until 90d`)
}

const sample = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'

function addCommand(context: Context): Command {
  const command = new Command('add')
    .description('Let a key propose versions on the same terms; again for other limits')
    .argument('<app>', 'id or name')
    .argument('<key>', 'address')
    .option('--until <time>', 'day, ISO time, or a span such as 90d; at most 366d', '90d')
    .option('--min-interval <seconds>', 'since the newest version', '60')
    .option('--max-rent <amount>', 'per day, all replicas; default what the running version costs')
    .option('--builder <id>', 'demand a build record by this application, with --repository')
    .option('--repository <url>', 'demand a build record of this repository, with --builder')
    .action((app: string, key: string, options: AddOptions) =>
      runApp(context, app, options, async (network, appId) => {
        const { maxRent } = options
        const limits = readLimits(options)
        if (maxRent === undefined) return planDeployKey(network, appId, key, limits)
        const maxWeiPerDay = parseAmount(maxRent, await assetOf(network, appId))
        return planDeployKey(network, appId, key, { ...limits, maxWeiPerDay })
      }),
    )
  return withExample(
    withSigning(command),
    `wetee app deploy-key add hello ${sample} --until 90d --max-rent 1.5`,
    `wetee app deploy-key add hello ${sample} --builder 4 --repository https://git.example/you/app`,
  )
}

function readLimits({ until, minInterval, builder, repository }: AddOptions): DeployKeyLimits {
  if ((builder === undefined) !== (repository === undefined))
    throw new CliError('usage', '--builder and --repository go together')
  const build =
    builder === undefined || repository === undefined
      ? {}
      : { build: { builderAppId: parseId('builder', builder), repository } }
  return {
    expiresAt: parseTime('--until', until, Date.now()),
    minIntervalSeconds: BigInt(wholeNumber('--min-interval', minInterval, 0, 2_592_000)),
    ...build,
  }
}

function listCommand(context: Context): Command {
  const command = new Command('list')
    .description('Show the deploy keys of an application')
    .argument('<app>', 'id or name')
    .action(async (app: string, options: SharedOptions) => {
      const network = await openFor(context, options, false)
      const appId = await context.sdk.resolveApp(network, app)
      const keys = await context.sdk.readDeployKeys(network, appId)
      if (options.json === true) return printJson(context, { appId, keys })
      const asset = await assetOf(network, appId)
      const rows = keys.map(({ key, maxWeiPerSecond, minIntervalSeconds, expiresAt, build }) => [
        key,
        formatTime(expiresAt),
        `${formatAmount(maxWeiPerSecond * secondsOfDay, asset)} a day`,
        `${minIntervalSeconds} s`,
        build === undefined ? '-' : `${build.builderAppId}: ${build.repositoryHash}`,
      ])
      for (const line of table(['KEY', 'UNTIL', 'RENT', 'INTERVAL', 'BUILD RECORD'], rows))
        printLine(context, clean(line))
    })
  return withExample(withShared(command), 'wetee app deploy-key list hello')
}

function revokeCommand(context: Context): Command {
  const command = new Command('revoke')
    .description('Take a key back, at once')
    .argument('<app>', 'id or name')
    .argument('<key>', 'address')
    .action((app: string, key: string, options: SigningOptions) =>
      runApp(context, app, options, (network, appId) => planRevokeDeployKey(network, appId, key)),
    )
  return withExample(withSigning(command), `wetee app deploy-key revoke hello ${sample}`)
}
