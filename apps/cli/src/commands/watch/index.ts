// `wetee watch APP`: follows a branch; each new commit is built, pushed and becomes a version of the application.
import { createHash } from 'node:crypto'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { parseImageReference } from '@wetee/manifest'
import { parseAmount, type Network } from '@wetee/sdk'
import { keystoreFolder } from '../../account/keystore.ts'
import type { Context } from '../../context.ts'
import { CliError, exitCodes, viewError, type ExitCode } from '../../error.ts'
import { readText } from '../../file.ts'
import {
  confirm,
  openFor,
  wholeNumber,
  withExample,
  withShared,
  type SharedOptions,
} from '../../options.ts'
import { clean, printLine, toJson } from '../../output/print.ts'
import { Bell } from './bell.ts'
import { Follower, mayPass, type Limits, type Look, type WatchEvent } from './follower.ts'
import { realSteps, type WatchTarget } from './real-steps.ts'
import { WatchState } from './watch-state.ts'
import { startWebhookServer, type WebhookServer } from './webhook-server.ts'

type Options = SharedOptions & {
  readonly git: string
  readonly branch: string
  readonly push: string
  readonly compose: string
  readonly service: string
  readonly preset: string
  readonly base?: string
  readonly builder?: string
  readonly port?: string
  readonly npmRegistry?: string
  readonly cache?: string
  readonly every: string
  readonly minInterval: string
  readonly maxRent?: string
  readonly allowRewind?: boolean
  readonly deployKey?: boolean
  readonly webhook?: string
  readonly webhookSecretFile?: string
  readonly state?: string
  readonly timeout: string
  readonly once?: boolean
  readonly yes?: boolean
}

/** Looks at a repository that others run are not closer to each other, whatever rings. */
const leastLookMs = 2_000
const minSecretChars = 16
const maxSecretBytes = 4_096

export function watchCommand(context: Context, finish: (code: ExitCode) => void): Command {
  const command = new Command('watch')
    .description('Follow a branch: build each new commit, push it, update the application')
    .argument('<app>', 'id or name')
    .requiredOption('--git <url>', 'the repository')
    .requiredOption('--branch <name>', 'the branch; tags and pull requests are not followed')
    .requiredOption('--push <image>', 'REGISTRY/REPOSITORY, with the login of docker')
    .requiredOption('--service <name>', 'whose image in the Compose file it is')
    .option('--compose <path>', 'Compose file, from the root of the repository', 'compose.yaml')
    .option('--preset <name>', 'as of `wetee build`', 'auto')
    .option('--base <image>', 'as of `wetee build`')
    .option(
      '--builder <app>',
      'have each commit built, and its manifest signed, in a TEE by this application',
    )
    .option('--port <number>', 'as of `wetee build`')
    .option('--npm-registry <url>', 'as of `wetee build`')
    .option('--cache <folder>', 'as of `wetee build`')
    .option('--every <seconds>', 'between two looks at the branch', '30')
    .option('--min-interval <seconds>', 'between the beginnings of two updates', '60')
    .option('--max-rent <amount>', 'per day; default what the running version costs')
    .option('--deploy-key', 'the account is a deploy key of the application, not its owner')
    .option('--allow-rewind', 'take a branch also where it was set back or rewritten')
    .option('--webhook <host:port>', 'look at once when a webhook says so (POST /webhook)')
    .option('--webhook-secret-file <file>', 'its secret, 16 characters or more')
    .option('--state <file>', 'what was done so far; else below ~/.config/wetee/watch')
    .option('--timeout <seconds>', 'longest wait for a version before it is said', '600')
    .option('--once', 'one look, and the update that it gives; then end')
    .option('--yes', 'do not ask')
    .action(async (app: string, options: Options) => {
      finish(await run(context, app, options))
    })
  const example = 'wetee watch hello --git https://git.example/you/app --branch main'
  const target = '--push registry.example/you/app --service web'
  return withExample(
    withShared(command),
    `${example} ${target} --yes`,
    `${example} ${target} --yes --account robot --deploy-key`,
    `${example} ${target} --yes --account robot --deploy-key --builder 12`,
    `${example} ${target} --yes --webhook 127.0.0.1:8790 --webhook-secret-file secret`,
  )
}

async function run(context: Context, app: string, options: Options): Promise<ExitCode> {
  const minIntervalMs = wholeNumber('--min-interval', options.minInterval, 0, 604_800) * 1_000
  const everyMs = wholeNumber('--every', options.every, 1, 86_400) * 1_000
  // Only here: it needs a newer Node than the other commands.
  const rules = await import('@wetee/build')
  rules.requireBranch(options.branch)
  if (rules.hasPassword(options.git))
    throw new CliError(
      'usage',
      '--git has a login in it, which would be written down: use an SSH key or a credential helper of Git',
    )
  const listening = readWebhook(context, options)
  const network = await openFor(context, options, true)
  const target = await readTarget(context, network, app, options)
  const limits = await readLimits(context, network, target, { ...options, minIntervalMs })
  const question = `Sign updates of application ${target.appId} for every commit of ${options.branch}?`
  await confirm(context, question, options.yes === true)
  const state = openState(context, network, target, options.state)
  const report = reporter(context, options.json === true)
  const bell = new Bell()
  let server: WebhookServer | undefined
  try {
    if (listening !== undefined) {
      server = await startWebhookServer(
        { ...listening, git: target.git, branch: target.branch },
        {
          ...{ rules, nowMs: Date.now, onPush: () => bell.ring() },
          isNewDelivery: (names) => state.isNewDelivery(names),
          onOutcome: ({ status, text }) => report({ event: 'webhook', status, text }),
        },
      )
      report({ event: 'listening', text: server.url })
    }
    const steps = await realSteps(context, network, target)
    const follower = new Follower(limits, { steps, state, report, nowMs: Date.now })
    if (options.once === true) return await lookOnce(follower, report)
    return await follow(context, follower, bell, { everyMs, minIntervalMs, report })
  } finally {
    await server?.close()
    state.close()
  }
}

async function lookOnce(follower: Follower, report: (event: WatchEvent) => void) {
  const look = await follower.look()
  if (look.kind === 'later' && look.error !== undefined) throw look.error
  if (look.kind === 'idle') report({ event: 'idle', text: 'nothing new on the branch' })
  return look.kind === 'refused' ? exitCodes.failedCheck : exitCodes.ok
}

async function follow(
  { signal }: Context,
  follower: Follower,
  bell: Bell,
  options: {
    readonly everyMs: number
    readonly minIntervalMs: number
    readonly report: (event: WatchEvent) => void
  },
): Promise<ExitCode> {
  while (!signal.aborted) {
    const { kind } = await lookPatiently(follower, options.report)
    // What is waited for is worth a look soon: an interval, a transaction.
    const soonMs = Math.min(options.everyMs, Math.max(leastLookMs, options.minIntervalMs))
    if (kind !== 'served')
      await bell.wait(leastLookMs, kind === 'later' ? soonMs : options.everyMs, signal)
  }
  throw new CliError('aborted', 'stopped')
}

/** A repository or chain that does not answer is asked again with the next look. */
async function lookPatiently(
  follower: Follower,
  report: (event: WatchEvent) => void,
): Promise<Look> {
  try {
    return await follower.look()
  } catch (error) {
    const view = viewError(error)
    if (!mayPass(view)) throw error
    report({ event: 'failed', code: view.code, text: view.message })
    return { kind: 'idle' }
  }
}

async function readTarget(
  context: Context,
  network: Network,
  app: string,
  options: Options,
): Promise<WatchTarget> {
  const { git, branch, compose, service, base, push } = options
  const where = parseImageReference(push)
  if (
    where === undefined ||
    where.digest !== undefined ||
    where.tag !== 'latest' ||
    /:latest$/.test(push)
  )
    throw new CliError('usage', `--push is "${push}", expected REGISTRY/REPOSITORY without a tag`)
  const isInside = /^[^/\0][^\0]*$/.test(compose) && !compose.split('/').includes('..')
  if (!isInside) throw new CliError('usage', '--compose is a path inside the repository')
  const byDeployKey = options.deployKey === true
  if (byDeployKey && !/^[0-9]+$/.test(app))
    throw new CliError(
      'usage',
      '--deploy-key takes the application by its number: a name is its owner’s',
    )
  const appId = await context.sdk.resolveApp(network, app)
  const { builder } = options
  if (builder !== undefined && (base !== undefined || !git.startsWith('https://')))
    throw new CliError(
      'usage',
      '--builder takes no --base, as its own Node is the base, and a repository at https://, whose server it asks for the branch',
    )
  if (!byDeployKey) await requireOwner(context, network, appId)
  const { npmRegistry = context.env['npm_config_registry'] } = options
  const caches = context.env['XDG_CACHE_HOME'] ?? join(context.homeDir, '.cache')
  return {
    ...{ appId, git, branch, compose, service, byDeployKey },
    repository: `${where.registry}/${where.repository}`,
    ...(builder === undefined
      ? {}
      : { builderAppId: await context.sdk.resolveApp(network, builder) }),
    timeoutMs: wholeNumber('--timeout', options.timeout, 1, 86_400) * 1_000,
    build: {
      preset: options.preset,
      cache: resolve(context.cwd, options.cache ?? join(caches, 'wetee', 'build')),
      ...(base === undefined ? {} : { base }),
      ...(npmRegistry === undefined ? {} : { npmRegistry }),
      ...(options.port === undefined
        ? {}
        : { port: wholeNumber('--port', options.port, 1, 65_535) }),
    },
  }
}

async function requireOwner(context: Context, network: Network, appId: bigint): Promise<void> {
  const { owner } = await context.sdk.showApp(network, appId, { signal: context.signal })
  if (network.account?.address.toLowerCase() !== owner.toLowerCase())
    throw new CliError(
      'watch.not-owner',
      `application ${appId} is ${owner}'s: updates are signed with the owner's key (--account), or with a key that the owner has set (--deploy-key)`,
    )
}

async function readLimits(
  { sdk }: Context,
  network: Network,
  { appId, service, byDeployKey, builderAppId }: WatchTarget,
  options: Pick<Options, 'maxRent' | 'allowRewind'> & { readonly minIntervalMs: number },
): Promise<Limits> {
  const { maxRent } = options
  const { address } = network.account ?? {}
  const key =
    byDeployKey && address !== undefined
      ? await sdk.requireDeployKey(network, appId, address)
      : undefined
  const bound = key?.build?.builderAppId
  if (bound !== undefined && builderAppId !== undefined && bound !== builderAppId)
    throw new CliError(
      'usage',
      `the key needs records of application ${bound}, and --builder is application ${builderAppId}`,
    )
  // The contract would refuse what comes sooner.
  const keyMs = Number(key?.minIntervalSeconds ?? 0n) * 1_000
  return {
    service,
    minIntervalMs: Math.max(options.minIntervalMs, keyMs),
    allowRewind: options.allowRewind === true,
    maxWeiPerDay:
      maxRent === undefined ? undefined : parseAmount(maxRent, await sdk.assetOf(network, appId)),
  }
}

function openState(
  context: Context,
  { profile }: Network,
  { appId, git, branch, repository, compose, service }: WatchTarget,
  file: string | undefined,
): WatchState {
  const subject = {
    ...{ chainId: String(profile.chainId), cloud: profile.contracts.cloud, appId: String(appId) },
    ...{ git, branch, repository, compose, service },
  }
  const named = createHash('sha256').update(toJson(subject)).digest('hex').slice(0, 16)
  const folder = join(keystoreFolder(context.env, context.homeDir), '..', 'watch')
  const path = file === undefined ? join(folder, `${named}.json`) : resolve(context.cwd, file)
  return WatchState.open(path, subject)
}

/** Read once, and never shown. */
function readWebhook(context: Context, { webhook, webhookSecretFile }: Options) {
  if (webhook === undefined && webhookSecretFile === undefined) return undefined
  if (webhook === undefined || webhookSecretFile === undefined)
    throw new CliError('usage', '--webhook and --webhook-secret-file go together')
  const [, host = '', port = ''] = /^(\[[0-9a-f:]+\]|[^:\s]+):(\d{1,5})$/i.exec(webhook) ?? []
  if (host === '')
    throw new CliError('usage', `--webhook is "${webhook}", expected HOST:PORT to listen on`)
  const secret = readText(context, webhookSecretFile, 'the secret', maxSecretBytes).trim()
  if (secret.length < minSecretChars)
    throw new CliError(
      'usage',
      `the secret of the webhook has less than ${minSecretChars} characters`,
    )
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: wholeNumber('--webhook', port, 0, 65_535),
    secret,
  }
}

/** On stdout: a line for people, or one JSON document per line. */
function reporter(context: Context, json: boolean): (event: WatchEvent) => void {
  return (event) => {
    const time = new Date().toISOString()
    if (json) return printLine(context, toJson({ time, ...event }))
    const { event: name, commit, text = '', ...details } = event
    const facts = Object.entries(details).map(([key, value]) => `${key} ${toJson(value)}`)
    const words = [time.slice(11, 19), name, commit?.slice(0, 12) ?? '', text, ...facts]
    printLine(context, clean(words.filter((word) => word !== '').join('  ')))
  }
}
