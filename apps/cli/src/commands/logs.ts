// `wetee logs APP`: log lines from inside the TEEs, as one document or followed line by line.
import { Command } from 'commander'
import type { Network } from '@wetee/sdk'
import type { LogLine } from '@wetee/sdk'
import type { Context } from '../context.ts'
import { CliError } from '../error.ts'
import { openFor, wholeNumber, withExample, withShared, type SharedOptions } from '../options.ts'
import { clean, printJson, printLine, toJson } from '../output/print.ts'
import { ownerOptions, readKeyOption, sayProblem } from './app/owned.ts'
import { logsKeyCommand } from './logs-key.ts'

type Options = SharedOptions & {
  readonly follow?: boolean
  readonly tail?: string
  readonly service?: string
  readonly replica?: string
  readonly since?: string
  readonly grep?: string
  readonly key?: string
  readonly unproven?: boolean
}

export function logsCommand(context: Context): Command {
  const command = new Command('logs')
    .description('Show log lines of an application, from inside its TEEs; only its owner gets them')
    .argument('<app>', 'id or name')
    .option(
      '-f, --follow',
      'go on with new lines until Ctrl-C; with --json one line is one document',
    )
    .option('--tail <lines>', 'lines of each instance from before now; 100, with --since all')
    .option(
      '--since <time>',
      'only lines since then: 10m, 2h, 1d or a time such as 2026-11-26T08:00Z',
    )
    .option('--grep <text>', 'only lines that contain this text')
    .option('--key <file>', 'what was sealed and kept, of instances that have ended too')
    .option(
      '--unproven',
      'with --key: also what keys without any lease have signed; it may be made up',
    )
    .option('--service <name>', 'one service only')
    .option('--replica <number>', 'one replica only')
    .action((app: string, options: Options) => run(context, app, options))
  command.addCommand(logsKeyCommand(context))
  return withExample(
    withShared(command),
    'wetee logs hello -f --tail 20',
    'wetee logs hello --key log.key --since 7d',
    'wetee logs hello --since 10m --grep error',
  )
}

async function run(context: Context, app: string, options: Options): Promise<void> {
  const asked = {
    ...(options.tail === undefined ? {} : { tail: wholeNumber('--tail', options.tail, 0, 10_000) }),
    ...(options.since === undefined ? {} : { since: timeOf(options.since, Date.now()) }),
    ...(options.service === undefined ? {} : { service: options.service }),
    ...(options.grep === undefined ? {} : { grep: options.grep }),
  }
  const owner = ownerOptions(context, options)
  const network = await openFor(context, options, true)
  const appId = await context.sdk.resolveApp(network, app)
  if (options.key !== undefined) {
    await printKept(context, { network, appId, file: options.key }, { ...options, ...asked })
    return
  }
  const follow = options.follow === true
  const collected: LogLine[] = []
  let several = false
  for await (const line of context.sdk.logs(network, appId, { ...owner, ...asked, follow })) {
    several ||= line.replica > 0
    if (options.json !== true) {
      const from = several ? `${line.service}/${line.replica}` : line.service
      printLine(context, clean(`${from} | ${line.text}`))
    } else if (follow) printLine(context, toJson(line))
    else collected.push(line)
  }
  if (options.json === true && !follow) printJson(context, { appId, lines: collected })
}

/** What was kept, oldest first: every line that there is, unless fewer are asked for. */
async function printKept(
  context: Context,
  { network, appId, file }: { network: Network; appId: bigint; file: string },
  asked: Pick<Options, 'json' | 'follow' | 'replica' | 'unproven'> & {
    readonly tail?: number | string
    readonly since?: Date | string
    readonly service?: string
    readonly grep?: string
  },
): Promise<void> {
  if (asked.follow === true)
    throw new CliError('usage', 'what was kept does not go on: give -f or --key, not both')
  const { since, tail, replica } = asked
  const all = await context.sdk.sealedLogs(network, appId, {
    keys: await readKeyOption(context, file),
    onProblem: sayProblem(context),
    signal: context.signal,
    unproven: asked.unproven === true,
    ...(since instanceof Date ? { since } : {}),
  })
  const wanted = all.filter(
    (line) =>
      (asked.service === undefined || line.service === asked.service) &&
      (asked.grep === undefined || line.text.includes(asked.grep)) &&
      (replica === undefined || line.replica === Number(replica)),
  )
  const lines = typeof tail === 'number' ? wanted.slice(Math.max(0, wanted.length - tail)) : wanted
  if (asked.json === true) printJson(context, { appId, lines })
  else
    for (const { service, time, text } of lines)
      printLine(context, clean(`${time} ${service} | ${text}`))
}

const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A time, or how long ago. Throws CliError `usage`. */
function timeOf(text: string, nowMs: number): Date {
  const [, amount = '', unit] = /^([0-9]{1,6})([smhd])$/.exec(text) ?? []
  const at =
    unit === undefined
      ? Date.parse(text)
      : nowMs - Number(amount) * units[unit as keyof typeof units]
  if (/^[0-9]{1,6}[smhd]$|^[0-9]{4}-/.test(text) && !Number.isNaN(at)) return new Date(at)
  throw new CliError(
    'usage',
    `--since is "${text}", expected 10m, 2h, 1d or a time such as 2026-11-26T08:00Z`,
  )
}
