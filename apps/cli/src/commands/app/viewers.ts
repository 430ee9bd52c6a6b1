// `wetee app viewers APP [ACCOUNT]`: who reads beside the owner; grants, and takes grants back, at the agents of all instances.
import { Command } from 'commander'
import { requireAddress, type OwnerOptions } from '@wetee/sdk'
import { parseTime } from '../../arguments.ts'
import { CliError } from '../../error.ts'
import type { Context } from '../../context.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../../options.ts'
import { clean, printJson, printLine, table } from '../../output/print.ts'
import { ownerOptions } from './owned.ts'

type Options = SharedOptions & {
  readonly replica?: string
  readonly until?: string
  readonly revoke?: true
}

const DAY_SECONDS = 86_400
const MAX_SECONDS = 30 * DAY_SECONDS

/** `finish` hears 1 where an instance did not answer. */
export function appViewersCommand(context: Context, finish: (code: number) => void): Command {
  const command = new Command('viewers')
    .description(
      'Show who may read logs, events and exceptions beside you; let an account, or no longer',
    )
    .argument('<app>', 'id or name')
    .argument('[account]', 'whom to let read, or no longer')
    .option('--until <time>', 'day, ISO time, or a span such as 12h; default 1d, at most 30d')
    .option('--revoke', 'take it back, at once')
    .option('--replica <number>', 'one replica only')
    .action(async (app: string, account: string | undefined, options: Options) =>
      finish(await run(context, app, account, options)),
    )
  return withExample(
    withShared(command),
    'wetee app viewers hello',
    'wetee app viewers hello 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC --until 7d',
    'wetee app viewers hello 0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC --revoke',
  )
}

async function run(
  context: Context,
  app: string,
  account: string | undefined,
  options: Options,
): Promise<number> {
  const { until, revoke } = options
  if (account === undefined ? (until ?? revoke) !== undefined : until !== undefined && revoke)
    throw new CliError('usage', 'name an account and --until or --revoke, or neither')
  const viewer = account === undefined ? undefined : requireAddress('viewer', account)
  const seconds = secondsUntil(until ?? '1d')
  const network = await openFor(context, options, true)
  const appId = await context.sdk.resolveApp(network, app)
  let silent = 0
  const given = ownerOptions(context, options)
  const owner: OwnerOptions = {
    ...given,
    onProblem: (instance, error) => {
      silent++
      given.onProblem?.(instance, error)
    },
  }
  if (viewer === undefined) {
    const viewers = await context.sdk.viewers(network, appId, owner)
    if (options.json === true) printJson(context, { appId, viewers })
    else
      for (const line of table(
        ['ACCOUNT', 'INSTANCE', 'UNTIL'],
        viewers.map(({ account: name, version, replica, expiresInSeconds }) => [
          name,
          `v${version}/${replica}`,
          new Date(Date.now() + expiresInSeconds * 1_000).toISOString(),
        ]),
      ))
        printLine(context, clean(line))
    return silent > 0 ? 1 : 0
  }
  const instances =
    revoke === true
      ? await context.sdk.revokeViewer(network, appId, viewer, owner)
      : await context.sdk.grantViewer(network, appId, { account: viewer, seconds }, owner)
  if (options.json === true) printJson(context, { appId, account: viewer, instances, silent })
  else {
    const what = revoke === true ? 'reads no longer' : 'may read'
    const rest = silent === 0 ? '' : `; ${silent} did not answer: nothing has changed there`
    printLine(context, `${viewer} ${what} at ${instances} instance(s)${rest}`)
  }
  return silent > 0 ? 1 : 0
}

function secondsUntil(until: string): number {
  const nowMs = Date.now()
  const seconds = Number(parseTime('--until', until, nowMs)) - Math.floor(nowMs / 1_000)
  if (seconds >= 1 && seconds <= MAX_SECONDS) return seconds
  throw new CliError('usage', '--until: expected a time from now on, at most 30 days ahead')
}
