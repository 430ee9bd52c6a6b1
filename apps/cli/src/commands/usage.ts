// `wetee usage APP`: metered usage, and with --verify whether it is what its worker has signed and put on chain.
import { Command } from 'commander'
import type { UsageReport } from '@wetee/sdk'
import type { Context } from '../context.ts'
import { exitCodes, type ExitCode } from '../error.ts'
import { openFor, withExample, withShared, type SharedOptions } from '../options.ts'
import { clean, facts, paint, printJson, printLine } from '../output/print.ts'

type Options = SharedOptions & { readonly verify?: boolean }

const GIB = 1_073_741_824

export function usageCommand(context: Context, finish: (code: ExitCode) => void): Command {
  const command = new Command('usage')
    .description('Show the metered usage of an application in the last 31 days')
    .argument('<app>', 'id or name')
    .option('--verify', 'fail unless samples, signatures and the digest on chain fit')
    .action(async (app: string, options: Options) => {
      finish(await run(context, app, options))
    })
  return withExample(withShared(command), 'wetee usage hello --verify')
}

async function run(context: Context, app: string, options: Options): Promise<ExitCode> {
  const network = await openFor(context, options, true)
  const appId = await context.sdk.resolveApp(network, app)
  const report = await context.sdk.verifyUsage(network, appId, { signal: context.signal })
  const code = options.verify === true && !report.ok ? exitCodes.failedCheck : exitCodes.ok
  if (options.json === true) {
    printJson(context, report)
    return code
  }
  for (const line of factsOf(report)) printLine(context, clean(line))
  if (options.verify !== true && report.ok) return code
  for (const { ok, name, text } of report.checks) {
    const mark = ok ? paint(context, 'green', '✔') : paint(context, 'red', '✘')
    printLine(context, `${mark} ${name.padEnd(11)}  ${clean(text)}`)
  }
  const { evidenceDigest } = report
  if (evidenceDigest !== undefined)
    printLine(context, `A complaint about this usage cites ${evidenceDigest}.`)
  return code
}

function factsOf({ usage: { samples }, totals }: UsageReport): string[] {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined) return ['nothing has been metered yet']
  const time = (ms: number) => new Date(ms).toISOString().slice(0, 16).replace('T', ' ')
  const memory = totals.memoryByteSeconds / GIB / 3_600
  return facts([
    ['from', `${time(first.fromMs)} UTC`],
    ['to', `${time(last.toMs)} UTC, ${(totals.seconds / 3_600).toFixed(1)} hours metered`],
    ['cpu', `${(totals.cpuSeconds / 3_600).toFixed(2)} CPU hours`],
    ['memory', `${memory.toFixed(2)} GiB hours`],
    ['disk', `${(last.diskBytes / GIB).toFixed(3)} GiB written at the end`],
    ['received', `${(totals.receivedBytes / GIB).toFixed(3)} GiB`],
    ['sent', `${(totals.sentBytes / GIB).toFixed(3)} GiB`],
    ['restarts', String(totals.restarts)],
  ])
}
