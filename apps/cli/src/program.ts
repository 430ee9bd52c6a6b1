// The command tree and one run of it: arguments in, exit code out.
import { Command, CommanderError } from 'commander'
import { accountCommand } from './commands/account.ts'
import { apiCommand } from './commands/api/index.ts'
import { appCommand } from './commands/app/index.ts'
import { buildCommand } from './commands/build.ts'
import { callCommand } from './commands/call.ts'
import { callsCommand } from './commands/calls.ts'
import { complaintCommand } from './commands/complaint/index.ts'
import { daoCommand } from './commands/dao/index.ts'
import { deployCommand } from './commands/deploy.ts'
import { dsecretCommand } from './commands/dsecret/index.ts'
import { doctorCommand } from './commands/doctor.ts'
import { evidenceCommand } from './commands/evidence/index.ts'
import { failuresCommand } from './commands/failures.ts'
import { listCommand } from './commands/list.ts'
import { logsCommand } from './commands/logs.ts'
import { metricsCommand } from './commands/metrics.ts'
import { secretCommand } from './commands/secret/index.ts'
import { showCommand } from './commands/show.ts'
import { subscriptionCommand } from './commands/subscription/index.ts'
import { terminateCommand } from './commands/terminate.ts'
import { topUpCommand } from './commands/top-up.ts'
import { usageCommand } from './commands/usage.ts'
import { verifyCommand } from './commands/verify.ts'
import { watchCommand } from './commands/watch/index.ts'
import { withdrawCommand } from './commands/withdraw.ts'
import { workerCommand } from './commands/worker/index.ts'
import type { Context } from './context.ts'
import { exitCodeOf, exitCodes, viewError, type ErrorView, type ExitCode } from './error.ts'
import { clean, paint, printJson } from './output/print.ts'

/** Version of the command; the package's. */
const version = '0.1.0'

/** All commands; `finish` takes the exit code of those that can fail a check. */
function buildProgram(context: Context, finish: (code: number) => void): Command {
  const program = new Command('wetee')
    .description('Deploy, watch, pay for and verify confidential applications')
    .version(version)
    .commandsGroup('Applications:')
    .addCommand(buildCommand(context, finish))
    .addCommand(deployCommand(context))
    .addCommand(watchCommand(context, finish))
    .addCommand(listCommand(context))
    .addCommand(showCommand(context))
    .addCommand(logsCommand(context))
    .addCommand(metricsCommand(context))
    .addCommand(usageCommand(context, finish))
    .addCommand(failuresCommand(context))
    .addCommand(verifyCommand(context, finish))
    .addCommand(topUpCommand(context))
    .addCommand(terminateCommand(context))
    .addCommand(appCommand(context, finish))
    .addCommand(secretCommand(context, finish))
    .commandsGroup('Calls of contracts:')
    .addCommand(apiCommand(context))
    .addCommand(callCommand(context))
    .addCommand(callsCommand(context))
    .addCommand(subscriptionCommand(context))
    .commandsGroup('Money and disputes:')
    .addCommand(withdrawCommand(context))
    .addCommand(complaintCommand(context))
    .commandsGroup('Running the network:')
    .addCommand(workerCommand(context, finish))
    .addCommand(dsecretCommand(context))
    .addCommand(daoCommand(context))
    .commandsGroup('Your machine:')
    .addCommand(accountCommand(context))
    .addCommand(doctorCommand(context, finish))
    .commandsGroup('Evidence:')
    .addCommand(evidenceCommand(context, finish))
    .addHelpText('after', '\nExample:\n  $ wetee deploy compose.yaml --wait')
  return everyCommand(program, (command) =>
    command
      // Options behind the name of a subcommand are its own, whatever those of its group are.
      .enablePositionalOptions()
      .exitOverride()
      .showHelpAfterError('(--help shows how)')
      .configureOutput({
        writeOut: (text) => void context.stdout.write(text),
        writeErr: () => undefined,
        getOutHelpWidth: () => 100,
        getErrHelpWidth: () => 100,
      }),
  )
}

/** Runs one command line (without node and script name). Never throws for what a user can cause. */
export async function runCli(args: readonly string[], context: Context): Promise<number> {
  let code: number = exitCodes.ok
  const program = buildProgram(context, (finished) => {
    code = finished
  })
  if (args.length === 0) {
    context.stderr.write(program.helpInformation())
    return exitCodes.usage
  }
  try {
    await program.parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok
    return report(context, args, error)
  }
}

function report(context: Context, args: readonly string[], error: unknown): ExitCode {
  const view = context.signal.aborted ? aborted : viewUsage(error)
  if (args.includes('--json')) printJson(context, { error: view })
  else printError(context, view)
  if (
    view.code === 'internal' &&
    (context.env['WETEE_DEBUG'] ?? '') !== '' &&
    error instanceof Error
  )
    context.stderr.write(`${error.stack ?? ''}\n`)
  return exitCodeOf(view)
}

const aborted: ErrorView = { code: 'aborted', message: 'stopped', retryable: true }

function viewUsage(error: unknown): ErrorView {
  if (!(error instanceof CommanderError)) return viewError(error)
  const message =
    error.code === 'commander.help'
      ? 'name a command: --help lists them'
      : error.message.replace(/^error: /, '')
  return { code: 'usage', message, retryable: false }
}

function printError(context: Context, view: ErrorView): void {
  const lines = [`${paint(context, 'red', 'error')}: ${clean(view.message)} (${view.code})`]
  for (const problem of view.problems ?? []) {
    const at = (problem.line ?? 0) === 0 ? '' : `line ${problem.line}: `
    lines.push(`  ${at}${clean(problem.message)} (${problem.code})`)
  }
  if (view.code === 'usage') lines.push('  --help shows how')
  context.stderr.write(`${lines.join('\n')}\n`)
}

function everyCommand(root: Command, act: (command: Command) => void): Command {
  act(root)
  for (const child of root.commands) everyCommand(child, act)
  return root
}
