// `wetee verify APP|URL`: every check with its mark; exit 1 names the failing step.
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import type { Network, VerifyReport, VerifyStep } from '@wetee/sdk'
import { parseId } from '../arguments.ts'
import type { Context } from '../context.ts'
import { CliError, exitCodes, type ExitCode } from '../error.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../options.ts'
import { clean, paint, printJson, printLine } from '../output/print.ts'

type Options = SharedOptions & {
  evidence?: string
  save?: string
  builder?: string
  repository?: string
}

const maxEvidenceBytes = 262_144

export function verifyCommand(context: Context, finish: (code: ExitCode) => void): Command {
  const command = new Command('verify')
    .description('Check which code runs where, without trusting its worker or us')
    .argument('[app]', 'id, name or https URL')
    .option('--evidence <file>', 'judge a saved evidence document instead of a connection')
    .option('--save <file>', 'keep the evidence document that was judged')
    .option('--builder <id>', 'demand a build record of every image by this application')
    .option('--repository <url>', 'of this repository, with --builder')
    .action(async (app: string | undefined, options: Options) => {
      finish(await run(context, app, options))
    })
  return withExample(
    withShared(command),
    'wetee verify hello --save evidence.json',
    'wetee verify https://127.0.0.1:7800',
    'wetee verify --evidence evidence.json',
    'wetee verify hello --builder 4 --repository https://git.example/you/app',
  )
}

async function run(context: Context, app: string | undefined, options: Options): Promise<ExitCode> {
  if (app === undefined && options.evidence === undefined)
    throw new CliError('usage', 'name an application or its URL, or give --evidence FILE')
  const build = readDemand(options)
  const network = await openFor(context, options, false)
  const report = await context.sdk.verify(network, {
    ...(await subject(context, network, app)),
    ...(options.evidence === undefined
      ? {}
      : { evidence: readEvidence(context, options.evidence) }),
    ...(build === undefined ? {} : { build }),
    signal: context.signal,
    onEvidence: ({ text }) => {
      if (options.save !== undefined) writeFileSync(resolve(context.cwd, options.save), text)
    },
  })
  if (options.json === true) printJson(context, report)
  else print(context, report)
  return report.ok ? exitCodes.ok : exitCodes.failedCheck
}

function readDemand({ builder, repository }: Options) {
  if (builder === undefined && repository === undefined) return undefined
  if (builder === undefined)
    throw new CliError('usage', '--repository needs --builder: whose record of it counts')
  const builderAppId = parseId('builder', builder)
  return repository === undefined ? { builderAppId } : { builderAppId, repository }
}

async function subject(context: Context, network: Network, app: string | undefined) {
  if (app === undefined) return {}
  if (/^https?:\/\//.test(app)) {
    if (URL.canParse(app)) return { url: app }
    throw new CliError('usage', `"${app}" is not a URL`)
  }
  return { appId: await context.sdk.resolveApp(network, app) }
}

function print(context: Context, report: VerifyReport): void {
  if (report.simulated)
    printLine(
      context,
      paint(
        context,
        'banner',
        ' SIMULATED: these TEEs are a simulation, nothing here protects anything ',
      ),
    )
  const width = Math.max(...report.steps.map((step) => step.id.length))
  for (const step of report.steps) {
    printLine(context, `${mark(context, step)} ${step.id.padEnd(width)}  ${clean(step.detail)}`)
    if (step.ok || step.skipped === true) continue
    for (const [name, value] of Object.entries(step.proof ?? {}))
      printLine(context, clean(`  ${''.padEnd(width)}  ${name}: ${value}`))
  }
  const skipped = report.steps.filter((step) => step.skipped === true).map((step) => step.id)
  if (report.ok && skipped.length === 0)
    printLine(context, paint(context, 'green', 'Every check held.'))
  else if (report.ok)
    printLine(
      context,
      paint(
        context,
        'yellow',
        `Every check held but ${skipped.join(', ')}, which cannot be seen this way.`,
      ),
    )
  else if (report.failed.length > 0)
    printLine(context, paint(context, 'red', `FAILED: ${report.failed.join(', ')}`))
  else printLine(context, paint(context, 'red', 'FAILED: not every check could be judged'))
}

function mark(context: Context, step: VerifyStep): string {
  if (step.ok) return paint(context, 'green', '✔')
  return step.skipped === true ? paint(context, 'grey', '-') : paint(context, 'red', '✘')
}

function readEvidence(context: Context, file: string): string {
  const path = resolve(context.cwd, file)
  try {
    if (statSync(path).size > maxEvidenceBytes) throw new Error('it is larger than 262,144 bytes')
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new CliError(
      missing ? 'file.not-found' : 'file.unreadable',
      `the evidence file ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}
