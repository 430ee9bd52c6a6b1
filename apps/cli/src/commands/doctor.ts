// `wetee doctor`: everything that a user depends on, what is wrong, what helps.
import { Command } from 'commander'
import type { Finding } from '@wetee/sdk'
import type { Context } from '../context.ts'
import { exitCodes, type ExitCode } from '../error.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../options.ts'
import { clean, paint, printJson, printLine } from '../output/print.ts'

export function doctorCommand(context: Context, finish: (code: ExitCode) => void): Command {
  const command = new Command('doctor')
    .description('Check the network, its nodes and workers, and your account')
    .action(async (options: SharedOptions) => finish(await run(context, options)))
  return withExample(withShared(command), 'wetee doctor')
}

async function run(context: Context, options: SharedOptions): Promise<ExitCode> {
  const network = await openFor(context, options, false)
  const findings = await context.sdk.doctor(network, {
    nodeVersion: context.nodeVersion,
    signal: context.signal,
  })
  const ok = findings.every((finding) => finding.severity !== 'error')
  if (options.json === true)
    printJson(context, { ok, simulated: network.profile.simulated, findings })
  else for (const finding of findings) print(context, finding)
  return ok ? exitCodes.ok : exitCodes.failedCheck
}

const marks = {
  ok: ['green', '✔'],
  warning: ['yellow', '!'],
  error: ['red', '✘'],
} as const

function print(context: Context, { code, severity, text, remedy }: Finding): void {
  const [colour, sign] = marks[severity]
  printLine(context, `${paint(context, colour, sign)} ${clean(text)}`)
  if (severity !== 'ok') printLine(context, clean(`  ${remedy} (${code})`))
}
